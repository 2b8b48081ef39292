// Hosts without JavaScript: a C program by wasm2c, wabt's interpreter, and Wasmtime, which npm has as wizer.
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { driverText } from "../driver.mjs";
import { examples, STEPS } from "../plan.mjs";
import { output } from "../run-child.mjs";
import { program, tool } from "../tools.mjs";

const dist = (app) => join(app, "node_modules", "odenet", "dist");
const wabt = (name) => join(tool("wabt"), "node_modules", ".bin", name);

/** The core as published, or as the command writes it for engines without SIMD. */
async function coreOf({ app, scalar }) {
  if (!scalar) return join(dist(app), "core.wasm");
  const file = join(app, "core-scalar.wasm");
  const command = [join(dist(app), "cli.js"), "core", "--scalar", "--out", file];
  if (!existsSync(file)) await output(process.execPath, command, { cwd: app });
  return file;
}

const without = (scalar) => (scalar ? "-scalar" : "");
/** Of wabt's tools. */
const features = (scalar) => (scalar ? ["--disable-simd"] : []);

/** The program is compiled once for both precisions. */
async function native(context) {
  const { app, scenario, scalar } = context;
  const folder = join(app, `native${without(scalar)}`);
  const host = join(folder, "host");
  if (!existsSync(host)) {
    const cc = program("cc", "apt-get install gcc libc6-dev");
    if (!scalar && !existsSync("/usr/include/simde")) program("simde", "apt-get install libsimde-dev");
    mkdirSync(join(folder, "odenet"), { recursive: true });
    copyFileSync(join(dist(app), "core.h"), join(folder, "odenet", "core.h"));
    await output(wabt("wasm2c"), [await coreOf(context), "-n", "odenet", "-o", "odenet.c", ...features(scalar)], {
      cwd: folder,
    });
    const c = join(examples, "c");
    const args = ["-O1", "-ffp-contract=off", "-I.", `-I${c}`, join(c, "host.c"), "odenet.c", "-lm", "-o", "host"];
    await output(cc, args, { cwd: folder, seconds: 300 });
  }
  const files = ["plan", "features", "targets"].map((name) => join(scenario.folder, name));
  return (await output(host, [...files, String(STEPS)])).trim();
}

/** The core with the driver in it. */
async function driver(context) {
  const { scenario, scalar } = context;
  const file = join(scenario.folder, `driver${without(scalar)}.wasm`);
  if (existsSync(file)) return file;
  const text = await output(wabt("wasm2wat"), [await coreOf(context)]);
  const wat = join(scenario.folder, `driver${without(scalar)}.wat`);
  writeFileSync(wat, driverText(text, scenario.files));
  await output(wabt("wat2wasm"), [wat, "-o", file]);
  return file;
}

const hex = (value) => (Number(value) >>> 0).toString(16).padStart(8, "0");

async function interpreter(context) {
  const args = [await driver(context), "--run-all-exports", ...features(context.scalar)];
  const said = await output(wabt("wasm-interp"), args, { seconds: 600 });
  const result = (name) => hex(new RegExp(`${name}\\(\\) => i32:(\\d+)`).exec(said)?.[1]);
  return `${result("hash_theta")} ${result("hash_scores")}`;
}

/** wizer runs init in Wasmtime and writes the module with the memory that it left; its hashes are read here. */
async function wasmtime(context) {
  const { scalar, scenario } = context;
  const snapshot = join(scenario.folder, `snapshot${without(scalar)}.wasm`);
  const wizer = join(tool("wizer"), "node_modules", ".bin", "wizer");
  const args = [
    await driver(context),
    "-o",
    snapshot,
    "--init-func",
    "init",
    "--wasm-bulk-memory",
    "true",
    "--wasm-multi-value",
    "true",
    "--wasm-simd",
    String(!scalar),
    "--wasm-relaxed-simd",
    "false",
  ];
  await output(wizer, args);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(snapshot)));
  return `${hex(exports.hash_theta())} ${hex(exports.hash_scores())}`;
}

const hosts = [
  { name: "C, by wasm2c and gcc", run: native },
  { name: "wabt's interpreter", run: interpreter },
  { name: "Wasmtime", run: wasmtime },
];
const scalarHosts = hosts.map(({ name, run }) => ({
  name: `${name}, without SIMD`,
  run: (context) => run({ ...context, scalar: true }),
}));

export default [...hosts, ...scalarHosts];
