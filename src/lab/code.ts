/** The program, for Node, that does what the page does. */

import { hasOption, labelsOf, scoresOf, searches } from "./families.ts";
import { pointsOf } from "./points.ts";
import { isImageSet, isImages, penaltiesIn, type State } from "./state.ts";

const seldom = (condition: boolean, text: string): string => (condition ? text : "");

function dataLines({ data, examples, noise, seed, points, side, colours }: State): {
  imports: string[];
  lines: string;
  width: string;
} {
  if (data === "table") {
    const lines = `const data = readCsv(readFileSync("table.csv", "utf8"));`;
    return { imports: ["readCsv"], lines, width: "data.shape" };
  }
  if (data === "pictures") {
    const channels = colours === "grey" ? 1 : 3;
    const lines = `// A folder of pictures with a sub-folder for each class.
const classes = readdirSync("pictures").sort();
const files = classes.flatMap((name, label) =>
  readdirSync(\`pictures/\${name}\`)
    .filter(isPictureName)
    .sort()
    .map((file) => ({ path: \`pictures/\${name}/\${file}\`, label })),
);
const pictures = await Promise.all(files.map(({ path }) => readPicture(readFileSync(path))));
const labels = Int32Array.from(files, ({ label }) => label);
const data = fromPictures(pictures, { channels: ${channels}, size: [${side}, ${side}], labels, classes });`;
    const imports = ["fromPictures", "isPictureName", "readPicture"];
    return { imports, lines, width: `${channels} * ${side} * ${side}` };
  }
  if (isImageSet(data)) {
    const names = data === "mnist" ? [] : ["fashionMnistClasses"];
    const lines = `// The files of ${data === "mnist" ? "MNIST" : "Fashion-MNIST"}, in this folder, plain or unpacked from .gz.
const read = (part) =>
  readIdxImages({
    images: readFileSync(\`\${part}-images-idx3-ubyte\`),
    labels: readFileSync(\`\${part}-labels-idx1-ubyte\`),${seldom(names.length > 0, "\n    classes: fashionMnistClasses,")}
  });
const training = split(await read("train"), { validation: ${examples}, seed: ${seed} }).validation;
const validation = await read("t10k");
const classes = validation.classes ?? [];`;
    return { imports: ["readIdxImages", ...names], lines, width: "28 * 28" };
  }
  if (data === "drawn") {
    const drawn = pointsOf(points);
    const features = JSON.stringify(drawn.flatMap(({ x, y }) => [Number(x.toFixed(3)), Number(y.toFixed(3))]));
    const classes = JSON.stringify(
      Array.from({ length: 1 + Math.max(1, ...drawn.map((p) => p.label)) }, (_, k) => String(k)),
    );
    const labels = JSON.stringify(drawn.map(({ label }) => label));
    const lines = `const data = {\n  features: ${features},\n  labels: ${labels},\n  classes: ${classes},\n  shape: 2,\n};`;
    return { imports: [], lines, width: "2" };
  }
  return {
    imports: [data],
    lines: `const data = ${data}({ examples: ${examples}, noise: ${noise}, seed: ${seed} });`,
    width: "2",
  };
}

/** Complete: it runs in Node as it stands, and prints the accuracy on the validation set. */
export function codeOf(state: State): string {
  const { dynamics, integrator, seed, precision } = state;
  const { loss, optimizer, learningRate, batchSize } = state;
  const searching = searches(optimizer);
  const table = state.data === "table";
  const pictures = state.data === "pictures";
  const images = isImages(state.data);
  const convolutional = images && state.architecture !== "dense";
  const { imports, lines, width: inputs } = dataLines(state);
  const parts = convolutional ? [state.architecture] : ["dense", "linear", "network", "ode", dynamics, integrator];
  const weighted = penaltiesIn(state);
  const penalty = weighted.map((name) => `${name}(${state[name]})`).join(", ");
  const names = [...["createModel", ...parts, loss, optimizer], ...weighted, ...(table ? ["standardize"] : [])].sort();
  const outputs = scoresOf(loss, 2) === 1 ? "1" : "classes.length";
  const rows = labelsOf(loss) === "rows";
  const target = (part: string) =>
    rows ? `{ features: ${part}.features, labels: oneHot(${part}.labels) }` : `${part}`;
  const described = convolutional ? forImages(state, outputs) : layered(state, inputs, outputs);
  return `// train.mjs: npm install odenet, then node train.mjs
${seldom(table || images, `import { ${seldom(pictures, "readdirSync, ")}readFileSync } from "node:fs";\n`)}import { ${names.join(", ")} } from "odenet";
import { ${[...imports, "split"].sort().join(", ")} } from "odenet/data";

${lines}
${seldom(!images, "const classes = data.classes ?? [];\n")}${seldom(!isImageSet(state.data), `const { training, validation } = split(data, { validation: 0.2, seed: ${seed} });\n`)}${seldom(
  rows,
  `const oneHot = (labels) =>
  Array.from(labels, (label) => classes.map((_, k) => (k === label ? 1 : 0)));
`,
)}
${described}
const model = await createModel(described, {
  loss: ${loss}(),${seldom(penalty !== "", `\n  regularizers: [${penalty}],`)}
  seed: ${seed},
  precision: "${precision}",
});
const result = await model.fit(${target("training")}, {
  optimizer: ${optimizer}(${searching ? "" : `{ learningRate: ${learningRate} }`}),
  epochs: 200,${seldom(!searching, `\n  batchSize: ${batchSize},`)}
  seed: ${seed},
});
console.log(result.status, model.evaluate(${target("validation")}));
`;
}

/** An opening layer, time steps, a classifier. */
function layered(state: State, inputs: string, outputs: string): string {
  const { dynamics, integrator, activation, width, steps, finalTime, weights, gamma, data } = state;
  return `const field = ${dynamics}({ activation: "${activation}"${seldom(hasOption(dynamics, "gamma"), `, gamma: ${gamma}`)} });
const described = network({
  input: ${inputs},
  layers: [
${seldom(data === "table", `    standardize.fit(training.features, ${inputs}),\n`)}    dense(${width}, { activation: "${activation}" }),
    ode(field, ${integrator}, { steps: ${steps}, finalTime: ${finalTime}, weights: "${weights}" }),
    linear(${outputs}),
  ],
  classes: [...classes],
});`;
}

function forImages(state: State, outputs: string): string {
  const { architecture, activation, width, steps, finalTime, weights, data, side, colours } = state;
  const input = data === "pictures" ? `[${colours === "grey" ? 1 : 3}, ${side}, ${side}]` : "[1, 28, 28]";
  const blocks = `
  channels: [${width}, ${2 * width}],
  stride: 2,
  steps: ${steps},
  finalTime: ${finalTime},
  weights: "${weights}",`;
  return `const described = ${architecture}({
  input: ${input},
  outputs: ${outputs},
  activation: "${activation}",${seldom(architecture !== "leNet", blocks)}
  classes: [...classes],
});`;
}
