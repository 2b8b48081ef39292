/** Image sets beside the lab's page: /data.json names those that are here, /data/<name>/images and /labels are their files. */
import { readFileSync } from "node:fs";
import { exists } from "./files.ts";
import { idxFiles } from "./images.ts";

/** Reads the file of an address when it is asked for: images are tens of megabytes. Undefined for any other address. */
export function labData(): (address: string) => Buffer | undefined {
  const sets = idxFiles();
  const paths = new Map(
    sets.flatMap(({ name, images, labels }) => [
      [`/data/${name}/images`, images],
      [`/data/${name}/labels`, labels],
    ]),
  );
  return (address) => {
    if (address === "/data.json") return Buffer.from(JSON.stringify(sets.map(({ name }) => name)));
    const path = paths.get(address);
    return path !== undefined && exists(path) ? readFileSync(path) : undefined;
  };
}
