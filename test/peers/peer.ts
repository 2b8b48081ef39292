import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(new URL("../../bench/peers/package.json", import.meta.url));

/** A package of bench/peers, as an ES module where `file` names one. */
export async function peer(name: string, file = name): Promise<unknown> {
  try {
    return await import(pathToFileURL(require.resolve(file)).href);
  } catch (cause) {
    throw new Error(`${name}: expected it in bench/peers, got none. Run npm ci --ignore-scripts there.`, { cause });
  }
}
