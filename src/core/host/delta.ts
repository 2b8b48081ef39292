/** A build of the core from another one: new bytes and copies, as scripts/build/delta.mjs wrote them. */

/** The bytes that `delta` makes of `base`. */
export function patch(base: Uint8Array, delta: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  let at = 0;
  let from = 0;
  const number = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = delta[at++] as number;
      value += (byte & 127) * scale;
      if (byte < 128) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
  };
  while (at < delta.length) {
    for (let n = number(); n > 0; n--) bytes.push(delta[at++] as number);
    from += number();
    for (let n = number(); n > 0; n--) bytes.push(base[from++] as number);
  }
  return new Uint8Array(bytes);
}
