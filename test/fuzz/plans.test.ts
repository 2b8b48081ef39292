/**
 * Plans made of the signatures, right ones and damaged ones: plan_check against a shadow interpreter that walks every iteration, takes
 * and skips every guard, and looks where each operand lies.
 */
import { expect, it } from "vitest";
import * as formulas from "../../assembly/formulas.ts";
import { Activation, Control, Layout, Loss, Penalty } from "../../assembly/opcodes.ts";
import { signatures } from "../../assembly/signatures/index.ts";
import type { Signature } from "../../assembly/signatures/signature.ts";
import { instantiateCore } from "../../src/core/host/load.ts";
import { type Draw, drawFrom } from "./mutate.ts";

const PLANS = Number(process.env.ODENET_FUZZ ?? 4000);
const SEED = Number(process.env.ODENET_FUZZ_SEED ?? 1);
const BLOCKS = [1 << 14, 1 << 16] as const; // shared, private
const NONE = 0xffffffff;
const WINDOWS = ["h", "w", "kh", "kw", "oh", "ow", "sh", "sw", "ph", "pw", "dilation", "groups"];
const MEMBERS: Readonly<Record<string, number>> = {
  Activation: Activation.Gelu,
  Loss: Loss.Huber,
  Penalty: Penalty.Stability,
};

type Formula = (env: Readonly<Record<string, number>>) => number | boolean;

const helpers = Object.entries(formulas);

/** A formula of a signature as a function of sizes and coefficients. */
function formula(text: string, names: readonly string[]): Formula {
  const make = new Function(
    ...helpers.map(([name]) => name),
    "env",
    `const { ${names.join(", ")} } = env; return ${text};`,
  );
  return (env) => make(...helpers.map(([, f]) => f), env);
}

interface Kind {
  readonly signature: Signature;
  readonly coefficients: readonly string[];
  readonly where: readonly Formula[];
  readonly operands: readonly { readonly bytes: Formula; readonly alignment: number; readonly optional: boolean }[];
}

/** What a signature says, ready to be asked. */
function kindOf(signature: Signature): Kind {
  const coefficients = signature.coefficients === "windows" ? WINDOWS : (signature.coefficients ?? []);
  const sizes = signature.sizes.filter((size) => size !== null);
  const own = Object.entries(signature.operands);
  const given = own.map(([name]) => `given_${name}`);
  const names = [...sizes, ...coefficients, ...given, "size"];
  const text = (where: string) => where.replace(/given\((\w+)\)/g, "(given_$1 === 1)");
  const cases = typeof signature.call === "string" ? [] : Object.keys(signature.call.cases);
  const chosen = typeof signature.call === "string" ? [] : [`[${cases.join(",")}].includes(${signature.call.by})`];
  const among = Object.entries(signature.among ?? {}).map(([size, name]) => `${size} <= ${MEMBERS[name]}`);
  const operands = own.map(
    ([
      ,
      {
        kind,
        formulas: [a = "0", b = "0"],
        optional = false,
      },
    ]) => {
      const bytes = { matrix: `(${a}) * row(${b}, size)`, flat: `(${a}) * size`, scalars: `8 * (${a})` };
      const full = kind === "bytes" || kind === "scratch" ? a : bytes[kind];
      return { bytes: formula(full, names), alignment: kind === "scalars" ? 8 : 16, optional };
    },
  );
  const vectors = own.flatMap(
    ([
      ,
      {
        kind,
        formulas: [n],
      },
    ]) => (kind === "flat" ? [`isWhole(((${n}) * size) / 16)`] : []),
  );
  const conditions = [...vectors, ...chosen, ...among, ...(signature.where ?? [])];
  return { signature, coefficients, operands, where: conditions.map((w) => formula(text(w), names)) };
}

const kinds = new Map(Object.values<Signature>(signatures).map((s) => [s.number, kindOf(s)]));
const list = [...kinds.values()];

interface Loops {
  readonly counts: readonly number[];
}

/** The words of a record as its formulas read them. */
function environment({ signature, coefficients, operands }: Kind, view: DataView, at: number) {
  const env: Record<string, number> = { size: view.getUint16(at + Layout.Type, true) === 0 ? 4 : 8 };
  signature.sizes.forEach((name, k) => {
    if (name !== null) env[name] = view.getUint32(at + Layout.Sizes + 4 * k, true);
  });
  coefficients.forEach((name, k) => {
    const pairs = signature.coefficients === "windows";
    const value = view.getFloat64(at + Layout.Coefficients + 8 * (pairs ? k >> 1 : k), true);
    const high = Math.floor(value / 2 ** 24);
    env[name] = pairs ? (k % 2 === 0 ? high : value - 2 ** 24 * high) : value;
  });
  Object.keys(signature.operands).forEach((name, k) => {
    const absent = view.getUint32(at + Layout.Operands + 12 * k, true) === NONE;
    env[`given_${name}`] = operands[k] && !absent ? 1 : 0;
  });
  return env;
}

