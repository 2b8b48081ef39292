import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { chromiumArguments, findChromium, NO_CHROMIUM } from "./chromium.ts";

export interface PageOptions {
  /** Serve with the headers that make the page `crossOriginIsolated`: shared memory is allowed only then. */
  isolated?: boolean;
  /** A Content-Security-Policy for the page. */
  policy?: string;
}

/** Bundles the TypeScript file `entry` for a page, runs it there, and returns the value of its default export. */
export type OpenPage = <T>(entry: URL, options?: PageOptions) => Promise<T>;

/**
 * A test in a real Chromium. Without one it is skipped with a sentence that says how to get one, or fails where
 * ODENET_BROWSER=required.
 */
export function browserTest(name: string, body: (openPage: OpenPage) => Promise<void>, timeout = 60_000): void {
  test(name, { timeout }, async (context) => {
    const executable = findChromium();
    if (!executable) return context.skip(NO_CHROMIUM);
    await body((entry, options) => runInPage(executable, entry, options));
  });
}

/** A test that drives a page itself; what the page's console calls an error fails it. */
export function pageTest(
  name: string,
  body: (page: Page, context: BrowserContext) => Promise<void>,
  timeout = 60_000,
): void {
  test(name, { timeout }, async (task) => {
    const executable = findChromium();
    if (!executable) return task.skip(NO_CHROMIUM);
    browser ??= launch(executable);
    const { context } = await browser;
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    try {
      await body(page, context);
    } catch (cause) {
      throw new Error([(cause as Error).message, ...complaints].join("\n"), { cause });
    } finally {
      await page.close();
    }
    expect(complaints).toEqual([]);
  });
}

interface Browser {
  context: BrowserContext;
  profile: string;
}

/** One browser a test file, started by its first test. */
let browser: Promise<Browser> | undefined;

async function launch(executablePath: string): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), "odenet-chromium-"));
  return {
    profile,
    context: await chromium.launchPersistentContext(profile, { executablePath, args: chromiumArguments() }),
  };
}

afterAll(async () => {
  if (!browser) return;
  const { context, profile } = await browser;
  browser = undefined; // the next file starts its own
  await context.close();
  await rm(profile, { recursive: true, force: true, maxRetries: 5 });
});

async function runInPage<T>(executable: string, entry: URL, options: PageOptions = {}): Promise<T> {
  browser ??= launch(executable);
  const [{ context }, server] = await Promise.all([browser, serve(await bundle(entry), options)]);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  try {
    await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
    // As text: vitest would rewrite an import() written here as code.
    return (await page.evaluate('import("/bundle.js").then((module) => module.default)')) as T;
  } catch (cause) {
    throw new Error([(cause as Error).message, ...complaints].join("\n"), { cause });
  } finally {
    await page.close();
    server.close();
  }
}

async function bundle(entry: URL): Promise<string> {
  const result = await build({
    entryPoints: [fileURLToPath(entry)],
    bundle: true,
    format: "esm",
    target: "es2022",
    platform: "browser",
    write: false,
    logLevel: "silent",
  });
  return result.outputFiles[0]?.text ?? "";
}

/** A blank page and the bundle, on a free port of this machine. */
function serve(script: string, { isolated = false, policy }: PageOptions): Promise<Server> {
  const server = createServer((request, response) => {
    const isScript = request.url === "/bundle.js";
    response.setHeader("content-type", isScript ? "text/javascript; charset=utf-8" : "text/html; charset=utf-8");
    if (isolated) {
      response.setHeader("cross-origin-opener-policy", "same-origin");
      response.setHeader("cross-origin-embedder-policy", "require-corp");
    }
    if (policy) response.setHeader("content-security-policy", policy);
    response.end(isScript ? script : '<!doctype html><link rel="icon" href="data:,"><title>odenet</title>');
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}
