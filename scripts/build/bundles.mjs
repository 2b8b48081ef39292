// TypeScript to JavaScript by esbuild: one bundle an entry, what entries share in chunks of their own.
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, resolve } from "node:path";
import { build } from "esbuild";
import { entries, typedEntries } from "./entries.mjs";
import { evaluate } from "./evaluate.mjs";

/** What an import of core.wasm gives where a platform or a bundler compiles it. */
const CORE_TYPES = "declare const core: WebAssembly.Module;\nexport default core;\n";

const base = (path) => basename(path, extname(path));

/** How each kind of entry offers the core to what all entries share. */
const OFFERS = {
  embedded: `import { embedded } from "./src/core/host/embedded.ts";
    import { offerCore } from "./src/core/host/source.ts";
    offerCore(embedded);`,
  module: `import module from "./core.wasm";
    import { offerCore } from "./src/core/host/source.ts";
    offerCore(() => ({ module }));`,
};

/**
 * An entry offers its core and gives each export a name of its own. A bundler that is told `sideEffects: false` leaves a file
 * out when it needs none of the names that the file itself makes; with one of them it keeps the offer.
 */
const offering = (source, core, names) =>
  `import { ${names.map((name) => `${name} as ${name}_`).join(", ")} } from "./${source}";
  ${OFFERS[core]}
  export const ${names.map((name) => `${name} = ${name}_`).join(", ")};`;

/** A worker's file: it offers its core with all builds, imports nothing later, and calls one function. */
const calling = (source, name) => `import { ${name} } from "./${source}";
  import { coreBytes } from "./src/core/host/coreBytes.ts";
  import { builds } from "./src/core/host/allBuilds.ts";
  import { offerCore } from "./src/core/host/source.ts";
  offerCore(() => ({ bytes: coreBytes(), builds }));
  ${name}();`;

/** An entry that works when it is imported finds its core offered by a module before it. */
const running = (source, core) => `${core ? `import "offer:${core}";\n` : ""}export * from "./${source}";`;

/** `exports` are the names that each source exports. */
const withCore = (exports) => ({
  name: "with core",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^entry:/ }, ({ path }) => ({ path: path.slice(6), namespace: "entry" }));
    onLoad({ filter: /.*/, namespace: "entry" }, ({ path }) => {
      const { source, platform, core, calls } = entries().find(({ output }) => output === path);
      const names = exports.get(source);
      const hashbang = platform === "node" ? "#!/usr/bin/env node\n" : "";
      const offers = core && names.length > 0 ? offering(source, core, names) : running(source, core);
      const code = calls ? calling(source, calls) : offers;
      return { contents: hashbang + code, resolveDir: "." };
    });
    onResolve({ filter: /^offer:/ }, ({ path }) => ({ path: path.slice(6), namespace: "offer", sideEffects: true }));
    onLoad({ filter: /.*/, namespace: "offer" }, ({ path }) => ({ contents: OFFERS[path], resolveDir: "." }));
    // The command and the workers do their work when they are imported, whatever package.json says about side effects.
    onResolve({ filter: /^\.\/src\// }, ({ path, namespace }) =>
      namespace === "entry" ? { path: resolve(path), sideEffects: true } : undefined,
    );
    onResolve({ filter: /^\.\/core\.wasm$/ }, ({ path }) => ({ path, external: true }));
    withoutBytes({ onResolve, onLoad });
  },
});

