/** odenet lab: serves the laboratory on this machine, or writes it as a site for any static host. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { subcommand } from "./command.ts";
import { exitCodes, Failure, usage } from "./failure.ts";
import type { Values } from "./flags/flag.ts";
import { off, text, whole } from "./flags/kinds.ts";
import { labData } from "./labData.ts";

const DEFAULT_PORT = 8642;

const flags = {
  port: whole("<n>", `default: ${DEFAULT_PORT}, or any that is free`, { from: 0 }),
  host: text("<name>", "default: localhost; 0.0.0.0 lets other machines in"),
  open: off("do not open the browser"),
  build: text("<folder>", "write the site there"),
};

export const lab = subcommand({
  name: "lab",
  summary: "open the laboratory in the browser",
  description:
    "Serves the laboratory on this machine: train, see and break networks in the page. --build writes it as a site for any static host instead.",
  flags,
  examples: ["lab", "lab --port 8000 --no-open", "lab --build site"],
  run: serveLab,
});

/** The page stands beside the bundle of the command; its code and what that shares with the library are such bundles. */
const BUNDLES = fileURLToPath(new URL("./", import.meta.url));
const PAGE = join(BUNDLES, "lab");

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  json: "application/json; charset=utf-8",
  svg: "image/svg+xml",
};

/** Nothing but the lab's own files runs; figures hold their pixels as data. */
const POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "img-src 'self' data: blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The two in the middle isolate the page, so that it may share memory among threads. */
const HEADERS = {
  "content-security-policy": POLICY,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-cache",
};

interface Served {
  readonly type: string;
  readonly plain: Buffer;
  /** Each made at the first request for it. */
  br?: Buffer;
  gzip?: Buffer;
  /** Of its content: page and worker share files, and what is unchanged is not sent again. */
  readonly tag: string;
}

/** The files of the site by their path in it, and where each is here. */
function siteFiles(): Map<string, string> {
  const paths: string[] = JSON.parse(readFileSync(join(PAGE, "files.json"), "utf8"));
  const place = (path: string) => [PAGE, BUNDLES].map((folder) => join(folder, path)).find(existsSync) as string;
  return new Map(paths.map((path) => [path, place(path)]));
}

/** All files by their path in the address: what is not among them does not exist. */
function servedFiles(): Map<string, Served> {
  const found = new Map<string, Served>();
  for (const [path, place] of siteFiles()) {
    const plain = readFileSync(place);
    const type = TYPES[path.split(".").pop() ?? ""] ?? "application/octet-stream";
    const tag = `"${createHash("sha256").update(plain).digest("base64url").slice(0, 22)}"`;
    found.set(`/${path}`, { type, plain, tag });
  }
  found.set("/", found.get("/index.html") as Served);
  return found;
}

/** In the smallest form that the browser takes. */
function packed(file: Served, accepted: string): { encoding?: "br" | "gzip"; bytes: Buffer } {
  if (/\bbr\b/.test(accepted)) {
    file.br ??= brotliCompressSync(file.plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
    return { encoding: "br", bytes: file.br };
  }
  if (/\bgzip\b/.test(accepted)) {
    file.gzip ??= gzipSync(file.plain);
    return { encoding: "gzip", bytes: file.gzip };
  }
  return { bytes: file.plain };
}

function serverOf(files: ReadonlyMap<string, Served>): Server {
  const dataOf = labData();
  return createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://lab");
    const data = dataOf(pathname);
    const file = files.get(pathname);
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.writeHead(405, { allow: "GET, HEAD" }).end();
    } else if (data) {
      response.writeHead(200, { "content-type": "application/octet-stream", "content-length": data.length });
      response.end(request.method === "HEAD" ? undefined : data);
    } else if (!file) {
      response
        .writeHead(404, { "content-type": "text/plain; charset=utf-8" })
        .end(`${pathname} is not part of the lab.\n`);
    } else if (request.headers["if-none-match"] === file.tag) {
      response.writeHead(304, { etag: file.tag, vary: "accept-encoding" }).end();
    } else {
      const { encoding, bytes } = packed(file, String(request.headers["accept-encoding"] ?? ""));
      response.writeHead(200, {
        "content-type": file.type,
        "content-length": bytes.length,
        etag: file.tag,
        vary: "accept-encoding",
        ...(encoding ? { "content-encoding": encoding } : {}),
      });
      response.end(request.method === "HEAD" ? undefined : bytes);
    }
  });
}

const listening = (server: Server, port: number, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : port);
    });
  });

/** The port asked for; without one the usual, or any that is free. */
async function start(server: Server, port: number | undefined, host: string): Promise<number> {
  try {
    return await listening(server, port ?? DEFAULT_PORT, host);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE" && port === undefined) return listening(server, 0, host);
    const why = code === "EADDRINUSE" ? "is taken by another program" : `cannot be opened: ${message}`;
    throw new Failure(`lab: expected a free port, got ${port ?? DEFAULT_PORT}, which ${why}. Pass another --port.`);
  }
}

/** Opens the address where somebody sits; failing to is no failure. */
function openBrowser(address: string): void {
  const [command, ...args] =
    process.platform === "darwin"
      ? ["open"]
      : process.platform === "win32"
        ? ["cmd", "/c", "start", '""']
        : ["xdg-open"];
  const child = spawn(command as string, [...args, address], { stdio: "ignore", detached: true });
  child.on("error", () => {});
  child.unref();
}

function writeSite(folder: string): number {
  if (existsSync(folder) && readdirSync(folder).length > 0 && !existsSync(join(folder, "files.json"))) {
    throw usage(`--build ${folder}: expected an empty folder, got one with other files. Name a new one.`);
  }
  for (const [path, place] of siteFiles()) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    copyFileSync(place, join(folder, path));
  }
  process.stdout.write(`The lab is in ${folder}: put it on any static host.\n`);
  return exitCodes.done;
}

/** Until Ctrl-C. */
async function serveLab({ port, host = "localhost", open = true, build }: Values<typeof flags>): Promise<number> {
  if (!existsSync(join(PAGE, "files.json"))) {
    throw new Failure("lab: expected its page beside the command, got none. Build the package: npm run build.");
  }
  if (build !== undefined) return writeSite(build);
  const server = serverOf(servedFiles());
  const found = await start(server, port, host);
  const address = `http://${host.includes(":") ? `[${host}]` : host}:${found}/`;
  process.stdout.write(`The lab is open at ${address} (Ctrl-C ends it)\n`);
  if (open && process.stdout.isTTY) openBrowser(address);
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  return exitCodes.done;
}
