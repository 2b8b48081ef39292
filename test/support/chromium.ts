import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const MAC = ["Chromium", "Google Chrome"].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);

export const NO_CHROMIUM =
  "no Chromium was found. Install one (Debian: apt-get install chromium) or set CHROMIUM_PATH to its executable.";

/**
 * CHROMIUM_PATH if set, else the first Chromium or Chrome found. Without one it throws where ODENET_BROWSER=required
 * (as in CI), and is undefined elsewhere.
 */
export function findChromium(env = process.env, exists: (path: string) => boolean = existsSync): string | undefined {
  const chosen = env.CHROMIUM_PATH;
  if (chosen && !exists(chosen)) {
    throw new Error(`CHROMIUM_PATH: expected an executable, got ${chosen}, which does not exist.`);
  }
  const places = ["/usr/bin", ...(env.PATH ?? "").split(delimiter).filter(Boolean)];
  const candidates = [...NAMES.flatMap((name) => places.map((place) => join(place, name))), ...MAC];
  const found = chosen || candidates.find(exists);
  if (!found && env.ODENET_BROWSER === "required") throw new Error(`ODENET_BROWSER=required, but ${NO_CHROMIUM}`);
  return found;
}

/** Without a window, and without what it would do on its own; test/hosts reads the same file. */
export const chromiumArguments = (): string[] =>
  JSON.parse(readFileSync(new URL("./chromiumArguments.json", import.meta.url), "utf8"));
