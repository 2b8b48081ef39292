/** What to learn from: a generator by name, an image set by name, a folder of pictures, or a file of numbers. */

import { Random, streams } from "../core/random.ts";
import {
  type Dataset,
  type GeneratorOptions,
  generators,
  pairTensors,
  readIdx,
  readNpy,
  selectExamples,
  split,
  type Tensor,
} from "../data/index.ts";
import { member } from "./choose/member.ts";
import { type EncodedSource, encodedSource, splitKeepingSingles } from "./encoded.ts";
import { exitCodes, Failure, speakingOf, usage } from "./failure.ts";
import { readWhole } from "./files.ts";
import { refuseOtherSources, type SourceFlags, type SourceKind } from "./flags/source.ts";
import { formFrom, isFolder, isPicture, readImageFolder } from "./imageFolder.ts";
import { imageSets, isImageSet, readImageSet } from "./images.ts";

export const sourceNames: readonly string[] = [...Object.keys(generators), ...imageSets];

export interface Source {
  readonly data: Dataset;
  /** Data set aside by whoever made them. */
  readonly test?: Dataset;
  readonly table?: EncodedSource;
  /** Whether the features come in units of their own, so that standardising helps. */
  readonly raw: boolean;
}

const isNpy = (bytes: Uint8Array): boolean => bytes[0] === 0x93 && bytes[1] === 0x4e;
const isIdx = (bytes: Uint8Array): boolean =>
  (bytes[0] === 0 && bytes[1] === 0) || (bytes[0] === 0x1f && bytes[1] === 0x8b);

export const isArrayFile = (bytes: Uint8Array): boolean => isNpy(bytes) || isIdx(bytes);

/** An NPY or IDX file, by its first bytes. */
export function readArray(path: string, bytes: Uint8Array): Promise<Tensor> {
  return speakingOf(path, exitCodes.failed, () => (isNpy(bytes) ? readNpy(bytes) : readIdx(bytes)));
}

export const HINT = `Data sets by name: ${sourceNames.join(", ")}; else a path to a CSV, NPY or IDX file, or to a folder of pictures.`;

/** What a name or a path stands for, and the bytes of a file. */
function kindOf(name: string): { kind: SourceKind; bytes: Uint8Array } {
  const none = new Uint8Array();
  if (Object.hasOwn(generators, name)) return { kind: "data made by name", bytes: none };
  if (isImageSet(name)) return { kind: "published image sets", bytes: none };
  if (isFolder(name)) return { kind: "folders of pictures", bytes: none };
  const bytes = readWhole(name, HINT);
  return { kind: isArrayFile(bytes) ? "NPY and IDX files" : "tables", bytes };
}

/** Everything that a name or a path stands for. */
export async function openSource(name: string, flags: SourceFlags): Promise<Source> {
  const { kind, bytes } = kindOf(name);
  if (kind === "tables" && isPicture(name, bytes)) {
    throw usage(
      `${name}: expected a folder with one sub-folder of pictures a class, got one picture. Pass the folder.`,
    );
  }
  refuseOtherSources(kind, flags, name);
  const { examples, seed = 0 } = flags;
  const opened = await openers[kind](name, flags, bytes);
  return kind === "data made by name" ? opened : { ...opened, data: sample(opened.data, examples, seed) };
}

/** The data of a generator's name. */
function madeBy(name: string, options: GeneratorOptions): Dataset {
  const generator = generators[member(generators, name, "train")];
  if (!generator) throw usage(`${name}: expected data made by name.`);
  return generator.make(options);
}

const openers: Readonly<Record<SourceKind, (name: string, flags: SourceFlags, bytes: Uint8Array) => Promise<Source>>> =
  {
    async "data made by name"(name, { seed = 0, noise, examples }) {
      const options = {
        seed,
        ...(noise === undefined ? {} : { noise }),
        ...(examples === undefined ? {} : { examples }),
      };
      return { data: await speakingOf(name, exitCodes.usage, () => madeBy(name, options)), raw: false };
    },
    async "published image sets"(name, { data: folder }) {
      const [data, test] = [await readImageSet(name, "training", folder), await readImageSet(name, "test", folder)];
      return { data, test, raw: false };
    },
    "folders of pictures": async (name, flags) => ({ data: await readImageFolder(name, formFrom(flags)), raw: false }),
    async "NPY and IDX files"(name, { labels }, bytes) {
      const data = await arrays(name, bytes, labels);
      return { data, raw: !(data.features instanceof Uint8Array) };
    },
    async tables(name, flags, bytes) {
      const table = await encodedSource(name, bytes, flags);
      return { data: table.data, table, raw: false };
    },
  };

/** Features and labels from two array files. */
export async function arrays(path: string, bytes: Uint8Array, labels: string | undefined): Promise<Dataset> {
  if (labels === undefined) {
    throw usage(`${path}: an NPY or IDX file needs a second one with the labels. Add --labels <file>.`);
  }
  const labelBytes = readWhole(labels, "It holds one class index an example.");
  if (!isArrayFile(labelBytes))
    throw new Failure(`${labels}: expected an NPY or IDX file of labels, got something else.`);
  const [x, y] = [await readArray(path, bytes), await readArray(labels, labelBytes)];
  return speakingOf(path, exitCodes.failed, () => pairTensors("pairTensors", x, y));
}

/** Some of the examples, drawn by seed. */
function sample(data: Dataset, wanted: number | undefined, seed: number): Dataset {
  if (wanted === undefined) return data;
  const n = data.labels.length;
  if (wanted > n) throw usage(`--examples ${wanted}: there are ${n}. Leave it out to take all.`);
  return selectExamples(data, new Random(seed, streams.data).permutation(n).subarray(0, wanted));
}

/** The source in two parts; a share of 0 sets nothing aside. */
export async function divide(
  name: string,
  { data, test, table }: Source,
  share: number | undefined,
  seed: number,
): Promise<{ training: Dataset; validation?: Dataset }> {
  if (share === 0) return { training: data };
  if (share === undefined && test) return { training: data, validation: test };
  const about = `${name}, --validation ${share ?? 0.2}`;
  if (table) {
    return speakingOf(about, exitCodes.failed, () => splitKeepingSingles(data, share ?? 0.2, seed, name));
  }
  const { classes } = data;
  if (classes) checkTwice(name, data, classes);
  const options = { validation: share ?? 0.2, seed, stratified: classes !== undefined };
  return speakingOf(about, exitCodes.failed, () => split(data, options));
}

/** A class of one example can be learned or checked, not both; most often it is a slip of the pen. */
function checkTwice(name: string, { labels }: Dataset, classes: readonly string[]): void {
  const counts = new Array<number>(classes.length).fill(0);
  for (let i = 0; i < labels.length; i++) counts[Number(labels[i])] = (counts[Number(labels[i])] ?? 0) + 1;
  const single = counts.indexOf(1);
  if (single < 0) return;
  throw new Failure(
    `${name}: expected at least 2 examples of every class, got 1 of ${JSON.stringify(classes[single])}: it can be learned or checked, not both. Is the label mistyped? Correct it, drop the row, or train on everything with --validation 0.`,
  );
}
