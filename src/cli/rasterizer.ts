/** SVG → PNG by resvg or sharp, optional peers: native code, so that the package itself has none. */

import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { messageOf } from "../core/messageOf.ts";
import { Failure } from "./failure.ts";

export type Rasterizer = (svg: string) => Promise<Uint8Array>;

/** Pixels of the picture for each of the figure's. */
const ZOOM = 2;
/** At this density sharp makes one pixel of one. */
const DENSITY = 72;

interface Resvg {
  readonly Resvg: new (svg: string, options: object) => { render(): { asPng(): Uint8Array } };
}
type Sharp = (svg: Uint8Array, options: object) => { png(): { toBuffer(): Promise<Uint8Array> } };

const peers: Readonly<Record<string, (found: never) => Rasterizer>> = {
  "@resvg/resvg-js": ({ Resvg }: Resvg) => {
    const options = { fitTo: { mode: "zoom", value: ZOOM } };
    return async (svg) => new Resvg(svg, options).render().asPng();
  },
  sharp: (sharp: Sharp) => (svg) =>
    sharp(new TextEncoder().encode(svg), { density: ZOOM * DENSITY })
      .png()
      .toBuffer(),
};

/** The first peer that is installed where the command runs, or beside this package. Throws a sentence where none is. */
export async function findRasterizer(): Promise<Rasterizer> {
  const places = [pathToFileURL(join(process.cwd(), "package.json")), import.meta.url];
  for (const [name, from] of Object.entries(peers)) {
    for (const place of places) {
      const path = resolved(name, place);
      if (path === undefined) continue;
      const found = await load(name, path);
      return from((found.default ?? found) as never);
    }
  }
  throw new Failure(
    `--png: expected ${Object.keys(peers).join(" or ")} to turn SVG into pixels, got neither. Install one, as by npm install @resvg/resvg-js, or leave --png out.`,
  );
}

function resolved(name: string, place: string | URL): string | undefined {
  try {
    return createRequire(place).resolve(name);
  } catch {
    return undefined;
  }
}

async function load(name: string, path: string): Promise<{ default?: unknown }> {
  try {
    return await import(pathToFileURL(path).href);
  } catch (cause) {
    const why = messageOf(cause).split("\n")[0];
    throw new Failure(`--png: expected ${name} to load, got "${why}". Install it again for this machine.`);
  }
}
