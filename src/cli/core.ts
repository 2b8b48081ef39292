/** odenet core: the core as a file, for hosts without JavaScript. */

import { size } from "../core/host/memory.ts";
import { coreSource } from "../core/host/source.ts";
import { lowerSimd } from "../lowering/index.ts";
import { subcommand } from "./command.ts";
import { exitCodes, Failure } from "./failure.ts";
import { checkWritable, writeWhole } from "./files.ts";
import type { Values } from "./flags/flag.ts";
import { on, text } from "./flags/kinds.ts";

const flags = {
  out: { ...text("<file>", "where to write"), initial: "core.wasm" },
  scalar: on("for engines without SIMD: slower, with the same bits"),
};

export const core = subcommand({
  name: "core",
  summary: "write the WebAssembly core for hosts without JavaScript",
  description: "Writes core.wasm, which runs what export --to plan writes. Its signatures are in odenet/core.h.",
  flags,
  examples: ["core", "core --scalar --out core-scalar.wasm"],
  run: writeCore,
});

function writeCore({ out = "core.wasm", scalar }: Values<typeof flags>): number {
  checkWritable(out, "--out");
  const simd = coreSource()?.bytes;
  if (!simd)
    throw new Failure("core: expected the core in the command's bundle, got none. Build the package: npm run build.");
  const bytes = scalar ? lowerSimd(simd) : simd;
  writeWhole(out, bytes);
  process.stdout.write(`${out}, ${size(bytes.length)}${scalar ? ", without SIMD" : ""}\n`);
  return exitCodes.done;
}
