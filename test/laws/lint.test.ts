import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runNode } from "../support/runNode.ts";
import { copyFromRoot, type Files, linkDependencies, ROOT, scratchFolder } from "../support/scratch.ts";

// A rule that cannot fail is a defect: here every rule of biome.json meets code that breaks it, and code that does not.

interface Broken {
  rule: string;
  line: number;
}

/** Lints these files under the package's biome.json. Returns the rules that each file breaks, and where. */
async function lint(files: Files): Promise<Record<string, Broken[]>> {
  const folder = scratchFolder(files);
  copyFromRoot(folder, "biome.json", "scripts/lint", ".gitignore");
  linkDependencies(folder);
  const biome = join("node_modules", "@biomejs", "biome", "bin", "biome");
  const { stdout, stderr } = await runNode([biome, "lint", "--reporter=json", "--max-diagnostics=none", "."], folder);
  if (!stdout.includes("{")) throw new Error(`biome did not answer: ${stderr}`);
  const broken: Record<string, Broken[]> = Object.fromEntries(Object.keys(files).map((file) => [file, []]));
  for (const { category, location } of JSON.parse(stdout.slice(stdout.indexOf("{"))).diagnostics) {
    const path = location.path.replaceAll("\\", "/");
    broken[path]?.push({ rule: category.replace(/^lint\/\w+\//, ""), line: location.start.line });
  }
  return broken;
}

const importing = (path: string) => `import { thing } from "${path}";\nexport const other = thing;\n`;

/** Which of these files import what they must not. */
async function refused(files: Files): Promise<string[]> {
  const broken = await lint(files);
  return Object.keys(files).filter((file) => broken[file]?.some(({ rule }) => rule === "noRestrictedImports"));
}

const BELOW_NETWORKS = ["layers", "dynamics", "integrators", "operations", "core"];
const BELOW_MODEL = ["networks", ...BELOW_NETWORKS, "losses", "regularizers", "data", "formats"];
const BELOW_OPTIMIZERS = ["model", ...BELOW_MODEL];

/** Who may import whom (docs/architecture.md), written out a second time. */
const MAY_IMPORT: Record<string, string[]> = {
  core: ["opcodes"],
  operations: ["core", "opcodes"],
  dynamics: ["operations", "core"],
  integrators: ["operations", "core"],
  losses: ["operations", "core"],
  regularizers: ["operations", "core"],
  layers: ["dynamics", "integrators", "operations", "core"],
  networks: BELOW_NETWORKS,
  data: ["core"],
  formats: ["core"],
  plots: ["core"],
  model: BELOW_MODEL,
  optimizers: BELOW_OPTIMIZERS,
  training: ["optimizers", ...BELOW_OPTIMIZERS],
  analysis: ["optimizers", ...BELOW_OPTIMIZERS],
  exchange: ["training", "optimizers", ...BELOW_OPTIMIZERS],
  experiments: ["training", "analysis", "plots", "optimizers", ...BELOW_OPTIMIZERS, "index"],
  worker: ["training", "optimizers", "model", "networks", "losses", "regularizers", "core"],
  cli: [
    "worker",
    "experiments",
    "exchange",
    "training",
    "analysis",
    "plots",
    "optimizers",
    ...BELOW_OPTIMIZERS,
    "index",
  ],
  lab: [
    "worker",
    "experiments",
    "exchange",
    "training",
    "analysis",
    "plots",
    "optimizers",
    ...BELOW_OPTIMIZERS,
    "index",
  ],
};

const path = (to: string): string =>
  ({ opcodes: "../../assembly/opcodes.ts", kernel: "../../assembly/gemm.ts", index: "../index.ts" })[to] ??
  `../${to}/thing.ts`;

test("each folder of src imports exactly what stands below it", async () => {
  const folders = Object.keys(MAY_IMPORT);
  const files: Files = {};
  const expected: string[] = [];
  for (const from of folders) {
    for (const to of [...folders, "opcodes", "kernel", "index"].filter((name) => name !== from)) {
      const file = `src/${from}/imports_${to}.ts`;
      files[file] = importing(path(to));
      if (!MAY_IMPORT[from]?.includes(to)) expected.push(file);
    }
    files[`src/${from}/imports_itself.ts`] = importing("./thing.ts");
  }
  expect(await refused(files)).toEqual(expected);
});

test("the rule sees every form of import", async () => {
  const forms = [
    'import type { Thing } from "../model/thing.ts";\nexport type Other = Thing;',
    'export { thing } from "../model/thing.ts";',
    'export * from "../model/thing.ts";',
    'export const thing = () => import("../model/thing.ts");',
    'import "../model/thing.ts";',
  ];
  const files = Object.fromEntries(forms.map((form, i) => [`src/layers/form${i}.ts`, form]));
  expect(await refused(files)).toEqual(Object.keys(files));
});

test("the command and the lab stand on the library and beside each other, at any depth", async () => {
  const wrong = {
    "src/cli/start/lab.ts": importing("../../lab/thing.ts"),
    "src/cli/start/opcodes.ts": importing("../../../assembly/opcodes.ts"),
    "src/index.ts": importing("./cli/index.ts"),
  };
  const right = {
    "src/cli/start/library.ts": importing("../../index.ts"),
    "src/slim.ts": importing("./core/thing.ts"),
  };
  expect(await refused({ ...wrong, ...right })).toEqual(Object.keys(wrong));
});

test("every folder of src has its rule", () => {
  const folders = readdirSync(join(ROOT, "src"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(Object.keys(MAY_IMPORT)).toEqual(expect.arrayContaining(folders.map(({ name }) => name)));
});

test("in assembly: index, plan, kernels, lanes; a kernel never imports a kernel", async () => {
  const kernel = ["lanes", "rows", "scalar", "windows", "opcodes"];
  const composed = kernel.filter((name) => name !== "windows");
  const mayImport: Record<string, string[]> = {
    opcodes: [],
    ...Object.fromEntries(["lanes", "rows", "scalar", "record", "arena"].map((name) => [name, ["opcodes"]])),
    windows: kernel,
    gemm: kernel,
    losses: kernel,
    activations: kernel,
    implicit: [...composed, "activations"],
    fused: [...composed, "activations"],
    conv: kernel,
    check: ["record", "rows", "windows", "arena", "opcodes"],
    plan: [
      "gemm",
      "losses",
      "activations",
      "implicit",
      "fused",
      "conv",
      "lanes",
      "rows",
      "windows",
      "scalar",
      "record",
      "arena",
      "opcodes",
    ],
    index: [
      "plan",
      "check",
      "gemm",
      "losses",
      "activations",
      "implicit",
      "fused",
      "conv",
      "lanes",
      "rows",
      "windows",
      "scalar",
      "record",
      "arena",
      "opcodes",
    ],
  };
  const names = Object.keys(mayImport);
  for (const extension of ["", ".ts"]) {
    const others = (from: string) => names.filter((to) => to !== from);
    const files = names.map((from) => {
      const lines = others(from).map((to) => `export { thing as ${to} } from "./${to}${extension}";`);
      return [`assembly/${from}.ts`, lines.join("\n")];
    });
    const broken = await lint(Object.fromEntries(files));
    for (const from of names) {
      const lines = new Set(broken[`assembly/${from}.ts`]?.map(({ line }) => line));
      const refused = others(from).filter((_, i) => lines.has(i + 1));
      expect({ from, refused }).toEqual({ from, refused: others(from).filter((to) => !mayImport[from]?.includes(to)) });
    }
  }
});

test("assembly may say const enum and ==", async () => {
  const text = "export const enum Op {\n  A = 0,\n}\nexport const same = (a: number, b: number): boolean => a == b;\n";
  const broken = await lint({ "assembly/gemm.ts": text, "src/core/gemm.ts": text });
  expect(broken["assembly/gemm.ts"]).toEqual([]);
  expect(broken["src/core/gemm.ts"]?.map(({ rule }) => rule).sort()).toEqual(["noConstEnum", "noDoubleEquals"]);
});

/** Where bits are made: on the way to data, theta or a schedule. */
const EXACT = [
  ..."core operations dynamics integrators layers losses regularizers".split(" "),
  ..."networks model optimizers training data".split(" "),
];
const FREE = ["analysis", "plots", "formats", "exchange", "experiments", "cli", "lab"];

const INEXACT = [
  ..."sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh".split(" "),
  ..."exp expm1 log log1p log2 log10 pow cbrt hypot random".split(" "),
];
const ALLOWED = "sqrt fround floor ceil trunc round abs sign min max imul clz32 PI E LN2 SQRT2".split(" ");

test("what differs between engines is refused where bits are made, and only there", async () => {
  const lines = [
    ...INEXACT.map((name) => `export const use_${name} = (x: number): number => Math.${name}(x, x);`),
    "export const aliased = Math.sin;",
    "export const optional = Math?.sin(1);",
    "export const { cos } = Math;",
    'export const computed = (name: "sin"): number => Math[name](1);',
    "export const passed = (f: (m: typeof Math) => number): number => f(Math);",
    "export const roundabout = globalThis.Math.sin(1);",
    "export const power = (x: number): number => 2 ** x;",
    "export const square = (x: number): number => { x **= 2; return x; };",
    "export const clock = (): number => Date.now();",
    "export const date = (): unknown => new Date();",
    "export const timer = (): number => performance.now();",
    "export const noise = (): string => crypto.randomUUID();",
  ];
  const text = lines.join("\n");
  const broken = await lint(Object.fromEntries([...EXACT, ...FREE].map((folder) => [`src/${folder}/a.ts`, text])));
  const ours = (folder: string) => {
    const rules = broken[`src/${folder}/a.ts`]?.filter(({ rule }) => ["plugin", "noRestrictedGlobals"].includes(rule));
    return [...new Set(rules?.map(({ line }) => line))].sort((a, b) => a - b);
  };
  const all = lines.map((_, i) => i + 1);
  for (const folder of EXACT) expect({ folder, lines: ours(folder) }).toEqual({ folder, lines: all });
  for (const folder of FREE) expect({ folder, lines: ours(folder) }).toEqual({ folder, lines: [] });
});

test("what every engine computes alike is allowed", async () => {
  const text = [
    ...ALLOWED.map((name) => `export const use_${name}: unknown = Math.${name};`),
    "export const nested = (x: number): number => Math.max(Math.abs(x), Math.sqrt(x) * x);",
    "// Math.sin and x ** 2 in a comment, and in a text:",
    'export const text = "Math.sin(x) ** 2 **= 1";',
  ].join("\n");
  const broken = await lint(Object.fromEntries(EXACT.map((folder) => [`src/${folder}/a.ts`, text])));
  expect(Object.values(broken).flat()).toEqual([]);
});

test("the library uses no module of Node's, the command may", async () => {
  const text = 'import { readFileSync } from "node:fs";\nexport const read = readFileSync;\n';
  const broken = await lint({
    "src/data/a.ts": text,
    "src/index.ts": text,
    "src/cli/a.ts": text,
    "src/cli/start/a.ts": text,
  });
  const refusing = Object.keys(broken).filter((file) => broken[file]?.some(({ rule }) => rule === "noNodejsModules"));
  expect(refusing).toEqual(["src/data/a.ts", "src/index.ts"]);
});
