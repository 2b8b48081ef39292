// From assembly/signatures, what is said there once, in every place that needs it:
//   assembly/ops.generated.ts                the numbers
//   assembly/dispatch.generated.ts           which kernel a record calls, with which of its words
//   assembly/bounds.generated.ts             whether a record's operands are as large as its kernel takes them to be, and its work
//   src/operations/encoders.generated.ts     a record from named tensors and sizes, with its scratch
import { existsSync, writeFileSync } from "node:fs";
import { evaluate } from "./evaluate.mjs";

const HEAD = "// Made by scripts/build/signatures.mjs from assembly/signatures.\n";
const OUTPUTS = {
  ops: "assembly/ops.generated.ts",
  dispatch: "assembly/dispatch.generated.ts",
  bounds: "assembly/bounds.generated.ts",
  encoders: "src/operations/encoders.generated.ts",
};

/** The six pairs of assembly/windows.ts, each with the names of its two numbers. */
const WINDOWS = [
  ["h", "w"],
  ["kh", "kw"],
  ["oh", "ow"],
  ["sh", "sw"],
  ["ph", "pw"],
  ["dilation", "groups"],
];

const enumerations = async () => evaluate("assembly/opcodes.ts");
const lower = (name) => name[0].toLowerCase() + name.slice(1);
const words = (text) => new Set(text.match(/[A-Za-z_]\w*/g) ?? []);
const joined = (parts, by, none) => (parts.length === 0 ? none : parts.join(by));

