/**
 * Image sets beside the lab's page: /data.json lists the files that are here, as "mnist/images", "mnist/labels" and, of the set's
 * test part, "mnist/test-images"; /data/mnist/images is such a file.
 */
import { readFileSync } from "node:fs";
import { exists } from "./files.ts";
import { idxFiles } from "./images.ts";

/** Reads the file of an address when it is asked for: images are tens of megabytes. Undefined for any other address. */
export function labData(): (address: string) => Buffer | undefined {
  const paths = new Map(
    idxFiles().flatMap(({ name, part, images, labels }) => {
      const stem = `${name}/${part === "test" ? "test-" : ""}`;
      return [
        [`${stem}images`, images],
        [`${stem}labels`, labels],
      ];
    }),
  );
  return (address) => {
    if (address === "/data.json") return Buffer.from(JSON.stringify([...paths.keys()]));
    const path = address.startsWith("/data/") ? paths.get(address.slice("/data/".length)) : undefined;
    return path !== undefined && exists(path) ? readFileSync(path) : undefined;
  };
}
