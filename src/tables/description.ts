/** An encoder's description from JSON, checked: it may come from a file. */
import { OdenetError } from "../core/errors.ts";
import { type Encoder, type EncoderDescription, encoderOf } from "./encoder.ts";

type Check = (value: unknown) => boolean;

const isNumber: Check = (value) => typeof value === "number" && Number.isFinite(value);
const isText: Check = (value) => typeof value === "string";
const isTruth: Check = (value) => typeof value === "boolean";
const isPlace: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const among =
  (...values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);
const texts: Check = (value) => Array.isArray(value) && value.every(isText) && new Set(value).size === value.length;

const scaled = { fill: isNumber, indicator: isTruth, centre: isNumber, scale: (v: unknown) => isNumber(v) && v !== 0 };
const columns: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  number: scaled,
  boolean: scaled,
  date: { ...scaled, order: among("ymd", "dmy", "mdy"), hours: isTruth },
  category: { categories: (v) => texts(v) && Array.isArray(v) && v.length > 0, rare: isTruth, gap: isTruth },
};
const targets: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  classification: { classes: (v) => texts(v) && Array.isArray(v) && v.length > 1 },
  regression: { centre: isNumber, scale: scaled.scale },
};

function fail(path: string, expected: string, got: unknown): never {
  const shown = JSON.stringify(got)?.slice(0, 60) ?? String(got);
  throw new OdenetError(
    "json",
    `${path}: expected ${expected}, got ${shown}. Take what JSON.stringify(encoder) wrote.`,
  );
}

/** Throws `json` unless every field is there and fits. */
function check(value: unknown, path: string, fields: Readonly<Record<string, Check>>): void {
  if (typeof value !== "object" || value === null) fail(path, "an object", value);
  for (const [field, fits] of Object.entries(fields)) {
    const got: unknown = Reflect.get(value, field);
    if (!fits(got)) fail(`${path}.${field}`, "a value that fits", got);
  }
}

/** Throws `json` unless the member that `key` names is known and all of its fields fit. */
function checkMember(
  value: unknown,
  path: string,
  key: string,
  members: Readonly<Record<string, Readonly<Record<string, Check>>>>,
) {
  check(value, path, { name: isText });
  const kind: unknown = typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
  const fields = typeof kind === "string" && Object.hasOwn(members, kind) ? members[kind] : undefined;
  check(value, path, fields ?? fail(`${path}.${key}`, `one of ${Object.keys(members).join(", ")}`, kind));
}

function isDescription(json: unknown): json is EncoderDescription {
  check(json, "encoder", {
    format: among(1),
    named: isTruth,
    width: isPlace,
    decimal: among(".", ","),
    columns: Array.isArray,
  });
  if (typeof json !== "object" || json === null) return false;
  const list: unknown = Reflect.get(json, "columns");
  if (!Array.isArray(list) || list.length === 0) fail("encoder.columns", "at least 1 column", list);
  list.forEach((column, i) => {
    checkMember(column, `encoder.columns[${i}]`, "kind", columns);
  });
  const target: unknown = Reflect.get(json, "target");
  if (target !== undefined) {
    checkMember(target, "encoder.target", "task", targets);
    check(json, "encoder", { labelPlace: isPlace });
    check(target, "encoder.target", { why: isText });
  }
  return true;
}

/** The way back from `JSON.stringify(encoder)`: text, or what JSON.parse made of it. Throws `json` with the path that is wrong. */
export function encoderFromJSON(json: unknown): Encoder {
  let value = json;
  if (typeof json === "string") {
    try {
      value = JSON.parse(json);
    } catch {
      fail("encoder", "JSON", json);
    }
  }
  return isDescription(value) ? encoderOf(value) : fail("encoder", "an object", value);
}
