// THIRD-PARTY.md: the licence of everything that is inside the published files.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FILE = "THIRD-PARTY.md";

// asc compiles parts of AssemblyScript's standard library into core.wasm; esbuild's list does not see them.
const IN_WASM = "node_modules/assemblyscript";

const folderOf = (input) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];

function licenceText(folder) {
  const name = readdirSync(folder).find((file) => /^(licen[cs]e|copying)(\.|$)/i.test(file));
  return name ? readFileSync(join(folder, name), "utf8").trim() : undefined;
}

function describe(folder) {
  const { name, version, license, repository, author } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const by = typeof author === "string" ? author : author?.name;
  const home = (typeof repository === "string" ? repository : repository?.url)
    ?.replace(/^git\+/, "")
    .replace(/\.git$/, "");
  const notice = existsSync(join(folder, "NOTICE")) ? readFileSync(join(folder, "NOTICE"), "utf8").trim() : undefined;
  return { name, version, license, by, home, notice, text: licenceText(folder) };
}

function section({ name, version, license, by, home, notice, text }, all) {
  // A package of a larger project may come without the text: then that of another one under the same licence stands.
  const twin = text ? undefined : all.find((other) => other.license === license && other.text);
  if (!license || (!text && !twin))
    throw new Error(`${name} comes without the text of its licence, so it cannot be bundled.`);
  const facts = [license, by, home, twin && `licence text: see ${twin.name}`].filter(Boolean).join(" · ");
  const blocks = [text, notice].filter(Boolean).map((block) => `\n\`\`\`text\n${block}\n\`\`\`\n`);
  return `## ${name} ${version}\n\n${facts}\n${blocks.join("")}`;
}

/** `inputs` are the files that esbuild bundled into what is published. */
export function writeThirdParty(inputs) {
  const folders = new Set([IN_WASM, ...inputs.map(folderOf).filter(Boolean)]);
  const packages = [...folders].sort().map(describe);
  const head = "# Third-party code\n\nThe published files contain code of these packages, under these licences.\n";
  writeFileSync(FILE, `${head}\n${packages.map((one) => section(one, packages)).join("\n")}`);
  return [FILE];
}
