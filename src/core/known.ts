/** A value that is there wherever the rest of the code is right. */
export function known<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new TypeError(`expected a value, got ${value}`);
  return value;
}

/** A value that is an instance of a class wherever the rest of the code is right. */
export function instance<T>(type: abstract new (...given: never[]) => T, value: unknown): T {
  if (value instanceof type) return value;
  throw new TypeError(`expected ${type.name}, got another value`);
}
