import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { odenet } from "../support/command.ts";
import { scratchFolder } from "../support/scratch.ts";

const csvRows = (text: string) => {
  const [head = "", ...rows] = text.trim().split("\n");
  return rows.map((row) => Object.fromEntries(head.split(",").map((name, i) => [name, row.split(",")[i]])));
};

describe("--history", () => {
  it("a method's iterations: CSV and JSON say the same, SVG draws them, the terminal prints them", async () => {
    const cwd = scratchFolder({});
    const files = ["run.csv", "run.json", "run.svg"];
    const history = files.flatMap((file) => ["--history", file]);
    const words = ["peaks", "--examples", "100", "--steps", "2", "--width", "4", "--epochs", "4"];
    const { code, stdout, stderr } = await odenet(cwd, "train", ...words, "--optimizer", "newtonCG", ...history);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const line =
      /^epoch \d\/4 {2}objective \d\.\d+ +gradient \d\.\d\de[+-]\d {2}step \d\.\d+ +CG +\d+ {2}evaluations +\d+/gm;
    expect(stdout.match(line)).toHaveLength(4);
    const [csv, json, svg] = files.map((file) => readFileSync(join(cwd, file), "utf8")) as [string, string, string];
    const objects = JSON.parse(json);
    expect(objects).toHaveLength(4);
    expect(csvRows(csv)).toEqual(
      objects.map((row: object) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, String(value)]))),
    );
    for (const key of ["epoch", "iteration", "objective", "gradientNorm", "stepSize", "cgIterations", "evaluations"])
      expect(objects[0][key]).toEqual(expect.any(Number));
    for (const text of ["<svg", "Learning curve", "objective", "validation loss", "gradient norm"])
      expect(svg).toContain(text);
  });

  it("levels: every row says its time steps, and the last level is what is saved", async () => {
    const cwd = scratchFolder({});
    const words = ["swissRoll", "--examples", "60", "--width", "4", "--epochs", "2", "--levels", "2,4,8", "--json"];
    const out = ["--history", "run.csv", "--out", "m.safetensors"];
    const { code, stdout, stderr } = await odenet(cwd, "train", ...words, "--optimizer", "lbfgs", ...out);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(csvRows(readFileSync(join(cwd, "run.csv"), "utf8")).map(({ steps }) => steps)).toEqual([
      ...["2", "2", "4", "4", "8", "8"],
    ]);
    const events = stdout
      .trim()
      .split("\n")
      .map((text) => JSON.parse(text));
    expect(events.filter(({ event }) => event === "level").map(({ steps }) => steps)).toEqual([2, 4, 8]);
    const info = await odenet(cwd, "info", "m.safetensors", "--json");
    expect(JSON.parse(info.stdout).network.layers[1].steps).toBe(8);
  });

  it("an update's epochs, with a regularizer in the objective and in the saved model", async () => {
    const cwd = scratchFolder({});
    const words = ["peaks", "--examples", "80", "--width", "4", "--steps", "2", "--epochs", "2", "--history", "h.json"];
    const regularizers = ["--regularizer", "tikhonov:1e-3,parameters=.K|.W", "--regularizer", "l1:1e-4,epsilon=0.01"];
    const { code, stderr } = await odenet(cwd, "train", ...words, ...regularizers, "--out", "m.safetensors");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const rows = JSON.parse(readFileSync(join(cwd, "h.json"), "utf8"));
    expect(rows.map(({ epoch }: { epoch: number }) => epoch)).toEqual([1, 2]);
    expect(rows[0]).not.toHaveProperty("evaluations");
    expect(headerOf(readFileSync(join(cwd, "m.safetensors")))).toMatch(/tikhonov.+l1/);
  });

  const mistakes: [string, RegExp][] = [
    ["--history run.txt", /--history run\.txt: expected a file that ends in \.csv, \.json or \.svg/],
    ["--levels 4,6", /--levels 4,6: expected every level to be a multiple of the one before, got 6 after 4/],
    ["--levels 4,8 --steps 2", /--steps: expected none with --levels/],
    ["--levels 4,8 --resume", /--resume: expected none with --levels/],
    ["--levels 4,x", /Expected whole numbers parted by commas/],
    ["--regularizer ridge:1", /--regularizer ridge:1: expected one of tikhonov, .+ got "ridge"/],
    ["--regularizer tikhonov", /expected a weight from 0 behind the colon, got none/],
    ["--regularizer tikhonov:-1", /expected a weight from 0 behind the colon, got -1/],
    ["--regularizer tikhonov:1,names=.K", /expected options such as parameters=…, got "names=\.K"/],
    ["--regularizer l1:1,epsilon=0", /expected epsilon above 0, got 0/],
    ["--regularizer tikhonov:1,parameters=.Q", /--regularizer: expected parameters that exist \(0\.K, .+\), got/],
    ["--regularizer stabilityProjection --optimizer lbfgs", /--optimizer lbfgs: expected an optimizer that keeps/],
  ];
  it.each(mistakes)("%s", async (flags, sentence) => {
    const { code, stderr } = await odenet(scratchFolder({}), "train", "peaks", ...flags.split(" "));
    expect(code).toBeGreaterThan(0);
    expect(stderr).toMatch(sentence);
    expect(stderr.trim().split("\n").length).toBeLessThanOrEqual(2);
  });
});

/** The JSON of a safetensors file. */
function headerOf(bytes: Buffer): string {
  return bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE(0))).toString();
}
