<<<<<<< HEAD
/** Who may import whom: one table, held against every import of the sources. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "../support/scratch.ts";

const NETWORKS = ["layers", "dynamics", "integrators", "operations", "core"];
const MODEL = ["networks", ...NETWORKS, "losses", "regularizers", "data", "tables", "metrics", "formats"];
const TRAINING = ["optimizers", "model", ...MODEL];
const ALL = ["worker", "experiments", "exchange", "training", "analysis", "plots", "lowering", ...TRAINING, "entry"];

/** Folders of src, and beside their own what each may import; "entry" are the files of src itself. */
const SRC: Readonly<Record<string, readonly string[]>> = {
  core: ["lowering", "shared"],
  lowering: ["core"],
  operations: ["core", "shared"],
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
  optimizers: ["model", ...MODEL],
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
  ...["windowProducts", "partials", "opcodes", "ops.generated", "record"],
];
const ELEMENTWISE = ["activations", "steps", "structure"];
/** Folders of assembly: functions that kernels stand on, and a kernel of several files. */
const FOLDERS: Readonly<Record<string, readonly string[]>> = {
  elementary: [...GROUND, "elementary"],
  implicit: [...GROUND, "elementary", "implicit", "activations"],
};

/** Files of assembly that are no kernels; "kernels" are all the others. */
const ASSEMBLY: Readonly<Record<string, readonly string[]>> = {
  opcodes: [],
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
    const kernel = !(nameOf(to) in ASSEMBLY) || nameOf(to) === "fused";
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
=======
import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../support/scratch.ts";

// Who may import whom: one table, read against every import of src and assembly. Nothing is imported that is not listed.

const CORE = ["core", "core/recording", "core/plan", "core/host"];
const FIELDS = ["operations", "core", "core/recording"];
const LAYERS = ["dynamics", "integrators", "operations", ...CORE];
const NETWORKS = ["layers", ...LAYERS];
const MODEL = ["networks", ...NETWORKS, "losses", "regularizers", "metrics", "data", "formats"];
const TRAINING = ["optimizers", "model", ...MODEL];
const LIBRARY = ["index", "slim", "formats.ts", "exchange", "training", "analysis", "plots", "tables", ...TRAINING];

/** A folder of src, a room of the core, or an entry of the package: what it may import beside itself. */
const SRC: Record<string, readonly string[]> = {
  // The rewriting of SIMD knows bytes alone; the core loads it where an engine needs it.
  lowering: [],
  core: ["core/host"],
  "core/recording": ["core", "opcodes"],
  "core/plan": ["core", "core/recording", "core/host", "opcodes"],
  "core/host": ["core", "core/recording", "core/plan", "lowering", "opcodes"],
  operations: [...CORE, "opcodes"],
  // dynamics and integrators never import each other: any fitting pair works.
  dynamics: FIELDS,
  integrators: FIELDS,
  losses: FIELDS,
  regularizers: FIELDS,
  optimizers: FIELDS,
  metrics: ["core"],
  data: ["core"],
  formats: ["core", "core/host"],
  plots: ["core"],
  tables: ["data", "core"],
  layers: LAYERS,
  networks: NETWORKS,
  model: MODEL,
  training: TRAINING,
  analysis: TRAINING,
  exchange: ["training", ...TRAINING],
  experiments: ["training", "analysis", "plots", ...TRAINING, "index"],
  worker: ["training", "optimizers", "model", "networks", "losses", "regularizers", "metrics", ...CORE],
  // The command and the lab stand on everything, and beside each other.
  cli: ["worker", "experiments", ...LIBRARY, "lowering"],
  lab: ["worker", "experiments", ...LIBRARY],
  index: LIBRARY,
  slim: LIBRARY,
  "formats.ts": LIBRARY,
};

const GROUND = ["lanes", "rows", "scalar", "opcodes"];
const SHARED = [
  "elementary",
  "tiles",
  "trees",
  "indirect",
  "narrow",
  "philox",
  "panels",
  "planes",
  "windows",
  "windowProducts",
];
const READING = ["record", "arena", "rows", "windows", "opcodes"];

/** A file or folder of assembly. What is not named is a kernel, and no kernel imports another: what two share is SHARED. */
const ASSEMBLY: Record<string, readonly string[]> = {
  opcodes: [],
  ...Object.fromEntries([...GROUND.slice(0, 3), "record", "arena"].map((name) => [name, ["opcodes"]])),
  // What is made of elementwise kernels.
  fused: [...GROUND, "activations", "steps", "structure"],
  implicit: [...GROUND, "elementary", "activations"],
  // check reads plans and runs none; blob reads what a host is given.
  check: READING,
  blob: ["check", "opcodes"],
  team: [...READING, "partials"],
  threads: ["plan", "team"],
};
/** Above the kernels: they import everything but these. */
const ABOVE: Record<string, readonly string[]> = { plan: ["index", "threads", "check", "blob"], index: ["threads"] };

const room = (file: string): string => {
  const [top, ...path] = file.replace(/(\.generated)?\.ts$/, "").split("/");
  const [folder = "", inner, ...deeper] = path;
  if (top === "assembly") return folder;
  if (file === "src/formats.ts") return "formats.ts";
  return folder === "core" && inner !== undefined && deeper.length > 0 ? `core/${inner}` : folder;
};

function mayImport(from: string, to: string): boolean {
  const [a, b] = [room(from), room(to)];
  if (!from.startsWith("assembly/")) {
    const may = SRC[a] ?? [];
    return to.startsWith("assembly/") ? b === "opcodes" && may.includes(b) : a === b || may.includes(b);
  }
  if (!to.startsWith("assembly/")) return false;
  const above = ABOVE[a];
  if (a === b) return true;
  return above ? !above.includes(b) : (ASSEMBLY[a] ?? [...GROUND, ...SHARED]).includes(b);
}

/** Every form of import: of values, of types, passed on, for its effect, and when asked for. */
const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*["'](\.[^"']+)["']/g;

function wrongImports(files: Readonly<Record<string, string>>): string[] {
  return Object.entries(files).flatMap(([file, text]) =>
    [...text.matchAll(IMPORT)]
      .map(([, path = ""]) => posix.join(posix.dirname(file), path))
      .filter((to) => !mayImport(file, to))
      .map((to) => `${file} → ${to}`),
  );
}

const sources = ["src", "assembly"].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => posix.join(folder, name.replaceAll("\\", "/"))),
);

