// Makes the documentation of everything that is exported:
//   node scripts/docs.mjs            docs/api, pages with the docstrings and their examples, by TypeDoc; and llms.txt
//   node scripts/docs.mjs summary    prints what llms.txt should be
import { writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { summary } from "./docs/summary.mjs";

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));

if (process.argv[2] === "summary") process.stdout.write(summary());
else {
  const { writePages } = await import("./docs/pages.mjs");
  writeFileSync("llms.txt", summary());
  if (!(await writePages("docs/api"))) process.exit(1);
  console.log("docs: docs/api/index.html and llms.txt are made.");
}
