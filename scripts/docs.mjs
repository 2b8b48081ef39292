// Makes the documentation of everything that is exported:
//   node scripts/docs.mjs            docs/api, pages with the docstrings and their examples, by TypeDoc
//   node scripts/docs.mjs summary    prints llms.txt, which the build writes into dist
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { summary } from "./docs/summary.mjs";

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));

if (process.argv[2] === "summary") process.stdout.write(summary());
else {
  const { writePages } = await import("./docs/pages.mjs");
  if (!(await writePages("docs/api"))) process.exit(1);
  console.log("docs: docs/api/index.html is made.");
}
