import { build } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";
import { runNode } from "../support/runNode.ts";
import { ROOT } from "../support/scratch.ts";

let url = "";
beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: ["src/index.ts"],
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
      `WebAssembly.Module = function () { throw new WebAssembly.CompileError("Wasm code generation disallowed by embedder"); }; ${create} await attempt();`,
    );
    expect(text).toMatch(/^OdenetError engine .*disallowed by embedder.*'wasm-unsafe-eval'/);
  });

  it("importing alone needs none of it", async () => {
    expect(await say("console.log(typeof library.network);", "--no-enable-sse4-1")).toBe("function\n");
  });
});
