/** The command on tables as people have them: trained with the label alone named, and applied by the columns' names. */
import { copyFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { odenet, odenetWith } from "../support/command.ts";
import { ROOT, scratchFolder } from "../support/scratch.ts";

const FIXTURES = join(ROOT, "test/fixtures/tables");

function folder(): string {
  const cwd = scratchFolder();
  for (const name of readdirSync(FIXTURES)) copyFileSync(join(FIXTURES, name), join(cwd, name));
  return cwd;
}

const few = ["--epochs", "2", "--out", "m.safetensors"];

describe.concurrent("odenet and tables", () => {
  it("penguins: text and gaps at the first try, then by name in any order, and nothing that is missing", async () => {
    const cwd = folder();
    const trained = await odenet(cwd, "train", "penguins.csv", "--label", "Species", "--drop", "Island,Sex", ...few);
    expect(trained).toMatchObject({ code: 0, stderr: "" });
    expect(trained.stdout).toContain("Species: 3 classes, since it is text");
    expect(trained.stdout).toMatch(/the commonest class accuracy .+; a linear model accuracy .+; this one accuracy/);
    const names = ["two", "permuted", "renamed", "missing-1", "missing-2"];
    const [two, permuted, renamed, first, second] = await Promise.all(
      names.map((name) => odenet(cwd, "predict", "m.safetensors", `penguins-${name}.csv`)),
    );
    expect(two?.stdout.trim().split("\n")).toHaveLength(3);
    expect(permuted?.stdout).toBe(two?.stdout);
    expect(renamed).toMatchObject({ code: 1, stdout: "" });
    expect(renamed?.stderr).toContain('"Beak Length (mm)"');
    expect(first?.stdout.split("\n")[1]).toBe(second?.stdout.split("\n")[1]);
    const report = JSON.parse((await odenet(cwd, "evaluate", "m.safetensors", "penguins.csv", "--json")).stdout);
    expect(report).toMatchObject({ examples: 344, classes: ["Adelie", "Chinstrap", "Gentoo"] });
    expect(report.recall).toHaveLength(3);
  });

  it("a table without a header remembers the label's place", async () => {
    const cwd = folder();
    expect((await odenet(cwd, "train", "wine.data", "--label", "0", "--epochs", "60", ...few.slice(2))).code).toBe(0);
    const { stdout } = await odenet(cwd, "predict", "m.safetensors", "wine.data");
    const counts = ["0", "1", "2"].map((k) => stdout.split("\n").filter((line) => line.startsWith(`${k},`)).length);
    for (const [k, right] of [59, 71, 48].entries()) expect(Math.abs((counts[k] ?? 0) - right)).toBeLessThan(6);
  });

  it("a rare class is learned from, and said", async () => {
    const weighted = ["--class-weight", "balanced", ...few];
    const { code, stdout } = await odenet(folder(), "train", "rare.csv", "--label", "species", ...weighted);
    expect(code).toBe(0);
    expect(stdout).toMatch(/"rara" has one row only, which is learned from and cannot be checked/);
  });

  it("numbers come in their own units, a line a row, with the columns that are kept", async () => {
    const cwd = folder();
    const trained = await odenet(cwd, "train", "age.csv", "--label", "age", ...few);
    expect(trained.stdout).toContain("age: regression, since it has 50 different whole numbers");
    const prices = Array.from(
      { length: 60 },
      (_, i) => `n${i},${i % 7},${i % 5},${1e6 + 100 * (i % 7) - 50 * (i % 5)}`,
    );
    const table = `name,rooms,age,price\n${prices.join("\n")}\n`;
    const home = scratchFolder({ "prices.csv": table });
    const flags = ["--task", "regression", "--learning-rate", "0.01", "--out", "m.safetensors"];
    const run = await odenet(home, "train", "prices.csv", ...flags);
    expect(run.stdout).toContain("name is left out: it has another value in every row");
    const later = "age,name,rooms\n2,x,3\n,y,1\n";
    const { stdout } = await odenetWith(later, home, "predict", "m.safetensors", "-", "--keep", "name");
    const [head, first = "", second = ""] = stdout.trim().split("\n");
    expect([head, first.split(",")[0], second.split(",")[0]]).toEqual(["name,price", "x", "y"]);
    expect(Math.abs(Number(first.split(",")[1]) - 1000200)).toBeLessThan(60);
  });
});
