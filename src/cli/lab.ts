/** odenet lab: serves the laboratory on this machine, or writes it as a site for any static host. */
import { spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import type { Server } from "node:http";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { subcommand } from "./command.ts";
import { exitCodes, Failure, usage } from "./failure.ts";
import type { Values } from "./flags/flag.ts";
import { off, text, whole } from "./flags/kinds.ts";
import { servedFiles, serverOf } from "./labServer.ts";

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

/** The files of the site by their path in it, and where each is here. */
function siteFiles(): Map<string, string> {
  const paths: string[] = JSON.parse(readFileSync(join(PAGE, "files.json"), "utf8"));
  const place = (path: string) => [PAGE, BUNDLES].map((folder) => join(folder, path)).find(existsSync) as string;
  return new Map(paths.map((path) => [path, place(path)]));
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
  const server = serverOf(servedFiles(siteFiles()), host);
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
