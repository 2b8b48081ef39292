// npm run test:hosts lab drives the laboratory in further browsers.
// npm run test:hosts [names]: installs the packed package in an empty folder and runs the same scenarios on every host that can
// be had; prints host × scenario, and writes docs/hosts.md when all were asked for.
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import browsers from "./hosts/browsers.mjs";
import bundlers from "./hosts/bundlers.mjs";
import embedded from "./hosts/embedded.mjs";
import programs from "./hosts/programs.mjs";
import workerd from "./hosts/workerd.mjs";
import { driveLab } from "./lab.mjs";
import { planScenario } from "./plan.mjs";
import { output } from "./run-child.mjs";
import { Missing } from "./tools.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = join(here, "..", "..");

/** An empty folder with the package, installed from its tarball, and the scenario's files. */
export async function installed() {
  const app = mkdtempSync(join(tmpdir(), "odenet-hosts-"));
  writeFileSync(join(app, "package.json"), '{ "private": true, "type": "module" }\n');
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
  await output("npm", ["pack", "--ignore-scripts", "--pack-destination", app, ...quiet], { cwd: root });
  const tarball = readdirSync(app).find((name) => name.endsWith(".tgz"));
  await output("npm", ["install", "--offline", ...quiet, `./${tarball}`], { cwd: app });
  for (const name of ["scenario", "main", "page", "worker", "fetch"])
    cpSync(join(here, `${name}.mjs`), join(app, `${name}.mjs`));
  return app;
}

/** What one host says: results, or why there are none. */
async function attempt(host, context) {
  try {
    return { name: host.name, results: await host.run(context) };
  } catch (error) {
    const missing = error instanceof Missing;
    return { name: host.name, [missing ? "missing" : "failed"]: error.message };
  }
}

/** Runs plain results of the library's scenario on these hosts, in turn. */
export async function runScenario(app, hosts, say = () => {}) {
  const rows = [];
  for (const host of hosts) {
    const row = await attempt(host, { app });
    say(row);
    rows.push(row);
  }
  return rows;
}

/** The same of the plans. */
export async function runPlans(app, hosts, say = () => {}) {
  const scenarios = { f32: await planScenario(app, "f32"), f64: await planScenario(app, "f64") };
  const library = { name: "the library, and a host in JavaScript", results: {} };
  for (const [precision, { expected }] of Object.entries(scenarios)) library.results[precision] = expected;
  const rows = [library];
  for (const host of hosts) {
    const run = async () => ({
      f32: await host.run({ app, scenario: scenarios.f32 }),
      f64: await host.run({ app, scenario: scenarios.f64 }),
    });
    const row = await attempt({ ...host, run }, {});
    say(row);
    rows.push(row);
  }
  return rows;
}

/** What the hash of a column is: that of the first host. One thread's and two threads' are the same by law. */
function expectedOf(rows, column) {
  const precision = column.slice(0, 3);
  for (const { results } of rows) {
    const found = results && Object.entries(results).find(([what]) => what.startsWith(precision));
    if (found) return found[1];
  }
  return undefined;
}

function table(rows, columns) {
  const cell = ({ results, missing, failed }, column) => {
    if (missing) return "not here";
    if (failed) return "failed";
    const value = results[column];
    if (value === undefined) return "–";
    return value === expectedOf(rows, column) ? "same" : `differs: ${value}`;
  };
  const all = [["host", ...columns], ...rows.map((row) => [row.name, ...columns.map((column) => cell(row, column))])];
  const widths = all[0].map((_, k) => Math.max(...all.map((line) => line[k].length)));
  const lines = all.map((line) => `| ${line.map((text, k) => text.padEnd(widths[k])).join(" | ")} |`);
  return [lines[0], `| ${widths.map((n) => "-".repeat(n)).join(" | ")} |`, ...lines.slice(1)].join("\n");
}

const COLUMNS = ["f32 × 1", "f64 × 1", "f32 × 2", "f64 × 2", "f32, worker"];
const PLAN_COLUMNS = ["f32", "f64"];

function report(rows, plans) {
  const notes = [...rows, ...plans].flatMap(({ name, missing, failed }) =>
    missing ? [`- ${name} is not here: ${missing}.`] : failed ? [`- ${name} failed: ${failed.split("\n")[0]}.`] : [],
  );
  const hash = (of, column) => `\`${expectedOf(of, column)}\``;
  return `# Hosts

Written by \`npm run test:hosts\` on ${process.platform}, ${process.arch}. It packs the package, installs it in an empty folder, and lets every host
do the same: build a ResNet, train it 50 steps with Adam on generated points, predict, save, load. "same" means that every bit
of the trained parameters and of the scores is that of all others; the columns are the precision and the number of threads, and
the short form of \`odenet/worker\` in pages; "–" that the host has no shared memory, or may not wait for it, or is no page.

SHA-256 of parameters and scores begins with ${hash(rows, "f32 × 1")} in f32 and ${hash(rows, "f64 × 1")} in f64.

${table(rows, COLUMNS)}

Bundlers have no configuration, and their results run in Chromium. The page with a strict policy allows
\`script-src 'self' 'wasm-unsafe-eval'\` and nothing else; there one thread works, since threads are workers without a file (the worker's own file can give them one: docs/worker.md).

## Without JavaScript

A plan that \`model.toPlan\` wrote (the same network, 50 steps with sgd) is run by [hosts](embedding.md) that know nothing but
\`core.wasm\`. FNV-1a of θ in the core's order and of the scores is ${hash(plans, "f32")} in f32 and ${hash(plans, "f64")} in f64.

${table(plans, PLAN_COLUMNS)}
${notes.length > 0 ? `\n## Notes\n\n${notes.join("\n")}\n` : ""}`;
}

/** A host that failed, or computed other bits, or did not compute what every host must. */
const isBad = (rows, needed) => (row) =>
  row.failed ||
  (row.results && needed.some((column) => row.results[column] === undefined)) ||
  Object.entries(row.results ?? {}).some(([column, value]) => value !== expectedOf(rows, column));

async function main(names) {
  if (names.join() === "lab") {
    process.exitCode = (await driveLab()) > 0 ? 1 : 0;
    return;
  }
  const wanted = ({ name }) =>
    names.length === 0 || names.some((part) => name.toLowerCase().includes(part.toLowerCase()));
  const say = ({ name, results, missing, failed }) =>
    console.error(
      `${name}: ${missing ? `not here: ${missing}` : failed ? `failed: ${failed}` : Object.values(results).join(" ")}`,
    );
  const app = await installed();
  try {
    const rows = await runScenario(app, [...programs, ...workerd, ...browsers, ...bundlers].filter(wanted), say);
    const plans = await runPlans(app, embedded.filter(wanted), say);
    const text = report(rows, plans);
    console.log(text);
    if (names.length === 0) writeFileSync(join(root, "docs", "hosts.md"), text);
    const bad = [...rows.filter(isBad(rows, COLUMNS.slice(0, 2))), ...plans.filter(isBad(plans, PLAN_COLUMNS))];
    for (const { name } of bad) console.error(`test:hosts: ${name} failed or computes other bits.`);
    process.exitCode = bad.length > 0 ? 1 : 0;
  } finally {
    rmSync(app, { recursive: true, force: true, maxRetries: 5 });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