/** Whether operand k lies in its block in one iteration, as plan_run finds it: all in 32 bits. */
function lies(view: DataView, at: number, k: number, bytes: number, alignment: number, i: readonly number[]): boolean {
  const word = at + Layout.Operands + 12 * k;
  const [offset, s0, s1] = [0, 4, 8].map((n) => view.getUint32(word + n, true));
  if (offset === undefined || s0 === undefined || s1 === undefined) return false;
  const shared = (view.getUint32(at + Layout.Shared, true) >>> k) & 1;
  const start = (offset + Math.imul(i[0] ?? 0, s0) + Math.imul(i[1] ?? 0, s1)) >>> 0;
  return start % alignment === 0 && start + bytes <= BLOCKS[shared ? 0 : 1];
}

/** Replays a plan without computing; false where an operand lies outside, at whatever a guard decides. */
function shadow(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const count = bytes.length / Layout.Record;
  let budget = 20_000;
  const run = (first: number, last: number, i: readonly number[]): boolean => {
    for (let index = first; index < last; index++) {
      const at = index * Layout.Record;
      if (--budget < 0) return true;
      if (index >= count) return false;
      const op = view.getUint16(at, true);
      const [n0, n1] = [view.getUint32(at + Layout.Sizes, true), view.getUint32(at + Layout.Sizes + 4, true)];
      if (op === Control.Loop) {
        for (let k = 0; k < n0 && --budget > 0; k++) {
          if (!run(index + 1, index + 1 + n1, i.length === 0 ? [k] : [i[0] ?? 0, k])) return false;
        }
        index += n1;
      } else if (op === Control.Guard) {
        if (![0, 1].every((k) => lies(view, at, k, 8, 8, i))) return false;
        if (!run(index + 1 + n1, last, i)) return false; // skipped; below, taken
      } else {
        const kind = kinds.get(op);
        if (!kind) return false;
        const env = environment(kind, view, at);
        const inside = kind.operands.every(({ bytes: size, alignment, optional }, k) => {
          if (view.getUint32(at + Layout.Operands + 12 * k, true) === NONE) return optional;
          return lies(view, at, k, Number(size(env)), alignment, i);
        });
        if (!inside) return false;
      }
    }
    return true;
  };
  return run(0, count, []);
}

/** A record that is right for the loops around it, or undefined where the drawn sizes are not. */
function drawRecord(draw: Draw, { counts }: Loops): Uint8Array | undefined {
  const kind = list[draw(list.length)];
  if (!kind) return undefined;
  const bytes = new Uint8Array(Layout.Record);
  const view = new DataView(bytes.buffer);
  const { signature, operands } = kind;
  view.setUint16(0, signature.number, true);
  view.setUint16(Layout.Type, draw(2), true);
  signature.sizes.forEach((name, k) => {
    const most = { kind: 7, penalty: 5, terms: 6, shards: 3, beta: 2, form: 2 }[name ?? ""] ?? 20;
    const value = name === "n" && draw(4) > 0 ? 4 * draw(6) : draw(most);
    if (name !== null) view.setUint32(Layout.Sizes + 4 * k, value, true);
  });
  const pairs = [
    [3 + draw(4), 3 + draw(4)],
    [1 + draw(3), 1 + draw(3)],
    [1 + draw(3), 1 + draw(3)],
    [1 + draw(2), 1 + draw(2)],
    [draw(2), draw(2)],
    [0, 1 + draw(2)],
  ];
  for (let k = 0; k < 6; k++) {
    const [high = 0, low = 0] = pairs[k] ?? [];
    view.setFloat64(
      Layout.Coefficients + 8 * k,
      signature.coefficients === "windows" ? high * 2 ** 24 + low : draw(4),
      true,
    );
  }
  for (let k = 0; k < Layout.OperandCount; k++) view.setUint32(Layout.Operands + 12 * k, NONE, true);
  operands.forEach(({ optional }, k) => {
    if (!optional || draw(3) > 0) view.setUint32(Layout.Operands + 12 * k, 0, true);
  });
  const env = environment(kind, view, 0);
  if (!kind.where.every((holds) => holds(env))) return undefined;
  const empty = Object.values(signature.operands).some(
    (o, k) =>
      o.kind === "matrix" && view.getUint32(Layout.Operands + 12 * k, true) !== NONE && !operands[k]?.bytes(env),
  );
  if (empty) return undefined;
  let shared = 0;
  for (const [k, { bytes: size, alignment }] of operands.entries()) {
    const word = Layout.Operands + 12 * k;
    if (view.getUint32(word, true) === NONE) continue;
    const side = draw(2);
    shared |= side << k;
    const strides = [0, 1].map(() => alignment * (draw(9) - 4));
    const reach = strides.map((s, d) => s * ((counts[d] ?? 1) - 1));
    const low = reach.reduce((sum, r) => sum + Math.max(0, -r), 0);
    const high = reach.reduce((sum, r) => sum + Math.max(0, r), 0);
    const room = BLOCKS[side ? 0 : 1] - Number(size(env)) - low - high;
    if (room < 0) return undefined;
    // Often at the very end of the block.
    const offset =
      low + alignment * (draw(3) === 0 ? Math.floor(room / alignment) : draw(1 + Math.floor(room / alignment)));
    view.setUint32(word, offset, true);
    strides.forEach((s, d) => {
      view.setInt32(word + 4 + 4 * d, s, true);
    });
  }
  view.setUint32(Layout.Shared, shared, true);
  return bytes;
}

