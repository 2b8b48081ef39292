// The members of families whose entries are files of a folder, and the dispatch of those that are kernels:
//   src/<family>/members.generated.ts    every entry, by name
//   assembly/kinds.generated.ts          the kernels' codes
//   assembly/activations.generated.ts    the switch over the activations
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";

const HEADER = "// Made by scripts/build/families.mjs from the files of the family.";

const write = (path, text) => {
  if (!existsSync(path) || readFileSync(path, "utf8") !== text) writeFileSync(path, text);
  return path;
};

const upper = (name) => name[0].toUpperCase() + name.slice(1);

/** The files of src/<family> that hold an entry with a code, in the codes' order. */
function membersOf(family) {
  const members = readdirSync(`src/${family}`).flatMap((file) => {
    const text = readFileSync(`src/${family}/${file}`, "utf8");
    const code = /^ {2}code: (\d+),$/m.exec(text)?.[1];
    const curved = !/^ {2}curved: false,$/m.test(text);
    return code === undefined || file.endsWith(".generated.ts")
      ? []
      : [{ name: file.slice(0, -3), code: Number(code), curved }];
  });
  members.sort((a, b) => a.code - b.code);
  members.forEach(({ name, code }, k) => {
    if (code !== k)
      throw new Error(`src/${family}/${name}.ts: expected the code ${k}, the next free one, got ${code}.`);
  });
  return members;
}

const enumeration = (name, comment, members) =>
  `/** ${comment} The numbers are part of the ABI. */\nexport const enum ${name} {\n${members
    .map((m) => `  ${upper(m.name)} = ${m.code},\n`)
    .join("")}}\n`;

function activationEntries(members) {
  return `${HEADER}
${members.map(({ name }) => `import { ${name} } from "./${name}.ts";\n`).join("")}
/** Every activation by name. */
export const activations = { ${members.map(({ name }) => name).join(", ")} } as const;
`;
}

const PARAMETERS = {
  activate: ["y", "x"],
  activate_derivative: ["out", "u", "s"],
  activate_second: ["out", "u", "v", "s"],
  activate_antiderivative: ["y", "x"],
};
const DRIVERS = {
  activate: "values",
  activate_derivative: "slopes",
  activate_second: "curvatures",
  activate_antiderivative: "antiderivatives",
};
const COMMENTS = {
  activate: "y = σ(x). y may be x.",
  activate_derivative: "out = beta out + u ∘ σ'(x), from the saved s. out may be u.",
  activate_second: "out = beta out + u ∘ v ∘ dσ'/ds. out may be u or v.",
  activate_antiderivative: "y = Σ(x) with Σ' = σ. y may be x.",
};

/** One function for each driver; a member's file may hold a faster one of the same name. */
function activationCalls(members) {
  const text = ({ name }) => readFileSync(`assembly/activations/${name}.ts`, "utf8");
  const own = (member, driver) => new RegExp(`^export function ${driver}<`, "m").test(text(member));
  const imports = members.map((member) => {
    const faster = [...Object.keys(PARAMETERS), "activate_with_slope"].filter((driver) => own(member, driver));
    const names = [upper(member.name), ...faster.map((driver) => `${driver} as ${member.name}_${driver}`)];
    return `import { ${names.join(", ")} } from "./activations/${member.name}";\n`;
  });
  const driver = (name) => {
    const pointers = PARAMETERS[name];
    const beta = pointers[0] === "out";
    const sizes = ["rows", "columns", ...(beta ? ["beta"] : [])];
    const rest = `rows: u32, columns: u32${beta ? ", beta: i32" : ""}`;
    const list = [...pointers, ...sizes].join(", ");
    const cases = members.map((member) => {
      if (name === "activate_second" && !member.curved) {
        return `    case ${member.code}:\n      zeros<T>(out, rows, columns, beta);\n      return;\n`;
      }
      const call = own(member, name) ? `${member.name}_${name}<T>` : `${DRIVERS[name]}<${upper(member.name)}<T>, T>`;
      return `    case ${member.code}:\n      ${call}(${list});\n      return;\n`;
    });
    return `/** ${COMMENTS[name]} */
export function ${name}<T extends number>(${pointers.map((p) => `${p}: usize`).join(", ")}, kind: i32, ${rest}): void {
  switch (kind) {
${cases.join("")}  }
}
`;
  };
  const faster = members.filter((member) => own(member, "activate_with_slope"));
  return `${HEADER}
import { antiderivatives, curvatures, ones, slopes, values, zeros } from "./activations/map";
${imports.join("")}
${Object.keys(PARAMETERS).map(driver).join("\n")}
/**
 * y = σ(x) and d = σ'(x), which is what \`saved\` says: x or y. d is 1 or σ'(0) in the padding. Neither y nor d may be x.
 */
export function activate_with_slope<T extends number>(y: usize, d: usize, x: usize, saved: usize, kind: i32, rows: u32, columns: u32): void {
${faster
  .map(
    (m) =>
      `  if (kind == ${m.code}) {\n    ${m.name}_activate_with_slope<T>(y, d, x, rows, columns);\n    return;\n  }\n`,
  )
  .join("")}  activate<T>(y, x, kind, rows, columns);
  ones<T>(d, rows, columns);
  activate_derivative<T>(d, d, saved, kind, rows, columns, 0);
}
`;
}

/** Returns the files made. */
export function writeFamilies() {
  const activations = membersOf("activations");
  const kinds = [enumeration("Activation", "Which function an activation kernel computes.", activations)];
  return [
    write("src/activations/members.generated.ts", activationEntries(activations)),
    write("assembly/kinds.generated.ts", `${HEADER}\n${kinds.join("\n")}`),
    write("assembly/activations.generated.ts", activationCalls(activations)),
  ];
}