/** Names in a formula, replaced. */
const replaced = (text, by) => text.replace(/[A-Za-z_]\w*(?!\s*[<(])/g, (word) => by[word] ?? word);

const operandNames = ({ operands }) => Object.keys(operands);
const coefficientNames = ({ coefficients = [] }) => (coefficients === "windows" ? [] : coefficients);

/** What each name of a signature stands for in the record. */
function placesOf(signature) {
  const address = operandNames(signature).map((name, k) => [name, `p${k}`]);
  const sizes = signature.sizes.flatMap((name, k) => (name === null ? [] : [[name, `call.n${k}`]]));
  const coefficients = coefficientNames(signature).map((name, k) => [name, `call.c${k}`]);
  return { ...Object.fromEntries([...sizes, ...coefficients, ...address]), windows: "shapeOf(call)" };
}

function kernelsOf({ call }) {
  const calls = typeof call === "string" ? [call] : Object.values(call.cases);
  return calls.map((text) => text.slice(0, text.search(/[<(]/)));
}

function dispatchCase(name, signature) {
  const places = placesOf(signature);
  const { call } = signature;
  if (typeof call === "string") return `    case Op.${name}:\n      ${replaced(call, places)};\n      break;\n`;
  const cases = Object.entries(call.cases).map(([value, text]) => {
    return `        case ${value}:\n          ${replaced(text, places)};\n          break;\n`;
  });
  return `    case Op.${name}:\n      switch (${places[call.by]}) {\n${cases.join("")}        default:\n          return false;\n      }\n      break;\n`;
}

function dispatch(all) {
  const imports = new Map();
  for (const signature of Object.values(all)) {
    const names = imports.get(signature.from) ?? new Set();
    for (const kernel of kernelsOf(signature)) names.add(kernel);
    imports.set(signature.from, names);
  }
  const lines = [...imports]
    .sort()
    .map(([from, names]) => `import { ${[...names].sort().join(", ")} } from "./${from}";\n`);
  const cases = Object.entries(all).map(([name, signature]) => dispatchCase(name, signature));
  return `${HEAD}${lines.join("")}import { at } from "./operands";
import { Op } from "./ops.generated";
import { Call, shapeOf } from "./record";

/** Runs the kernel of a record in iteration (i, j); false where its number is unknown. */
export function execute<T extends number>(call: Call, i: u32, j: u32): bool {
${Array.from({ length: 6 }, (_, k) => `  const p${k} = at(call, ${k}, i, j);\n`).join("")}  switch (i32(call.op)) {
${cases.join("")}    default:
      return false;
  }
  return true;
}
`;
}

/** The sizes and coefficients that formulas mention, as f64. */
function variables(signature, formulas) {
  const used = words(formulas.join(" "));
  const places = placesOf(signature);
  const plain = [...signature.sizes, ...coefficientNames(signature)].filter((name) => name && used.has(name));
  const lines = plain.map((name) => `const ${name}: f64 = f64(${places[name]});`);
  if (signature.coefficients !== "windows") return lines;
  for (const [k, pair] of WINDOWS.entries()) {
    for (const [side, name] of pair.entries()) {
      if (used.has(name))
        lines.push(`const ${name} = f64(${side === 0 ? "first" : "second"}(shapeOf(call), ${8 * k}));`);
    }
  }
  return lines;
}

const givens = (text, names) => text.replace(/given\((\w+)\)/g, (_, name) => `given(call, ${names.indexOf(name)})`);

function conditionsOf(signature, enums) {
  const names = operandNames(signature);
  const counts = Object.entries(signature.among ?? {}).map(([size, name]) => {
    const codes = Object.values(enums[name]).filter(Number.isInteger);
    const last = Math.max(...codes);
    if (codes.length !== last + 1) throw new Error(`${name}: expected the numbers 0 to ${last}, each once.`);
    return `${size} <= ${last}`;
  });
  const terms = typeof signature.call === "string" ? [] : casesOf(signature.call);
  const all = [...counts, ...terms, ...(signature.where ?? [])];
  return all.map((text) => `(${givens(text, names)})`);
}

/** A size that chooses among kernels is one of its cases. */
function casesOf({ by, cases }) {
  const values = Object.keys(cases).map(Number);
  return [`${by} >= ${Math.min(...values)}`, `${by} <= ${Math.max(...values)}`];
}

function operandChecks({ operands }) {
  return Object.values(operands).map(({ kind, formulas, optional }, k) => {
    const name = kind === "scratch" ? "bytes" : kind;
    const size = kind === "matrix" || kind === "flat" ? ", size" : "";
    const check = `${name}(call, ${k}, ${formulas.join(", ")}${size})`;
    return optional ? `(!given(call, ${k}) || ${check})` : check;
  });
}

function boundsCase(signature, enums) {
  const shape = signature.coefficients === "windows" ? ["isShape(call)"] : [];
  const checks = [...shape, ...conditionsOf(signature, enums), ...operandChecks(signature)];
  const lines = variables(signature, checks).map((line) => `      ${line}\n`);
  return `{\n${lines.join("")}      return (\n        ${joined(checks, " &&\n        ", "true")}\n      );\n    }\n`;
}

/** Operations of the same text share a case. */
function sharedCases(all, textOf) {
  const names = new Map();
  for (const [name, signature] of Object.entries(all)) {
    const text = textOf(signature);
    names.set(text, [...(names.get(text) ?? []), name]);
  }
  return [...names].map(
    ([text, own]) =>
      `${own
        .map((name) => `    case Op.${name}:\n`)
        .join("")
        .trimEnd()} ${text}`,
  );
}

function workCase(signature) {
  const [a = "0", b = "0"] = signature.sizes.filter((size) => size !== null);
  const { work = `(1 + ${a}) * (1 + ${b})` } = signature;
  const lines = variables(signature, [work]).map((line) => `      ${line}\n`);
  return `{\n${lines.join("")}      return ${work};\n    }\n`;
}

function bounds(all, enums, formulas) {
  const cases = sharedCases(all, (signature) => boundsCase(signature, enums));
  const works = sharedCases(all, workCase);
  const used = words([...cases, ...works].join(" "));
  const helpers = ["bytes", "flat", "given", "isShape", "matrix", "scalars"].filter((name) => used.has(name));
  const imported = formulas.filter((name) => used.has(name));
  return `${HEAD}import { ${imported.join(", ")} } from "./formulas";
import { ${helpers.join(", ")} } from "./operands";
import { Op } from "./ops.generated";
import { Call, shapeOf } from "./record";
import { first, second } from "./windows";

/** Whether a record's operands lie inside their blocks, for numbers of \`size\` bytes. */
export function fits(call: Call, size: f64): bool {
  switch (i32(call.op)) {
${cases.join("")}    default:
      return false;
  }
}

/** Multiplications and moves that a record asks for, about. */
export function workOf(call: Call): f64 {
  switch (i32(call.op)) {
${works.join("")}    default:
      return 0;
  }
}
`;
}

function encoder(name, signature) {
  const { operands, sizes, coefficients } = signature;
  const named = sizes.filter((size) => size !== null);
  const tensors = Object.entries(operands).filter(([, { kind }]) => kind !== "scratch");
  const fields = [
    ...tensors.map(([operand, { optional }]) => (optional ? `${operand}?: Tensor | undefined` : `${operand}: Tensor`)),
    ...[...named, ...coefficientNames(signature)].map((size) => `${size}: number`),
    ...(coefficients === "windows" ? ["windows: WindowSizes"] : []),
  ];
  const space = Object.values(operands).find(({ kind }) => kind === "scratch");
  const last = sizes.findLastIndex((size) => size !== null);
  const values = sizes.slice(0, last + 1).map((size) => (size === null ? "0" : `o.${size}`));
  const list = Object.entries(operands).map(([operand, { kind, optional }]) => {
    if (kind !== "scratch") return optional ? `o.${operand} ?? null` : `o.${operand}`;
    return optional ? `scratch > 0 ? "scratch" : null` : `"scratch"`;
  });
  const numbers =
    coefficients === "windows"
      ? "coefficientsOf(o.windows)"
      : `[${coefficientNames(signature)
          .map((c) => `o.${c}`)
          .join(", ")}]`;
  const record = [
    `op: ${signature.number}`,
    `sizes: [${values.join(", ")}]`,
    `coefficients: ${numbers}`,
    `operands: [${list.join(", ")}]`,
  ];
  const head = `/** ${typeof signature.call === "string" ? signature.call : Object.values(signature.call.cases)[0]} */\n`;
  const sized = space && words(`${space.formulas[0]}`).has("size");
  const parameters = `o: { ${fields.join("; ")} }${sized ? ", size: number" : ""}`;
  if (!space) return `${head}export const ${lower(name)} = (${parameters}): Encoding => ({ ${record.join(", ")} });\n`;
  const used = words(space.formulas[0]);
  const own = [...named, ...coefficientNames(signature)].filter((size) => used.has(size));
  const pairs = coefficients === "windows" ? WINDOWS.flat().filter((size) => used.has(size)) : [];
  const lines = [
    ...(own.length > 0 ? [`const { ${own.join(", ")} } = o;`] : []),
    ...(pairs.length > 0 ? [`const { ${pairs.join(", ")} } = o.windows;`] : []),
    `const scratch = ${space.formulas[0].replaceAll(" == ", " === ").replaceAll(" != ", " !== ")};`,
    `return { ${[...record, "scratch"].join(", ")} };`,
  ];
  return `${head}export function ${lower(name)}(${parameters}): Encoding {\n  ${lines.join("\n  ")}\n}\n`;
}

function encoders(all, formulas) {
  const functions = Object.entries(all).map(([name, signature]) => encoder(name, signature));
  const used = words(functions.join(" "));
  const imported = formulas.filter((name) => used.has(name));
  return `${HEAD}import { ${imported.join(", ")} } from "../../assembly/formulas.ts";
import type { Encoding, Tensor } from "../core/recording/tensor.ts";
import { coefficientsOf, type WindowSizes } from "./windows.ts";

${functions.join("\n")}`;
}

function numbers(all) {
  const members = Object.entries(all).map(([name, { number, call }]) => {
    const kernel = typeof call === "string" ? call : Object.values(call.cases).join("; ");
    return `  /** ${kernel} */\n  ${name} = ${number},\n`;
  });
  const taken = Object.values(all).map(({ number }) => number);
  if (new Set(taken).size !== taken.length) throw new Error("assembly/signatures: two operations have one number.");
  return `${HEAD}/** What a call record asks for. The numbers are part of the ABI: never renumber. */\nexport const enum Op {\n${members.join("")}}\n`;
}

/** Every name that a formula may use is known: a slip shows here, with the operation's name. */
function checkNames(all, formulas) {
  for (const [name, signature] of Object.entries(all)) {
    const { sizes, operands, where = [], work = "" } = signature;
    const windows = signature.coefficients === "windows" ? WINDOWS.flat() : [];
    const known = new Set([...sizes, ...coefficientNames(signature), ...windows, ...formulas, "size", "given", "true"]);
    for (const operand of operandNames(signature)) known.add(operand);
    const texts = [...Object.values(operands).flatMap((o) => o.formulas), ...where, work];
    for (const word of words(texts.join(" "))) {
      if (!known.has(word)) throw new Error(`signature of ${name}: expected sizes and formulas, got ${word}.`);
    }
    if (operandNames(signature).length > 6 || sizes.length > 6 || coefficientNames(signature).length > 6) {
      throw new Error(`signature of ${name}: expected at most six operands, sizes and coefficients.`);
    }
  }
}

/** Returns the files made. */
export async function writeSignatures() {
  if (!existsSync("assembly/signatures")) return [];
  const { signatures } = await evaluate("assembly/signatures/index.ts");
  const enums = await enumerations();
  const formulas = Object.keys(await evaluate("assembly/formulas.ts"));
  checkNames(signatures, formulas);
  writeFileSync(OUTPUTS.ops, numbers(signatures));
  writeFileSync(OUTPUTS.dispatch, dispatch(signatures));
  writeFileSync(OUTPUTS.bounds, bounds(signatures, enums, formulas));
  writeFileSync(OUTPUTS.encoders, encoders(signatures, formulas));
  return Object.values(OUTPUTS);
}