/** What a record says, for a message. */
function wordsOf(record: Uint8Array | undefined): string {
  if (!record) return "none";
  const view = new DataView(record.buffer);
  const kind = kinds.get(view.getUint16(0, true));
  return `record ${view.getUint16(0, true)} ${JSON.stringify(kind && environment(kind, view, 0))}`;
}

function control(op: Control, ...sizes: number[]): Uint8Array {
  const bytes = new Uint8Array(Layout.Record);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, op, true);
  sizes.forEach((n, k) => {
    view.setUint32(Layout.Sizes + 4 * k, n, true);
  });
  return bytes;
}

/** A plan that is right. Guards skip to the end of their scope, as recorded ones do. */
function drawPlan(draw: Draw, loops: Loops = { counts: [] }): Uint8Array[] {
  const records: Uint8Array[] = [];
  const guards: number[] = [];
  for (let k = draw(loops.counts.length === 0 ? 5 : 3); k >= 0; k--) {
    const what = draw(6);
    if (what === 0 && loops.counts.length < 2) {
      const count = 1 + draw(4);
      const body = drawPlan(draw, { counts: [...loops.counts, count] });
      records.push(control(Control.Loop, count, body.length), ...body);
    } else if (what === 1) {
      guards.push(records.length);
      records.push(control(Control.Guard, 0, 0));
    } else {
      const record = drawRecord(draw, loops);
      if (record) records.push(record);
    }
  }
  for (const at of guards) records[at] = control(Control.Guard, 0, records.length - at - 1);
  return records;
}

/** Changes a few words to others that matter. */
function damage(bytes: Uint8Array, draw: Draw): Uint8Array {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  for (let k = draw(2); k >= 0; k--) {
    const record = draw(copy.length / Layout.Record) * Layout.Record;
    const places = [
      Layout.Sizes + 4 * draw(2),
      Layout.Sizes + 4 * draw(6),
      Layout.Operands + 4 * draw(18),
      Layout.Shared,
    ];
    const at = record + (places[draw(places.length)] ?? 0);
    const values = [0, 1, draw(40), NONE, 0x80000000, view.getUint32(at, true) + 16, view.getUint32(at, true) - 16];
    if (draw(12) === 0)
      view.setFloat64(
        record + Layout.Coefficients + 8 * draw(6),
        [Number.NaN, -1, 0, 2 ** 24, 2 ** 48][draw(5)] ?? 0,
        true,
      );
    else view.setUint32(at, (values[draw(values.length)] ?? 0) >>> 0, true);
  }
  return copy;
}

it(`${PLANS} plans: none that leaves its blocks is accepted, none that is right is refused`, {
  timeout: 3_600_000,
}, () => {
  const core = instantiateCore();
  const place = core.memory.grow(2) * 65536;
  const verdict = (bytes: Uint8Array): number => {
    new Uint8Array(core.memory.buffer).set(bytes, place);
    const check = core.plan_check as (s: number, p: number, at: number, n: number) => number;
    return check(BLOCKS[0], BLOCKS[1], place, bytes.length / Layout.Record);
  };
  const draw = drawFrom(SEED);
  const seen = new Set<number>();
  let accepted = 0;
  for (let k = 0; k < PLANS; k++) {
    const records = drawPlan(draw);
    const bytes = Uint8Array.from(records.flatMap((r) => [...r]));
    for (const r of records) seen.add(new DataView(r.buffer).getUint16(0, true));
    const refused = verdict(bytes);
    expect(refused, `plan ${k}: ${wordsOf(records[refused - 1])}`).toBe(0);
    expect(shadow(bytes), `plan ${k}`).toBe(true);
    if (bytes.length === 0) continue;
    const damaged = damage(bytes, draw);
    if (verdict(damaged) !== 0) continue;
    accepted++;
    if (!shadow(damaged)) throw new Error(`damaged plan ${k} is accepted, and leaves its blocks`);
  }
  expect(accepted).toBeGreaterThan(PLANS / 20);
  expect([...kinds.keys()].filter((op) => !seen.has(op))).toEqual([]);
});