/** What a module exports, as plain data in its place: it is run now, and its code is not in the bundle. */
const evaluated = {
  name: "evaluated",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/]lab[\\/]offered\.ts$/ }, async ({ path }) => {
      const found = await evaluate(path);
      const lines = Object.entries(found).map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`);
      return { contents: lines.join("\n") };
    });
  },
};

/** What is shared does not hold the core's bytes: each entry has them or has not. */
function withoutBytes({ onResolve, onLoad }) {
  onResolve({ filter: /^\.\/embedded\.ts$/ }, ({ importer }) =>
    base(importer) === "source" ? { path: "embedded", namespace: "absent" } : undefined,
  );
  onLoad({ filter: /.*/, namespace: "absent" }, () => ({ contents: "export const embedded = undefined;" }));
}

/** The worker of odenet/worker as one text, made when it is asked for. */
const standalone = {
  name: "standalone",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/]worker[\\/]standaloneText\.ts$/ }, async () => {
      const { outputFiles } = await build({
        ...shared,
        entryPoints: ["src/worker/standalone.ts"],
        splitting: false,
        minify: true,
        write: false,
        outdir: "build",
        legalComments: "none",
        metafile: false,
        plugins: [{ name: "without bytes", setup: withoutBytes }, nodeModules],
        alias,
      });
      return { contents: `export const text = ${JSON.stringify(outputFiles[0].text)};` };
    });
  },
};

/** Node's modules stay outside; a bundled CommonJS package's require of one becomes an import, which an ES module has. */
const nodeModules = {
  name: "modules of Node",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      kind === "require-call" ? { path, namespace: "required" } : { path, external: true },
    );
    onLoad({ filter: /.*/, namespace: "required" }, ({ path }) => ({
      // What process inherits is no export of its module.
      contents: path === "node:process" ? "module.exports = globalThis.process;" : `export * from "${path}";`,
      resolveDir: ".",
    }));
  },
};

/** Where a call begins that is a variable's first value, or that call's first argument. */
const INITIALISER = /(?<=^(?:var|const|let) [\w$]+ = (?:[\w$]+\()?)(?=[\w$. ]+\()/gm;

/** D3 says that its packages have no side effects, and offers each as one file: the palettes that nobody asks for may go. */
const pureD3 = {
  name: "pure D3",
  setup({ onLoad }) {
    onLoad({ filter: /node_modules\/d3-[\w-]+\/dist\/[\w-]+\.mjs$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replace(INITIALISER, "/* @__PURE__ */ "),
    }));
  },
};

/** Other files of packages than those they offer first. */
const alias = {
  // The same code without asking for a stream of Node's.
  papaparse: resolve("node_modules/papaparse/papaparse.min.js"),
};

const shared = {
  bundle: true,
  format: "esm",
  splitting: true,
  target: "es2022", // newer targets make esbuild call Uint8Array.fromBase64, which Node 20 lacks
  platform: "neutral",
  mainFields: ["module", "main"],
  jsx: "automatic",
  jsxImportSource: "preact",
  metafile: true,
  logLevel: "warning",
};

/** The names that each source exports. */
async function exportedNames(sources) {
  const { metafile } = await build({
    ...shared,
    entryPoints: sources,
    outdir: "build",
    write: false,
    packages: "external",
  });
  const outputs = Object.values(metafile.outputs).filter(({ entryPoint }) => sources.includes(entryPoint));
  return new Map(outputs.map(({ entryPoint, exports }) => [entryPoint, exports]));
}

async function bundleGroup(group, outdir) {
  const published = outdir === "dist";
  const exports = await exportedNames([...new Set(group.map(({ source }) => source))]);
  const result = await build({
    ...shared,
    entryPoints: group.map(({ output }) => ({ in: `entry:${output}`, out: base(output) })),
    outdir,
    chunkNames: "chunks/[name]-[hash]",
    plugins: [withCore(exports), evaluated, standalone, nodeModules, pureD3],
    alias,
    charset: "utf8",
    legalComments: "none", // THIRD-PARTY.md has the whole licences
    minify: published, // what is imported is parsed first: a third of the time
    lineLimit: published ? 800 : 0, // an error that nobody catches is shown with its line
    sourcemap: !published,
  });
  return result.metafile;
}

/** All that the entries import, and what that imports. */
function reached(files, outputs) {
  const found = new Set(files);
  for (const file of found) {
    for (const { path, external } of outputs[file].imports) if (!external) found.add(path);
  }
  return found;
}

/** Throws where a file that is not the command's imports a module of Node's. */
function checkNeutral(group, { outputs }) {
  const library = group.filter(({ platform }) => platform === "neutral").map(({ output }) => output);
  for (const file of reached(library, outputs)) {
    const module = outputs[file].imports.find(({ path, external }) => external && path.startsWith("node:"));
    if (!module) continue;
    throw new Error(`${file}: expected no module of Node's in the library, got ${module.path}. Only the command may.`);
  }
}

/**
 * What is imported for its effects alone: nothing of the library has any (`sideEffects: false`), yet esbuild lists all chunks
 * that the sources of a file went to, at its head, and the user's esbuild warns of each.
 */
function dropEffects(group, { outputs }) {
  const sources = new Set(typedEntries().map(({ source }) => source));
  const library = group.filter(({ source }) => sources.has(source)).map(({ output }) => output);
  for (const file of reached(library, outputs)) {
    const withoutEffects = readFileSync(file, "utf8").replace(IMPORTS, (head) => head.replace(FOR_EFFECTS, ""));
    writeFileSync(file, withoutEffects.replace(BY_NAME, "import(/* webpackIgnore: true */ /* @vite-ignore */ "));
  }
}

const IMPORTS = /^(?:import[^"'();]*"[^"]+";\s*)*/; // a long line ends between two of them
/** Of one of Node's modules, whose name is in a variable: bundlers would warn, and the comment that tells them was dropped. */
const BY_NAME = /(?<![\w$.])import\((?=[\w$]+\))/g;
const FOR_EFFECTS = /import"[^"]+";/g;

/** Makes all bundles. Returns the files made, the sources that went into what is published, and which file of it imports which. */
export async function bundle() {
  const all = entries();
  const groups = new Map();
  for (const entry of all) {
    const outdir = dirname(entry.output);
    groups.set(outdir, [...(groups.get(outdir) ?? []), entry]);
  }
  const outputs = [];
  const inputs = [];
  const imports = new Map();
  for (const [outdir, group] of groups) {
    const metafile = await bundleGroup(group, outdir);
    checkNeutral(group, metafile);
    outputs.push(...Object.keys(metafile.outputs));
    if (outdir !== "dist") continue;
    dropEffects(group, metafile);
    inputs.push(...Object.keys(metafile.inputs));
    for (const [file, output] of Object.entries(metafile.outputs)) {
      const inside = output.imports.filter(({ external }) => !external);
      imports.set(
        file,
        inside.map(({ path }) => path),
      );
    }
  }
  mkdirSync("dist", { recursive: true });
  copyFileSync("build/core.wasm", "dist/core.wasm");
  writeFileSync("dist/core.wasm.d.ts", CORE_TYPES);
  if (all.some(({ output }) => output === "dist/cli.js")) chmodSync("dist/cli.js", 0o755);
  return { outputs: [...outputs, "dist/core.wasm", "dist/core.wasm.d.ts"], inputs, imports };
}
