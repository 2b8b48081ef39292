// What one build of the core differs by from another, as copies and new bytes: src/core/host/delta.ts puts it together again.

/** Shortest copy that is looked for anywhere in the base. */
const SEED = 6;
/** Places of the base that are compared for one copy. */
const CANDIDATES = 2000;

/** Where every SEED bytes of the base begin. */
function placesOf(base) {
  const places = new Map();
  for (let at = 0; at + SEED <= base.length; at++) {
    const key = base.toString("latin1", at, at + SEED);
    const known = places.get(key);
    if (known) known.push(at);
    else places.set(key, [at]);
  }
  return places;
}

function commonBytes(base, from, target, at) {
  let n = 0;
  while (from + n < base.length && at + n < target.length && base[from + n] === target[at + n]) n++;
  return n;
}

/**
 * The operations that make `target` of `base`, each { literal, shift, length }: new bytes, then a copy that begins `shift`
 * bytes after where the last one would go on. A copy that goes on as if nothing had been put in is the cheapest, so it
 * is taken from two bytes on.
 */
function operations(base, target) {
  const places = placesOf(base);
  const all = [];
  let literal = [];
  let next = 0;
  let expected = 0; // where the copy goes on if as many bytes were replaced as are new
  for (let at = 0; at < target.length; ) {
    let from = expected;
    let length = commonBytes(base, expected, target, at);
    for (const place of (places.get(target.toString("latin1", at, at + SEED)) ?? []).slice(0, CANDIDATES)) {
      const found = commonBytes(base, place, target, at);
      if (found > length + SEED) [from, length] = [place, found];
    }
    if (length >= 2) {
      all.push({ literal, shift: from - next, length });
      literal = [];
      at += length;
      next = from + length;
      expected = next;
    } else {
      literal.push(target[at++]);
      expected++;
    }
  }
  return [...all, { literal, shift: 0, length: 0 }];
}

/** Seven bits a byte, the lowest first; the sign is the lowest bit. */
function varint(value) {
  const bytes = [];
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  do {
    bytes.push((rest & 127) | (rest > 127 ? 128 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return bytes;
}

/** The bytes that `patch` of src/core/host/delta.ts reads. */
export function deltaOf(base, target) {
  return Buffer.from(
    operations(base, target).flatMap(({ literal, shift, length }) => [
      ...varint(literal.length),
      ...literal,
      ...varint(shift),
      ...varint(length),
    ]),
  );
}
