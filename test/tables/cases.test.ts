/** Iris, wine and penguins as people have them: test/fixtures/tables says in each name what is odd. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { fitEncoder, readTable, takeRows } from "../../src/tables/index.ts";
import { ROOT } from "../support/scratch.ts";

const bytes = (name: string) => readFileSync(join(ROOT, "test/fixtures/tables", name));
const read = (name: string) => readTable(bytes(name));
const iris = fitEncoder(read("comment.csv"));
const plain = iris.encode(read("comment.csv"));

/** Files that hold iris, whatever else: the features that come after those that are odd. */
const irises: Readonly<Record<string, { label?: string | number; before?: number; warning?: RegExp }>> = {
  "allnumhead.csv": { label: "2022" },
  "bools.csv": { label: "species", before: 1 },
  "comment.csv": { label: "species" },
  "currency.csv": { label: "species" },
  "duphead.csv": { label: "species", warning: /"sepal length": column 1 is "sepal length \(2\)"/ },
  "latin1.csv": { label: "Art" },
  "nohead.csv": { label: 4 },
  "numcat.csv": { label: "species", before: 1 },
  "offset.csv": { label: "species" },
  "rtable.csv": { label: "species", warning: /column 0 is left out: it has another value in every row/ },
  "sepline.csv": { label: "species" },
  "thousands.csv": { label: "species" },
  "trailing.csv": { label: "species" },
  "utf16.txt": { label: "species" },
  "ws2.txt": { label: "species" },
};

it.each(Object.entries(irises))("%s holds the numbers of iris", (name, { label, before = 0, warning = /^/ }) => {
  const table = read(name);
  const encoder = fitEncoder(table, label === undefined ? {} : { label });
  const { features, labels, rows, shape } = encoder.encode(table);
  expect(shape).toBe(4 + before);
  expect(rows).toHaveLength(150);
  expect(labels).toEqual(plain.labels);
  expect(encoder.warnings.join("; ")).toMatch(warning);
  for (let i = 0; i < 150; i++) {
    for (let k = 0; k < 4; k++) {
      const far = Math.abs((features[i * shape + before + k] as number) - (plain.features[4 * i + k] as number));
      expect(far).toBeLessThan(1e-6);
    }
  }
});

it("ä and ü of Latin-1 are read as such", () => {
  const table = read("latin1.csv");
  expect(table.columns.map(({ name }) => name)).toEqual(["Länge", "Breite", "Bl_Länge", "Bl_Breite", "Art"]);
  expect(fitEncoder(table).classes).toEqual(["gelb", "grün", "weiß"]);
});

it("a missing cell gets training's median, and an indicator", () => {
  const table = read("missXL.csv");
  const encoder = fitEncoder(table);
  expect(encoder.features).toContain("sepal length missing");
  const { features, shape } = encoder.encode(table);
  expect([features[1], features[shape + 1]]).toEqual([1, 0]);
});

it("one sentence for what cannot be learned or read", () => {
  expect(() => fitEncoder(read("oneclass.csv"))).toThrow(/got "setosa" in every row: there is nothing to learn/);
  expect(() => read("ragged.csv")).toThrow(/expected 5 cells in line 12 as in the first rows, got 4/);
  expect(() => readTable("")).toThrow(/at least 1 row of data, got an empty table/);
  expect(() => readTable("a,b\n")).toThrow(/got a header alone/);
  expect(() => readTable(Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0))).toThrow(/expected text, got other bytes/);
});

it("a class of one row is kept, and said; so are classes that differ in case", () => {
  expect(fitEncoder(read("rare.csv")).classes).toContain("rara");
  expect(fitEncoder(read("rare.csv")).warnings.join()).toMatch(/species: "rara" has one row only/);
  expect(fitEncoder(read("labelcase.csv")).warnings.join()).toMatch(/"SETOSA" and "setosa" are classes of their own/);
});

it("the task is told, and why", () => {
  expect(fitEncoder(read("age.csv")).target).toMatchObject({
    task: "regression",
    why: "since it has 50 different whole numbers",
  });
  expect(fitEncoder(read("wine.data"), { label: 0 }).target).toMatchObject({ task: "classification" });
  expect(fitEncoder(read("age.csv"), { task: "classification" }).outputs).toBe(50);
});

it("without a header, the label's place is remembered", () => {
  const encoder = fitEncoder(read("wine.data"), { label: 0 });
  const whole = read("wine.data");
  const rest = { ...whole, columns: whole.columns.slice(1) };
  expect(encoder.encode(rest).features).toEqual(encoder.encode(whole).features);
  expect(encoder.encode(rest).labels).toBeUndefined();
  expect(() => encoder.encode({ ...whole, columns: whole.columns.slice(2) })).toThrow(
    /expected 14 columns as in training, or 13/,
  );
});

it("columns are found by name, in any order; a renamed one is refused with the nearest name", () => {
  const encoder = fitEncoder(read("penguins.csv"), { label: "Species", drop: ["Island", "Sex"] });
  const two = encoder.encode(read("penguins-two.csv"));
  expect(encoder.encode(read("penguins-permuted.csv")).features).toEqual(two.features);
  expect(() => encoder.encode(read("penguins-renamed.csv"))).toThrow(
    /expected a column .*, got "Beak Length \(mm\)"\. Did you mean Beak Length mm\?/,
  );
  const [one, other] = ["penguins-missing-1.csv", "penguins-missing-2.csv"].map((name) => encoder.encode(read(name)));
  expect(one?.features.slice(0, encoder.inputs)).toEqual(other?.features.slice(0, encoder.inputs));
});

it("text where numbers were is refused, with the row", () => {
  const encoder = fitEncoder(read("comment.csv"));
  const table = readTable("sepal length,sepal width,petal length,petal width\n1,2,3,4\n1,long,3,4");
  expect(() => encoder.encode(table)).toThrow(/a number in column "sepal width", row 1, got "long"/);
});

it("fills and scales are those of training's rows", () => {
  const table = read("penguins.csv");
  const encoder = fitEncoder(takeRows(table, [0, 1, 2, 150, 151, 152, 300, 301]), { label: "Species" });
  const flipper = encoder.columns.find(({ name }) => name === "Flipper Length (mm)");
  const column = table.columns.find(({ name }) => name === "Flipper Length (mm)");
  const mean = [0, 1, 2, 150, 151, 152, 300, 301].reduce((sum, row) => sum + Number(column?.values[row]) / 8, 0);
  expect(flipper).toMatchObject({ centre: expect.closeTo(mean, 10) });
});
