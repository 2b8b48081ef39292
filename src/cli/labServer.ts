/** The lab's server: its own files and data to this page alone, whatever is asked. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { labData } from "./labData.ts";

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

/** All files by their path in the address: what is not among them does not exist. */
export function servedFiles(places: ReadonlyMap<string, string>): Map<string, Served> {
  const found = new Map<string, Served>();
  for (const [path, place] of places) {
    const plain = readFileSync(place);
    const type = TYPES[path.split(".").pop() ?? ""] ?? "application/octet-stream";
    const tag = `"${createHash("sha256").update(plain).digest("base64url").slice(0, 22)}"`;
    found.set(`/${path}`, { type, plain, tag });
  }
  const page = found.get("/index.html");
  if (page) found.set("/", page);
  return found;
}

/** In the smallest form that the browser takes. */
function packed(file: Served, accepted: string): { encoding?: "br" | "gzip"; bytes: Buffer } {
  if (/\bbr\b/.test(accepted)) {
    file.br ??= brotliCompressSync(file.plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } });
    return { encoding: "br", bytes: file.br };
  }
  if (/\bgzip\b/.test(accepted)) {
    file.gzip ??= gzipSync(file.plain);
    return { encoding: "gzip", bytes: file.gzip };
  }
  return { bytes: file.plain };
}

/** The path of a request's target, which may be anything that a client sends. */
const pathOf = ({ url = "/" }: IncomingMessage): string => url.split(/[?#]/, 1)[0] ?? "/";

/** Names under which a browser on this machine knows it. */
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Whether a request comes from a page of this server, or from no page. Another site can have its name point to this machine, and
 * then send requests here from its own pages: those carry its name as `Host`, or as `Origin`.
 */
export function isOwn(host: string | undefined, origin: string | undefined, served: string): boolean {
  if (host === undefined) return origin === undefined;
  const name = host.replace(/:\d+$/, "").toLowerCase();
  const open = served === "0.0.0.0" || served === "::";
  const isAddress = /^(\d{1,3}(\.\d{1,3}){3}|\[[\da-f:.]+\])$/.test(name);
  const known =
    LOOPBACK.includes(name) || name === served.toLowerCase() || name === `[${served}]` || (open && isAddress);
  return known && (origin === undefined || origin === `http://${host}`);
}

/** Serves the files, and the data sets of this machine, to pages of the address `host`. */
export function serverOf(files: ReadonlyMap<string, Served>, host: string): Server {
  const dataOf = labData();
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    const { headers, method } = request;
    const plain = (status: number, text: string, more: Record<string, string> = {}) =>
      response.writeHead(status, { "content-type": "text/plain; charset=utf-8", ...more }).end(`${text}\n`);
    if (!isOwn(headers.host, headers.origin, host)) {
      plain(403, `This lab answers to ${host} only. Start it with --host to give it another name.`);
      return;
    }
    if (method !== "GET" && method !== "HEAD") {
      plain(405, "The lab is only read.", { allow: "GET, HEAD" });
      return;
    }
    const path = pathOf(request);
    const data = dataOf(path);
    const file = files.get(path);
    const body = (bytes: Buffer | Uint8Array) => response.end(method === "HEAD" ? undefined : bytes);
    if (data) {
      response.writeHead(200, { "content-type": "application/octet-stream", "content-length": data.length });
      body(data);
    } else if (!file) plain(404, `${path} is not part of the lab.`);
    else if (headers["if-none-match"] === file.tag) {
      response.writeHead(304, { etag: file.tag, vary: "accept-encoding" }).end();
    } else {
      const { encoding, bytes } = packed(file, String(headers["accept-encoding"] ?? ""));
      response.writeHead(200, {
        "content-type": file.type,
        "content-length": bytes.length,
        etag: file.tag,
        vary: "accept-encoding",
        ...(encoding ? { "content-encoding": encoding } : {}),
      });
      body(bytes);
    }
  };
  return createServer((request, response) => {
    try {
      answer(request, response);
    } catch (error) {
      // One request that cannot be answered must not end the lab.
      if (!response.headersSent) response.writeHead(500);
      response.end(`${error instanceof Error ? error.message : String(error)}\n`);
    }
  });
}