test("every import of src and assembly is in the table", () => {
  const files = Object.fromEntries(sources.map((file) => [file, readFileSync(join(ROOT, file), "utf8")]));
  expect(wrongImports(files)).toEqual([]);
});

test("every folder of src has its line", () => {
  const rooms = new Set(sources.filter((file) => file.startsWith("src/")).map(room));
  expect(Object.keys(SRC).sort()).toEqual([...rooms].sort());
});

test("every form of import is seen, and a wrong one is told", () => {
  const forms = [
    'import type { Thing } from "../model/thing.ts";\nexport type Other = Thing;',
    'import {\n  thing,\n} from "../model/thing.ts";',
    'export { thing } from "../model/thing.ts";',
    'export * from "../model/thing.ts";',
    'export const thing = () => import("../model/thing.ts");',
    'import "../model/thing.ts";',
  ];
  for (const form of forms)
    expect(wrongImports({ "src/layers/a.ts": form })).toEqual(["src/layers/a.ts → src/model/thing.ts"]);
});

test.each([
  ["src/dynamics/a.ts", "../integrators/rk4.ts", false],
  ["src/layers/a.ts", "../integrators/rk4.ts", true],
  ["src/layers/a.ts", "../../assembly/opcodes.ts", false],
  ["src/operations/a.ts", "../../assembly/opcodes.ts", true],
  ["src/operations/a.ts", "../../assembly/gemm.ts", false],
  ["src/core/recording/a.ts", "../plan/plan.ts", false],
  ["src/core/host/a.ts", "../plan/plan.ts", true],
  ["src/cli/start/a.ts", "../../lab/thing.ts", false],
  ["src/cli/start/a.ts", "../../index.ts", true],
  ["src/index.ts", "./cli/index.ts", false],
  ["assembly/gemm.ts", "./losses", false],
  ["assembly/gemm.ts", "./lanes", true],
  ["assembly/plan.ts", "./gemm", true],
  ["assembly/plan.ts", "./check", false],
  ["assembly/gemm.ts", "../src/core/errors.ts", false],
])("%s imports %s: %s", (from, path, may) => {
  expect(wrongImports({ [from]: `export * from "${path}";` })).toHaveLength(may ? 0 : 1);
>>>>>>> acde3d8 (Who may import whom: one table, one test)
});
