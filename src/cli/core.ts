/** odenet core: the core as a file, for hosts without JavaScript. */

import { size } from "../core/host/memory.ts";
import { coreSource } from "../core/host/source.ts";
import { lowerSimd } from "../lowering/index.ts";
import { exitCodes } from "./failure.ts";
import { checkWritable, writeWhole } from "./files.ts";

export interface CoreFlags {
  out: string;
  scalar?: boolean;
}

export function coreCommand({ out, scalar }: CoreFlags): number {
  checkWritable(out, "--out");
  const core = coreSource()?.bytes as Uint8Array;
  const bytes = scalar ? lowerSimd(core) : core;
  writeWhole(out, bytes);
  process.stdout.write(`${out}, ${size(bytes.length)}${scalar ? ", without SIMD" : ""}\n`);
  return exitCodes.done;
}
