import { build } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";
import { runNode } from "../support/runNode.ts";
import { ROOT } from "../support/scratch.ts";

let url = "";
beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: {
      contents: `export * from "./src/index.ts"; export { peaks } from "./src/data/peaks.ts"; export { spirals } from "./src/data/spirals.ts";`,
      resolveDir: ROOT,
      loader: "ts",
    },
    absWorkingDir: ROOT,
    bundle: true,
    write: false,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    minify: true,
    logLevel: "silent",
  });
  url = `data:text/javascript;base64,${Buffer.from(outputFiles[0]?.contents ?? []).toString("base64")}`;
});

/** What a child says that imports the library with the engine as it is there. */
async function say(script: string, ...options: string[]): Promise<string> {
  const { scratchFolder } = await import("../support/scratch.ts");
  const folder = scratchFolder({ "main.mjs": `const library = await import(${JSON.stringify(url)});\n${script}` });
  const { stdout, stderr } = await runNode([...options, "main.mjs"], folder);
  return stdout || stderr;
}

const create = `
const { createModel, network, linear } = library;
const net = network({ input: 2, layers: [linear(2)] });
const attempt = () => createModel(net).then(() => console.log("works"), (e) => console.log(e.name, e.code, e.message));
`;

describe("an engine that cannot run the core says so", () => {
  it("without SIMD", async () => {
    const text = await say(`${create} await attempt();`, "--no-enable-sse4-1");
    expect(text).toMatch(
      /^OdenetError engine odenet: expected an engine with WebAssembly SIMD.*got: .*Update the engine/,
    );
  });

  it("without WebAssembly", async () => {
    const text = await say(
      `const saved = WebAssembly; delete globalThis.WebAssembly; ${create} await attempt(); globalThis.WebAssembly = saved; await attempt();`,
    );
    expect(text).toMatch(
      /^OdenetError engine odenet: expected WebAssembly, got an engine without it\. Use .*\nworks\n$/,
    );
  });

  it("where compiling is forbidden", async () => {
    const text = await say(
      `const refuse = () => { throw new WebAssembly.CompileError("Wasm code generation disallowed by embedder"); };
      WebAssembly.Module = function () { refuse(); }; WebAssembly.compile = async () => refuse(); ${create} await attempt();`,
    );
    expect(text).toMatch(/^OdenetError engine .*disallowed by embedder.*'wasm-unsafe-eval'/);
  });

  it("importing alone needs none of it", async () => {
    expect(await say("console.log(typeof library.network);", "--no-enable-sse4-1")).toBe("function\n");
  });
});

/** As Chromium 91 to 115 on a page's main thread: nothing above 4 KB is compiled, and no instance of it made, at once. */
const mainThread = `
const { Module, Instance } = WebAssembly;
const refuse = (what) => { throw new RangeError(\`WebAssembly.\${what} is disallowed on the main thread, if the buffer size is larger than 4KB. Use WebAssembly.\${what.toLowerCase()}, or compile on a worker thread.\`); };
const large = new WeakSet();
for (const name of ["compile", "instantiate"]) {
  const original = WebAssembly[name];
  WebAssembly[name] = async (...args) => { const made = await original(...args); large.add(made); return made; };
}
WebAssembly.Module = new Proxy(Module, { construct(target, [bytes]) { if (bytes.byteLength > 4096) refuse("Compile"); return new target(bytes); } });
WebAssembly.Instance = new Proxy(Instance, { construct(target, args) { if (large.has(args[0])) refuse("Instance"); return new target(...args); } });
`;

describe("a main thread that compiles only small modules at once", () => {
  it("draws data, makes a model, trains and predicts", async () => {
    const text = await say(`${mainThread}
      const { createModel, resNet, cosine, adam } = library;
      const data = library.spirals({ examples: 20, noise: 0.1 });
      const peaks = library.peaks({ examples: 20 });
      const model = await createModel(resNet({ input: 2, outputs: data.classes.length, width: 4, steps: 2 }), { threads: 2 });
      const { status } = await model.fit(data, { epochs: 2, optimizer: adam(), schedule: cosine({ epochs: 2 }) });
      console.log(peaks.features.length, status, model.predict(data.features).classes.length);`);
    expect(text).toBe("40 finished 20\n");
  });

  it("names the cause where only a worker helps", async () => {
    const text = await say(`${mainThread}
      const square = { value: (x) => x[0] * x[0] / 2, gradient: (x) => [x[0]] };
      try { library.minimize(square, [1], { optimizer: library.adam() }); } catch (e) { console.log(e.code, e.message); }`);
    expect(text).toMatch(/^engine odenet: expected an engine that may compile .*main thread.* in a worker/);
  });
});
