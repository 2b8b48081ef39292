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

const COPYRIGHT = /^[ \t]*(?:copyright|\(c\)|©).*$/gim;

/** What the text grants, whoever the holder. */
const terms = (text) => text.replace(COPYRIGHT, "").replace(/\s+/g, " ").trim();

/** The first package whose text says the same: one that comes without, of a larger project, is under that of its licence. */
const sameTerms = ({ license, text }, all) =>
  all.find((other) => other.text && (text ? terms(other.text) === terms(text) : other.license === license));

function section(one, all) {
  const { name, version, license, by, home, notice, text } = one;
  const same = sameTerms(one, all);
  const twin = same === one ? undefined : same;
  if (!license || !same) throw new Error(`${name} comes without the text of its licence, so it cannot be bundled.`);
  const facts = [license, by, home, twin && `licence text: see ${twin.name}`].filter(Boolean).join(" · ");
  const own = twin ? text?.match(COPYRIGHT)?.join("\n") : text;
  const blocks = [own, notice].filter(Boolean).map((block) => `\n\`\`\`text\n${block}\n\`\`\`\n`);
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
