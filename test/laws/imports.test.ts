/** Who may import whom: one table, held against every import of the sources. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "../support/scratch.ts";

const NETWORKS = ["layers", "dynamics", "integrators", "operations", "activations", "core"];
const MODEL = ["networks", ...NETWORKS, "losses", "regularizers", "data", "tables", "metrics", "formats"];
const TRAINING = ["optimizers", "model", ...MODEL];
const ALL = ["worker", "experiments", "exchange", "training", "analysis", "plots", "lowering", ...TRAINING, "entry"];

/** Folders of src, and beside their own what each may import; "entry" are the files of src itself. */
const SRC: Readonly<Record<string, readonly string[]>> = {
  core: ["lowering", "shared"],
  lowering: ["core"],
  activations: ["core"],
  operations: ["activations", "core", "shared"],
  dynamics: ["operations", "core"],
  integrators: ["operations", "core"],
  losses: ["operations", "core"],
  regularizers: ["operations", "core"],
  layers: ["dynamics", "integrators", "operations", "core"],
  networks: NETWORKS,
  data: ["core"],
  tables: ["data", "core"],
  metrics: ["core"],
  formats: ["core"],
  plots: ["core"],
  model: MODEL,
  optimizers: ["operations", "core"],
  training: TRAINING,
  analysis: TRAINING,
  exchange: ["training", ...TRAINING],
  experiments: ["training", "analysis", "plots", ...TRAINING, "entry"],
  worker: ["training", "optimizers", "model", "networks", "losses", "regularizers", "core"],
  cli: ALL,
  lab: ALL,
  entry: ALL,
};

/** The ground floor of assembly, on which kernels stand; a kernel never imports a kernel. */
const GROUND = [
  ...["lanes", "rows", "scalar", "tiles", "trees", "indirect", "narrow", "philox", "panels", "planes", "windows"],
  ...["windowProducts", "partials", "opcodes", "kinds.generated", "ops.generated", "record"],
];
const ELEMENTWISE = ["activations.generated", "steps", "structure"];
/** Folders of assembly: functions that kernels stand on, and a kernel of several files. */
const FOLDERS: Readonly<Record<string, readonly string[]>> = {
  elementary: [...GROUND, "elementary"],
  implicit: [...GROUND, "elementary", "implicit", "activations.generated"],
  activations: [...GROUND, "elementary", "activations"],
  updates: [...GROUND, "updates"],
  losses: [...GROUND, "elementary", "losses", "losses.generated"],
  early: ["early", "random", "scalar"],
};

/** Files of assembly that are no kernels; "kernels" are all the others. */
const ASSEMBLY: Readonly<Record<string, readonly string[]>> = {
  opcodes: ["kinds.generated"],
  "kinds.generated": [],
  "activations.generated": ["activations"],
  "losses.generated": ["losses"],
  "ops.generated": [],
  formulas: ["opcodes"],
  record: ["opcodes"],
  arena: ["opcodes"],
  operands: ["record", "formulas"],
  "bounds.generated": ["formulas", "operands", "ops.generated", "record", "windows"],
  "dispatch.generated": ["kernels", "operands", "ops.generated", "record"],
  check: ["bounds.generated", "opcodes", "operands", "record"],
  blob: ["check", "opcodes"],
  team: ["record", "rows", "partials", "windows", "opcodes", "ops.generated"],
  plan: ["dispatch.generated", "implicit/step", "opcodes", "operands", "record", "team"],
  fused: [...GROUND, ...ELEMENTWISE],
  threads: ["implicit/step", "plan", "team"],
  index: ["kernels", "arena", "blob", "check", "plan", "opcodes", "lanes", "random"],
};

/** The two files that asc, tsc and esbuild read alike. */
const SHARED = ["opcodes", "formulas"];

function* filesIn(folder: string): Generator<string> {
  for (const name of readdirSync(join(ROOT, folder)).sort()) {
    const path = `${folder}/${name}`;
    if (statSync(join(ROOT, path)).isDirectory()) yield* filesIn(path);
    else if (/\.tsx?$/.test(name)) yield path;
  }
}

/** The files that a file imports, types and import() included. */
function importsOf(path: string, text: string): string[] {
  const specifiers = text.matchAll(/(?:^|[^\w.])(?:import|from)\s*\(?\s*["'](\.[^"']*)["']/g);
  return [...specifiers].map(([, specifier = ""]) => normalize(join(dirname(path), specifier)).replaceAll("\\", "/"));
}

const roomOf = (path: string): string => {
  const [, folder = "", below] = path.split("/");
  return below === undefined ? "entry" : folder;
};
const nameOf = (path: string): string => path.replace(/^assembly\//, "").replace(/\.ts$/, "");

const folderOf = (name: string): string => name.split("/")[0] ?? "";

/** What is wrong with an import; undefined where it may stand. */
function complaint(from: string, to: string): string | undefined {
  const says = `${from} imports ${to}`;
  if (from.startsWith("assembly/signatures/")) return to.startsWith("assembly/signatures/") ? undefined : says;
  if (from.startsWith("assembly/")) {
    const name = nameOf(from);
    const allowed = ASSEMBLY[name] ?? FOLDERS[folderOf(name)] ?? [...GROUND, "elementary"];
    const kernel =
      !(nameOf(to) in ASSEMBLY) || ["fused", "activations.generated", "losses.generated"].includes(nameOf(to));
    const named = [nameOf(to), folderOf(nameOf(to))].some((found) => allowed.includes(found));
    return named || (kernel && allowed.includes("kernels")) ? undefined : says;
  }
  const allowed = SRC[roomOf(from)] ?? [];
  if (to.startsWith("assembly/")) return allowed.includes("shared") && SHARED.includes(nameOf(to)) ? undefined : says;
  const room = roomOf(to);
  return room === roomOf(from) || allowed.includes(room) || !to.startsWith("src/") ? undefined : says;
}

it("every import stands in the table", () => {
  const wrong = ["src", "assembly"].flatMap((folder) =>
    [...filesIn(folder)].flatMap((path) => {
      const imports = importsOf(path, readFileSync(join(ROOT, path), "utf8"));
      return imports.flatMap((to) => complaint(path, to) ?? []);
    }),
  );
  expect(wrong).toEqual([]);
});

it("every folder of src has its row", () => {
  const folders = readdirSync(join(ROOT, "src"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map(({ name }) => name).filter((name) => !(name in SRC))).toEqual([]);
});

it.each([
  'import type { Thing } from "../model/thing.ts";',
  'export { thing } from "../model/thing.ts";',
  'export * from "../model/thing.ts";',
  'const thing = () => import("../model/thing.ts");',
  'import "../model/thing.ts";',
])("the rule sees %s", (text) => {
  const [to = ""] = importsOf("src/layers/form.ts", text);
  expect(complaint("src/layers/form.ts", to)).toBe("src/layers/form.ts imports src/model/thing.ts");
});

it.each([
  ["src/dynamics/a.ts", "src/integrators/euler.ts"],
  ["src/cli/start/a.ts", "src/lab/thing.ts"],
  ["src/index.ts", "src/cli/index.ts"],
  ["src/layers/a.ts", "assembly/opcodes.ts"],
  ["src/core/host/a.ts", "assembly/gemm.ts"],
  ["assembly/gemm.ts", "assembly/losses"],
  ["assembly/lanes.ts", "assembly/gemm"],
])("%s may not import %s", (from, to) => {
  expect(complaint(from, to)).toBe(`${from} imports ${to}`);
});
