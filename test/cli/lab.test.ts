import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readIdx } from "../../src/data/index.ts";
import { odenet } from "../support/command.ts";
import { openLab } from "../support/lab.ts";
import { scratchFolder } from "../support/scratch.ts";

describe("odenet lab", () => {
  it("serves the page under a strict policy, isolated, packed, and nothing else", async () => {
    const { address, close } = await openLab();
    const page = await fetch(address);
    const text = await page.text();
    expect(page.status).toBe(200);
    expect(page.headers.get("content-security-policy")).toContain(
      "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; ",
    );
    expect(page.headers.get("cross-origin-opener-policy")).toBe("same-origin");
    expect(page.headers.get("cross-origin-embedder-policy")).toBe("require-corp");
    expect(page.headers.get("content-encoding")).toMatch(/^(br|gzip)$/);
    const tag = page.headers.get("etag") ?? "";
    expect((await fetch(address, { headers: { "if-none-match": tag } })).status).toBe(304);
    expect(text).not.toMatch(/<script(?![^>]*src=)|style=|https?:/);
    for (const [path, status] of [
      ["lab.js", 200],
      ["style.css", 200],
      ["cli.js", 404],
      ["index.js", 404],
      ["../cli.js", 404],
      ["..%2f..%2fpackage.json", 404],
      ["nothing.js", 404],
    ] as const) {
      expect({ path, status: (await fetch(new URL(path, address))).status }).toEqual({ path, status });
    }
    const files: string[] = await (await fetch(new URL("data.json", address))).json();
    expect(files).toEqual(expect.arrayContaining(["mnist/images", "mnist/labels", "mnist/test-images"]));
    for (const file of files.filter((name) => name.endsWith("labels"))) {
      const labels = await fetch(new URL(`data/${file}`, address));
      expect((await readIdx(await labels.arrayBuffer())).shape).toEqual([file.includes("test") ? 10_000 : 60_000]);
    }
    expect((await fetch(address, { method: "POST" })).status).toBe(405);
    expect(await close()).toBe(0);
  });

  it("answers whatever is asked, and goes on", async () => {
    const { address, close } = await openLab();
    const { port } = new URL(address);
    const ask = (target: string, ...headers: string[]) =>
      new Promise<string>((resolve, reject) => {
        const socket = connect(Number(port), "localhost");
        socket.on("error", reject).on("close", () => reject(new Error("no answer")));
        socket.once("data", (bytes) => resolve(bytes.toString("latin1").split("\r\n")[0] ?? ""));
        socket.end(`GET ${target} HTTP/1.1\r\n${headers.join("\r\n")}\r\nConnection: close\r\n\r\n`);
      });
    const own = `Host: localhost:${port}`;
    for (const target of ["//", "/%", "/%00", "http://", "*", "/?a=//", "//x:y", "/..", "\\\\"]) {
      expect(await ask(target, own)).toMatch(/^HTTP\/1\.1 (200|400|404)/);
    }
    expect(await ask("/", own)).toMatch(/ 200 /);
    expect(await ask("/", "Host: evil.example")).toMatch(/ 403 /);
    expect(await ask("/", own, "Origin: http://evil.example")).toMatch(/ 403 /);
    expect(await ask("/", own, `Origin: http://localhost:${port}`)).toMatch(/ 200 /);
    expect(await close()).toBe(0);
  });

  it("says which port is taken", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "localhost", resolve));
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await odenet(scratchFolder(), "lab", "--port", String(port), "--no-open");
    other.close();
    expect(code).toBe(1);
    expect(stderr).toMatch(new RegExp(`expected a free port, got ${port}, which is taken.*--port`));
  });

  it("writes a site with all its files, into an empty folder or over an older site only", async () => {
    const cwd = scratchFolder({ "taken/note.txt": "mine" });
    for (let k = 0; k < 2; k++) expect((await odenet(cwd, "lab", "--build", "site")).code).toBe(0);
    const files: string[] = JSON.parse(readFileSync(join(cwd, "site", "files.json"), "utf8"));
    const found = readdirSync(join(cwd, "site"), { recursive: true }).map((name) => String(name).replaceAll("\\", "/"));
    expect(files.filter((path) => !found.includes(path))).toEqual([]);
    expect(found.filter((path) => !files.includes(path)).sort()).toEqual(["chunks"]);
    const { code, stderr } = await odenet(cwd, "lab", "--build", "taken");
    expect([code, stderr]).toEqual([2, expect.stringMatching(/expected an empty folder/)]);
  });
});
