import { coreText } from "./core.generated.ts";
import { bytesOf } from "./early.ts";

/** The bytes of the standard build. */
export const coreBytes = (): Uint8Array<ArrayBuffer> => bytesOf(coreText);
