/** Flags that say what to learn from, or to check with: each kind of source has its own, beside those of all. */
import { usage } from "../failure.ts";
import { flagName, givenOf, type Values } from "./flag.ts";
import { formed, number, on, text, whole } from "./kinds.ts";
import { tableFlags } from "./table.ts";

const bySource = {
  "data made by name": { noise: number("<deviation>", "noise of the generated points (default: 0)", { from: 0 }) },
  "published image sets": { data: text("<folder>", "where the files of a published image set are") },
  "folders of pictures": {
    size: formed(
      "<pixels>",
      "of pictures in a folder: 32, or 32x48 for height and width (default: their own)",
      (text) => /^[1-9]\d*(x[1-9]\d*)?$/.test(text),
      "pixels, such as 32 or 32x48",
    ),
    grey: on("take pictures as grey"),
  },
  "NPY and IDX files": { labels: text("<file>", "labels of an NPY or IDX file") },
  tables: tableFlags,
};

/** What a name or a path may stand for. */
export type SourceKind = keyof typeof bySource;

export const sourceFlags = {
  ...bySource.tables,
  ...bySource["NPY and IDX files"],
  ...bySource["published image sets"],
  ...bySource["folders of pictures"],
  ...bySource["data made by name"],
  examples: whole("<n>", "how many examples to make, or to take (default: all)"),
  seed: whole("<n>", "seed of everything random (default: 0)", {}),
};

export type SourceFlags = Values<typeof sourceFlags>;

/** Throws `usage` for a flag of another kind of source. */
export function refuseOtherSources(kind: SourceKind, given: SourceFlags, name: string): void {
  for (const [other, flags] of Object.entries(bySource)) {
    const [foreign] = other === kind ? [] : givenOf(flags, given);
    if (foreign !== undefined)
      throw usage(`${flagName(foreign)}: belongs to ${other}, and ${name} is none. Leave it out.`);
  }
}
