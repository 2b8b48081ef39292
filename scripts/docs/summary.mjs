// llms.txt: the project on one page for readers that are programs, in the layout of https://llmstxt.org. What it is and the documents come
// from README.md, the exports with their signatures and first sentences from the sources of every entry in package.json.
import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import ts from "typescript";
import { typedEntries } from "../build/entries.mjs";
import { firstSentence, headOf } from "./comments.mjs";

const CONFIG = "tsconfig.json";

/** The text, from the sources in the working directory. */
export function summary() {
  const readme = readFileSync("README.md", "utf8");
  const [opening, ...sections] = readme.split(/^(?=## )/m);
  const documents = sections.find((section) => section.startsWith("## Documents\n")) ?? "";
  const links = documents.split("\n").filter((line) => line.startsWith("- "));
  return [opening.trim(), ["## Documents", "", ...links].join("\n"), ...entryPages(), ""]
    .join("\n\n")
    .replace(/\n+$/, "\n");
}

/** Writes it into dist, and says where. */
export function writeSummary() {
  writeFileSync("dist/llms.txt", summary());
  return ["dist/llms.txt"];
}

function entryPages() {
  const sources = typedEntries().map(({ source }) => source);
  const { config } = ts.readConfigFile(CONFIG, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ".");
  const program = ts.createProgram(sources, { ...options, types: [] });
  const checker = program.getTypeChecker();
  const said = new Set(); // odenet/slim exports all of odenet
  return typedEntries().map(({ source, output }) => {
    const file = program.getSourceFile(source);
    const name = ["odenet", basename(output, ".js")].join("/").replace(/\/index$/, "");
    const all = checker
      .getExportsOfModule(checker.getSymbolAtLocation(file))
      .map((symbol) => exported(symbol, checker));
    const own = all.filter(({ symbol }) => !said.has(symbol));
    for (const { symbol } of own) said.add(symbol);
    const again = own.length < all.length ? ["Exports everything of `odenet`, and:", ""] : [];
    own.sort((a, b) => Number(a.type) - Number(b.type) || (a.name < b.name ? -1 : 1));
    const plain = own.filter(({ type, text }) => type && !text);
    const lines = own.filter((one) => !plain.includes(one)).map(lineOf);
    const rest = plain.length > 0 ? [`- types that their fields explain: ${plain.map(quoted).join(", ")}`] : [];
    return [`## ${name}`, "", ...again, ...lines, ...rest].join("\n");
  });
}

const quoted = ({ name }) => `\`${name}\``;

/** An export: its name, whether it is a type alone, how a function is called, and what is said of it. */
function exported(given, checker) {
  const symbol = given.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(given) : given;
  const [declaration] = symbol.declarations;
  const type = !(symbol.flags & ts.SymbolFlags.Value);
  const [signature] = type ? [] : checker.getTypeOfSymbol(symbol).getCallSignatures();
  const flags = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.OmitParameterModifiers;
  const call = signature ? checker.signatureToString(signature, declaration, flags) : "";
  const own = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  const text = own || (type ? "" : headOf(declaration.getSourceFile()));
  return { symbol, name: given.name, type, call, text: firstSentence(text) };
}

const lineOf = ({ name, type, call, text }) => `- \`${type ? "type " : ""}${name}${call}\`${text ? `: ${text}` : ""}`;
