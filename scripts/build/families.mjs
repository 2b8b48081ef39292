// The members of families whose entries are files of a folder, and the dispatch of those that are kernels:
//   src/<family>/members.generated.ts    every entry, by name
//   assembly/kinds.generated.ts          the kernels' codes
//   src/<family>/entries.generated.ts    the same apart, where the factories are the library's surface
//   assembly/signatures/updates.generated.ts
//   assembly/<family>.generated.ts       the switch over its kernels
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

function lossMembers(members) {
  const names = members.map(({ name }) => name);
  return `${HEADER}
${names.map((name) => `import { type ${upper(name)}, ${name} } from "./${name}.ts";\n`).join("")}
export { ${names.join(", ")} };

/** Every loss, as plain data. */
export type Loss = ${names.map(upper).join(" | ")};

/** Every loss's factory by kind. */
export const losses = { ${names.join(", ")} };
`;
}

/** Apart from the factories, which are the library's surface. */
function entriesOf(members, list) {
  const imports = members.map(({ name }) => `import { ${name}Entry } from "./${name}.ts";\n`);
  const pairs = members.map(({ name }) => `${name}: ${name}Entry`);
  return `${HEADER}\n${imports.join("")}\n/** What is said of every member, by name. */\nexport const ${list} = { ${pairs.join(", ")} };\n`;
}

/** A loss whose numbers are joined row by row has loops of its own; the others have a class. */
function lossCalls(members) {
  const rowwise = ({ name }) =>
    /^export function shard_loss</m.test(readFileSync(`assembly/losses/${name}.ts`, "utf8"));
  const imports = members.map((member) => {
    const own = ["shard_hessian", "shard_loss"].map((name) => `${name} as ${member.name}_${name}`);
    const names = rowwise(member) ? own : [upper(member.name)];
    return `import { ${names.join(", ")} } from "./losses/${member.name}";\n`;
  });
  const cases = (name, driver, plain, before, after) =>
    members
      .map((member) => {
        const call = rowwise(member) ? `${member.name}_${name}<T>` : `${driver}<${upper(member.name)}<T>, T>`;
        const given = rowwise(member) ? before : plain;
        return `    case ${member.code}:\n      ${after}${call}(${given});\n${after ? "" : "      return;\n"}`;
      })
      .join("");
  const sums = "g, s, c, m, rows, columns, weight, parameter, second";
  const sized = "rows, columns, weight, known, parameter, second";
  return `${HEADER}
import { hessians, losses } from "./losses/pointwise";
${imports.join("")}
/** The loss of so many rows, the weighted gradient stored. */
export function shard_loss<T extends number>(g: usize, s: usize, c: usize, m: usize, kind: i32, rows: u32, columns: u32, weight: T, parameter: T, second: T): f64 {
  switch (kind) {
${cases("shard_loss", "losses", sums, sums, "return ")}  }
  return 0;
}

/** out = (d² loss / dS²) v of so many rows. */
export function shard_hessian<T extends number>(out: usize, v: usize, s: usize, c: usize, scratch: usize, kind: i32, rows: u32, columns: u32, weight: T, known: bool, parameter: T, second: T): void {
  switch (kind) {
${cases("shard_hessian", "hessians", `out, v, s, c, ${sized}`, `out, v, s, c, scratch, ${sized}`, "")}  }
}
`;
}

/** The files of src/optimizers that state an update: its number, its states and how many scalars it reads. */
function updatesOf() {
  const files = readdirSync("src/optimizers").flatMap((file) => {
    const text = readFileSync(`src/optimizers/${file}`, "utf8");
    const [op, states, scalars] = [/^ {2}op: (\d+),$/m, /^ {2}states: \[(.*)\],$/m, /^ {2}scalars: (\d+),$/m].map(
      (pattern) => pattern.exec(text)?.[1],
    );
    if (op === undefined || states === undefined || scalars === undefined || file.endsWith(".generated.ts")) return [];
    const names = [...text.matchAll(/^export const (\w+)Entry\b/gm)].map(([, name]) => name);
    const vectors = [...states.matchAll(/"(\w+)"/g)].map(([, name]) => name);
    return [{ kernel: file.slice(0, -3), names, op: Number(op), states: vectors, scalars: Number(scalars) }];
  });
  return files.sort((a, b) => a.op - b.op);
}

function updateSignatures(updates) {
  const members = updates.map(({ kernel, op, states, scalars }) => {
    const vectors = ["theta", "gradient", ...states];
    const operands = [...vectors.map((name) => `${name}: flat("n")`), `numbers: scalars(${scalars})`];
    return `  ${upper(kernel)}: {
    number: ${op},
    from: "updates/${kernel}",
    call: "${kernel}<T>(${[...vectors, "numbers", "n"].join(", ")})",
    operands: { ${operands.join(", ")} },
    sizes: ["n"],
  },
`;
  });
  return `${HEADER}
import { flat, type Signatures, scalars } from "./signature.ts";

/** Updates of θ. */
export const updates = {
${members.join("")}} satisfies Signatures;
`;
}

function updateMembers(updates) {
  const lines = updates.map(({ kernel, names }) => `export { ${names.join(", ")} } from "./${kernel}.ts";\n`);
  return `${HEADER}\n${lines.join("")}`;
}

function updateEntries(updates) {
  const imports = updates.map(({ kernel, names }) => {
    return `import { ${names.flatMap((name) => [name, `${name}Entry`]).join(", ")} } from "./${kernel}.ts";\n`;
  });
  const names = updates.flatMap((update) => update.names);
  return `${HEADER}
${imports.join("")}
/** The factory of every update, by kind. */
export const updates = { ${names.join(", ")} };

/** What is said of every update, by kind. */
export const updateEntries = { ${names.map((name) => `${name}: ${name}Entry`).join(", ")} };
`;
}

/** Returns the files made: none where a tree has no families. */
export function writeFamilies() {
  if (!existsSync("src/activations")) return [];
  const activations = membersOf("activations");
  const losses = membersOf("losses");
  const updates = updatesOf();
  const kinds = [
    enumeration("Activation", "Which function an activation kernel computes.", activations),
    enumeration("Loss", "Which loss a loss kernel computes.", losses),
  ];
  return [
    write("src/activations/members.generated.ts", activationEntries(activations)),
    write("assembly/signatures/updates.generated.ts", updateSignatures(updates)),
    write("src/optimizers/members.generated.ts", updateMembers(updates)),
    write("src/optimizers/entries.generated.ts", updateEntries(updates)),
    write("src/losses/members.generated.ts", lossMembers(losses)),
    write("src/losses/entries.generated.ts", entriesOf(losses, "lossEntries")),
    write("assembly/losses.generated.ts", lossCalls(losses)),
    write("assembly/kinds.generated.ts", `${HEADER}\n${kinds.join("\n")}`),
    write("assembly/activations.generated.ts", activationCalls(activations)),
  ];
}
