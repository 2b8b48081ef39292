// Hosts without JavaScript: a C program by wasm2c, wabt's interpreter, and Wasmtime, which npm has as wizer.
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { driverText } from "../driver.mjs";
import { examples, STEPS } from "../plan.mjs";
import { output } from "../run-child.mjs";
import { program, tool } from "../tools.mjs";

const dist = (app) => join(app, "node_modules", "odenet", "dist");
const wabt = (name) => join(tool("wabt"), "node_modules", ".bin", name);

/** The program is compiled once for both precisions. */
async function native({ app, scenario }) {
  const folder = join(app, "native");
  const host = join(folder, "host");
  if (!existsSync(host)) {
    const cc = program("cc", "apt-get install gcc libc6-dev");
    if (!existsSync("/usr/include/simde")) program("simde", "apt-get install libsimde-dev");
    mkdirSync(join(folder, "odenet"), { recursive: true });
    copyFileSync(join(dist(app), "core.h"), join(folder, "odenet", "core.h"));
    await output(wabt("wasm2c"), [join(dist(app), "core.wasm"), "-n", "odenet", "-o", "odenet.c"], { cwd: folder });
    const c = join(examples, "c");
    const args = ["-O1", "-ffp-contract=off", "-I.", `-I${c}`, join(c, "host.c"), "odenet.c", "-lm", "-o", "host"];
    await output(cc, args, { cwd: folder, seconds: 300 });
  }
  const files = ["plan", "features", "targets"].map((name) => join(scenario.folder, name));
  return (await output(host, [...files, String(STEPS)])).trim();
}

/** The core with the driver in it. */
async function driver({ app, scenario }) {
  const file = join(scenario.folder, "driver.wasm");
  if (existsSync(file)) return file;
  const text = await output(wabt("wasm2wat"), [join(dist(app), "core.wasm")]);
  const wat = join(scenario.folder, "driver.wat");
  writeFileSync(wat, driverText(text, scenario.files));
  await output(wabt("wat2wasm"), [wat, "-o", file]);
  return file;
}

const hex = (value) => (Number(value) >>> 0).toString(16).padStart(8, "0");

async function interpreter(context) {
  const said = await output(wabt("wasm-interp"), [await driver(context), "--run-all-exports"], { seconds: 600 });
  const result = (name) => hex(new RegExp(`${name}\\(\\) => i32:(\\d+)`).exec(said)?.[1]);
  return `${result("hash_theta")} ${result("hash_scores")}`;
}

/** wizer runs init in Wasmtime and writes the module with the memory that it left; its hashes are read here. */
async function wasmtime(context) {
  const snapshot = join(context.scenario.folder, "snapshot.wasm");
  const wizer = join(tool("wizer"), "node_modules", ".bin", "wizer");
  const args = [
    await driver(context),
    "-o",
    snapshot,
    "--init-func",
    "init",
    "--wasm-bulk-memory",
    "true",
    "--wasm-simd",
    "true",
  ];
  await output(wizer, args);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(snapshot)));
  return `${hex(exports.hash_theta())} ${hex(exports.hash_scores())}`;
}

export default [
  { name: "C, by wasm2c and gcc", run: native },
  { name: "wabt's interpreter", run: interpreter },
  { name: "Wasmtime", run: wasmtime },
];
