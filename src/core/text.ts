import { inflateSync } from "fflate";

/** The bytes of a text that scripts/build/core.mjs made of them: deflated, in base64. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const deflated = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return inflateSync(deflated) as Uint8Array<ArrayBuffer>;
}
