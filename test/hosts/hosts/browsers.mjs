// Browsers: the scenario in a page, then in a worker of an isolated page, where threads may share memory.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { eventually, serving } from "../run-child.mjs";
import { freePort, STRICT, serve } from "../serve.mjs";
import { program, tool } from "../tools.mjs";

const CHROMIUM = JSON.parse(readFileSync(new URL("../../support/chromiumArguments.json", import.meta.url), "utf8"));

const temporary = (name) => mkdtempSync(join(tmpdir(), `odenet-${name}-`));

/** What a page's script asks for: the results of the page, or of a worker in it. */
const IN_PAGE = "globalThis.results";
const IN_WORKER = `new Promise((resolve, reject) => {
  const worker = new Worker("worker.js", { type: "module" });
  worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data.results));
  worker.onerror = ({ message }) => reject(new Error("worker: " + message));
})`;

/** The pages of the scenario, bundled once into the app's folder. */
export async function pages(app) {
  const folder = join(app, "pages");
  mkdirSync(folder, { recursive: true });
  await build({
    entryPoints: { page: join(app, "page.mjs"), worker: join(app, "worker.mjs") },
    outdir: folder,
    bundle: true,
    format: "esm",
    logLevel: "error",
  });
  writeFileSync(
    join(folder, "index.html"),
    '<!doctype html><meta charset="utf-8"><title>odenet</title><script type="module" src="page.js"></script>',
  );
  return folder;
}

/** Opens `url` in Chromium and evaluates an expression there. */
export async function inChromium(url, expression) {
  const executablePath = program("chromium", "apt-get install chromium, or set CHROMIUM_PATH", "CHROMIUM_PATH");
  const profile = temporary("chromium");
  const browser = await chromium.launchPersistentContext(profile, { executablePath, args: CHROMIUM });
  try {
    const page = await browser.newPage();
    const complaints = [];
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(url);
    await page.waitForFunction("globalThis.results", undefined, { timeout: 30_000 }).catch(() => {
      throw new Error(`the page has no results: ${complaints.join("; ")}`);
    });
    return await page.evaluate(expression);
  } finally {
    await browser.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The same in Firefox. */
export async function inFirefox(url, expression) {
  const executablePath = program("firefox-esr", "apt-get install firefox-esr, or set FIREFOX_PATH", "FIREFOX_PATH");
  const require = createRequire(pathToFileURL(join(tool("puppeteer"), "package.json")));
  const { default: puppeteer } = await import(pathToFileURL(require.resolve("puppeteer-core")));
  const home = temporary("firefox");
  const env = { ...process.env, HOME: home };
  const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true, env });
  try {
    const page = await browser.newPage();
    await page.goto(url);
    return await eventually(() => page.evaluate(expression));
  } finally {
    await browser.close();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Debian keeps it off the path. */
const MINI_BROWSER = "/usr/lib/*/webkit2gtk-4.*/MiniBrowser";

/** The same in WebKitGTK. */
export async function inWebKit(url, expression) {
  const driver = program("WebKitWebDriver", "apt-get install webkit2gtk-driver");
  const display = program("xvfb-run", "apt-get install xvfb xauth");
  const bus = program("dbus-run-session", "apt-get install dbus");
  const home = temporary("webkit");
  const port = await freePort();
  const env = {
    ...process.env,
    HOME: home,
    XDG_RUNTIME_DIR: home,
    JSC_useSharedArrayBuffer: "1",
    LIBGL_ALWAYS_SOFTWARE: "1",
    WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1",
  };
  const service = serving(display, ["-a", bus, "--", driver, `--port=${port}`, "--host=127.0.0.1"], {
    env,
  });
  const ask = async (method, path, body) => {
    const signal = AbortSignal.timeout(60_000);
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      signal,
      body: body && JSON.stringify(body),
    });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${value?.error}: ${value?.message}`);
    return value;
  };
  try {
    const options = { binary: program(MINI_BROWSER, "apt-get install webkit2gtk-driver"), args: ["--automation"] };
    const capabilities = { alwaysMatch: { timeouts: { script: 60_000 }, "webkitgtk:browserOptions": options } };
    const { sessionId } = await eventually(() => ask("POST", "/session", { capabilities }));
    const session = `/session/${sessionId}`;
    await ask("POST", `${session}/url`, { url });
    const script = `const done = arguments[0]; Promise.resolve(${expression}).then((r) => done(r), (e) => done({ error: String(e) }));`;
    const results = await ask("POST", `${session}/execute/async`, { script, args: [] });
    await ask("DELETE", session);
    if (results?.error) throw new Error(results.error);
    return results;
  } finally {
    await service.stop();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The page's results, and the worker's, which has the same and threads. */
async function inPageAndWorker(browser, app) {
  const { url, close } = await serve(await pages(app), { isolated: true });
  try {
    const page = await browser(url, IN_PAGE);
    const worker = await browser(url, IN_WORKER);
    for (const [what, hash] of Object.entries(page)) {
      if (what in worker && worker[what] !== hash)
        throw new Error(`the worker computes ${worker[what]} and the page ${hash}`);
    }
    return { ...page, ...worker };
  } finally {
    close();
  }
}

async function underPolicy({ app }) {
  const { url, close } = await serve(await pages(app), { policy: STRICT });
  try {
    return await inChromium(`${url}?alone`, IN_PAGE);
  } finally {
    close();
  }
}

export default [
  { name: "Chromium", run: ({ app }) => inPageAndWorker(inChromium, app) },
  { name: "Chromium, strict Content-Security-Policy", run: underPolicy },
  { name: "Firefox", run: ({ app }) => inPageAndWorker(inFirefox, app) },
  { name: "WebKitGTK", run: ({ app }) => inPageAndWorker(inWebKit, app) },
];
