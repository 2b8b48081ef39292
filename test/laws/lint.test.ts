import { join } from "node:path";
import { expect, test } from "vitest";
import { runNode } from "../support/runNode.ts";
import { copyFromRoot, type Files, linkDependencies, scratchFolder } from "../support/scratch.ts";

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
