import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createModel, linear, network } from "../../src/index.ts";
import { odenet } from "../support/command.ts";
import { runNode } from "../support/runNode.ts";
import { ROOT, scratchFolder } from "../support/scratch.ts";

// The published odenet/slim, each time in a process of its own, since a core stays loaded.

const SLIM = pathToFileURL(join(ROOT, "dist", "slim.js")).href;
const WASM = join(ROOT, "dist", "core.wasm");

async function say(script: string, ...options: string[]): Promise<string> {
  const source = `
    import { readFileSync } from "node:fs";
    import { createModel, data, linear, load, network } from ${JSON.stringify(SLIM)};
    const bytes = readFileSync(${JSON.stringify(WASM)});
    const url = new URL(${JSON.stringify(pathToFileURL(WASM).href)});
    const scores = async (options) => {
      const model = await createModel(network({ input: 2, layers: [linear(2)] }), options);
      return model.scores([1, 2]).join();
    };
    const attempt = (f) => f().then(console.log, (e) => console.log(e.name, e.code, e.message));
    ${script}`;
  const { stdout, stderr } = await runNode([...options, "--input-type=module", "--eval", source], ROOT);
  return (stdout || stderr).trim();
}

let server: Server;
let address = "";
beforeAll(async () => {
  server = createServer((request, response) => {
    response.statusCode = request.url === "/core.wasm" ? 200 : 404;
    response.end(request.url === "/core.wasm" ? readFileSync(WASM) : "nothing here");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

describe("odenet/slim", () => {
  it("takes a module, bytes, a response or a URL, and computes the bits of odenet", async () => {
    const model = await createModel(network({ input: 2, layers: [linear(2)] }));
    const expected = model.scores([1, 2]).join();
    const inputs = {
      module: "new WebAssembly.Module(bytes)",
      bytes: "bytes",
      buffer: "new Uint8Array(bytes).buffer",
      response: `await fetch("${address}/core.wasm")`,
      "http URL": `new URL("${address}/core.wasm")`,
      "file URL": "url",
    };
    const said = await Promise.all(
      Object.values(inputs).map((core) =>
        say(`const module = await load(${core}); console.log(await scores(), module instanceof WebAssembly.Module);`),
      ),
    );
    expect(Object.fromEntries(Object.keys(inputs).map((name, k) => [name, said[k]]))).toEqual(
      Object.fromEntries(Object.keys(inputs).map((name) => [name, `${expected} true`])),
    );
  });

  it("holds no core before, and says so where one is needed", async () => {
    const text = await say("await attempt(scores); await load(bytes); await attempt(scores);");
    expect(text).toMatch(/^OdenetError engine odenet\/slim: expected load\(core\) before .*\n[-\d.e,]+$/);
  });

  it("generates data by the same core", async () => {
    expect(await say("await load(url); console.log(data.peaks({ examples: 3, seed: 1 }).features.length);")).toBe("6");
  });

  it("has threads of bytes, and of a module alone one thread with the same bits", async () => {
    const script = (core: string) =>
      say(`await load(${core}); console.log(await scores({ threads: 2, relaxed: false })); process.exit(0);`);
    expect(await script("bytes")).toBe(await script("new WebAssembly.Module(bytes)"));
  });

  it.each([
    ["nothing", "undefined", /got undefined: not a WebAssembly\.Module/],
    ["a text", '"core.wasm"', /got string: not/],
    ["other bytes", "bytes.subarray(1)", /got \d+ bytes that are no WebAssembly/],
    ["no bytes", "new Uint8Array(0)", /got 0 bytes that are no WebAssembly/],
    ["another module", "new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]))", /got another module/],
    ["a missing file", 'new URL("core.wasp", url)', /got nothing from file:.*ENOENT/],
    ["an answer that is none", "await fetch(`SERVER/x`)", /got the answer 404 from http/],
    ["a URL that answers so", "new URL(`SERVER/x`)", /got the answer 404 from http/],
  ])("refuses %s, and works afterwards", async (_, core, message) => {
    const given = core.replace("SERVER", address);
    const text = await say(`await attempt(async () => load(${given})); await load(bytes); await attempt(scores);`);
    expect(text).toMatch(/^OdenetError file load: expected the core of this version of odenet, /);
    expect(text.split("\n")[0]).toMatch(message);
    expect(text.split("\n")[1]).toMatch(/^[-\d.e,]+$/);
  });

  it("rewrites the core for an engine without SIMD, with the same bits", async () => {
    const script = `await load(bytes); console.log(await scores({ threads: 2 }), data.peaks({ examples: 9, seed: 1 }).features.join());`;
    const scalar = await say(script, "--no-enable-sse4-1");
    expect(scalar).toBe(await say(`${script} process.exit(0);`));
    expect(scalar).toMatch(/^[-\d.e, ]+$/);
  });
});

describe("an engine without SIMD", () => {
  const library = pathToFileURL(join(ROOT, "dist", "index.js")).href;

  it("is told by odenet to take odenet/slim", async () => {
    const script = `
      const { createModel: create } = await import(${JSON.stringify(library)});
      await attempt(() => create(network({ input: 2, layers: [linear(2)] })));`;
    expect(await say(script, "--no-enable-sse4-1")).toMatch(
      /^OdenetError engine odenet: expected an engine with WebAssembly SIMD .* or take odenet\/slim: its load takes .* where SIMD is missing\.$/,
    );
  });

  it("takes what odenet core --scalar writes, and refuses what odenet core writes", async () => {
    const cwd = scratchFolder();
    const written = await odenet(cwd, "core", "--scalar", "--out", "scalar.wasm");
    expect(written).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^scalar\.wasm, \d+ KiB, without SIMD\n$/),
      stderr: "",
    });
    expect(await odenet(cwd, "core")).toMatchObject({ code: 0, stderr: "" });
    expect(Buffer.compare(readFileSync(join(cwd, "core.wasm")), readFileSync(WASM))).toBe(0);
    const valid = (name: string) => `WebAssembly.validate(readFileSync(${JSON.stringify(join(cwd, name))}))`;
    const script = `console.log(${valid("scalar.wasm")}, ${valid("core.wasm")});`;
    expect(await say(script, "--no-enable-sse4-1")).toBe("true false");
  });
});
