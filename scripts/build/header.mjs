// dist/core.h: the ABI for hosts without JavaScript. Its one table is the source: what assembly/index.ts exports, with its
// comments, and the numbers of assembly/opcodes.ts and of the families that the build step lists.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import ts from "typescript";

const FILE = "dist/core.h";
const NUMBERS = ["opcodes", "ops.generated", "kinds.generated"].map((name) => `assembly/${name}.ts`);
const C_TYPES = {
  usize: "odenet_address",
  u32: "uint32_t",
  i32: "int32_t",
  u64: "uint64_t",
  f32: "float",
  f64: "double",
  void: "void",
};

const parse = (path) => ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.ES2022, true);

function comment(node, indent = "") {
  const text = ts.getJSDocCommentsAndTags(node).map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? "");
  const lines = text.join("\n").split("\n").filter(Boolean);
  return lines.length === 0 ? "" : `${indent}/* ${lines.join(`\n${indent} * `)} */\n`;
}

/** The exported functions of a module, those that it passes on too, in their order. */
function functionsOf(path) {
  return parse(path).statements.flatMap((node) => {
    if (ts.isFunctionDeclaration(node)) return [node];
    if (!ts.isExportDeclaration(node)) return [];
    const from = functionsOf(`assembly/${node.moduleSpecifier.text}.ts`);
    const names = new Set(node.exportClause.elements.map(({ name }) => name.text));
    return from.filter(({ name }) => names.has(name.text));
  });
}

function declaration(node) {
  const type = (of) => {
    const name = of.getText();
    if (!C_TYPES[name]) throw new Error(`core.h: ${node.name.text} has a ${name}, which is no type of the ABI.`);
    return C_TYPES[name];
  };
  const parameters = node.parameters.map(({ name, type: of }) => `${type(of)} ${name.getText()}`);
  return `${comment(node)}typedef ${type(node.type)} odenet_${node.name.text}(${parameters.join(", ") || "void"});\n`;
}

const upper = (name) => name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase();

function enumeration(node) {
  const members = node.members.map((member) => {
    const value = member.initializer.getText();
    return `${comment(member, "  ")}  ODENET_${upper(node.name.text)}_${upper(member.name.getText())} = ${value},\n`;
  });
  return `${comment(node)}enum odenet_${upper(node.name.text).toLowerCase()} {\n${members.join("")}};\n`;
}

/** Returns the file made. */
export function writeHeader() {
  if (!existsSync("assembly/opcodes.ts")) return [];
  const enums = NUMBERS.filter(existsSync).flatMap((path) =>
    parse(path).statements.filter(ts.isEnumDeclaration).map(enumeration),
  );
  const functions = functionsOf("assembly/index.ts").map(declaration);
  const head = `/*
 * The ABI of odenet's core: dist/core.wasm, a WebAssembly module without imports.
 *
 * Made by scripts/build.mjs from assembly/index.ts and assembly/opcodes.ts. Each type odenet_<name> is that of the export
 * <name>, as it is in WebAssembly: a host adds its own instance. Addresses count from the start of the exported memory.
 * Functions that can fail return 0 for success, or what their comment says; none of them traps on what blob_check accepts.
 * docs/embedding.md has hosts in C, Rust, Go and Python.
 */
#ifndef ODENET_CORE_H
#define ODENET_CORE_H

#include <stdint.h>

/* A place in the module's memory; 0 is none. */
typedef uint32_t odenet_address;
`;
  writeFileSync(FILE, `${head}\n${enums.join("\n")}\n${functions.join("\n")}\n#endif\n`);
  return [FILE];
}
