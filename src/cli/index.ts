#!/usr/bin/env node
/** The command `odenet`. */
import { main } from "./main.ts";

// A reader that has seen enough, as in `odenet predict … | head`, is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
