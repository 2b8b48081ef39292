import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";

const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

/** A page's headers by what is asked of it. */
const ISOLATED = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };
export const STRICT = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'";

/** Serves a folder on a free port, index.html at "/". Resolves to { url, close }. */
export function serve(folder, { isolated = false, policy } = {}) {
  const headers = { ...(isolated ? ISOLATED : {}), ...(policy ? { "Content-Security-Policy": policy } : {}) };
  const server = createServer(({ url }, response) => {
    const path = new URL(url, "http://localhost").pathname;
    try {
      const body = readFileSync(join(folder, path === "/" ? "index.html" : path));
      response.writeHead(200, { "Content-Type": TYPES[extname(path)] ?? "text/html", ...headers });
      response.end(body);
    } catch {
      response.writeHead(404, headers);
      response.end();
    }
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () =>
      resolve({ url: `http://localhost:${server.address().port}/`, close: () => server.close() }),
    );
  });
}

/** A free port of this machine. */
export async function freePort() {
  const { url, close } = await serve(".");
  close();
  return Number(new URL(url).port);
}
