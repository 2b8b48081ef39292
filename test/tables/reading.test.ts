import { gzipSync } from "node:zlib";
import { tableFromArrays } from "apache-arrow";
import { expect, it } from "vitest";
import { encoderFromJSON, fitEncoder, readTable } from "../../src/tables/index.ts";

const look = (source: Parameters<typeof readTable>[0], options = {}) =>
  Object.fromEntries(readTable(source, options).columns.map(({ name, values }) => [name, [...values]]));

it.each([
  ["commas", "a,b\n1,x\n2,y"],
  ["semicolons", "a;b\n1;x\n2;y"],
  ["tabs, CR", "a\tb\r1\tx\r2\ty\r"],
  ["bars, CRLF, BOM", "\uFEFFa|b\r\n1|x\r\n2|y\r\n"],
  ["blanks", "  a   b\n  1   x\n 2 y  "],
  ["quotes", 'a,b\n"1","x"\n"2",y'],
  ["a # above, and names behind one", "# made by hand\n# a b\n1 x\n2 y"],
  ["JSON", '[{"a":1,"b":"x"},{"a":2,"b":"y"}]'],
  ["JSON columns", '{"a":[1,2],"b":["x","y"]}'],
  ["JSON within an object", '{"made":"today","rows":[{"a":1,"b":"x"},{"a":2,"b":"y"}]}'],
  ["NDJSON", '{"a":1,"b":"x"}\n{"b":"y","a":2}\n'],
])("%s", (_, text) => {
  const expected = { a: [1, 2], b: ["x", "y"] };
  expect(look(text)).toEqual(expected);
  expect(look(new TextEncoder().encode(text))).toEqual(expected);
  expect(look(gzipSync(text))).toEqual(expected);
});

it("rows, columns and tables of Arrow", () => {
  const expected = { a: [1, 2], b: ["x", "y"] };
  expect(
    look([
      { a: 1, b: "x" },
      { b: "y", a: 2 },
    ]),
  ).toEqual(expected);
  expect(
    look([
      ["a", "b"],
      [1, "x"],
      [2, "y"],
    ]),
  ).toEqual(expected);
  expect(look({ a: [1, 2], b: ["x", "y"] })).toEqual(expected);
  expect(look(tableFromArrays({ a: [1, 2], b: ["x", "y"] }))).toEqual(expected);
});

it.each([
  ["1.5", 1.5],
  ["1,051.5", 1051.5],
  ["$5.10", 5.1],
  ["5.1 €", 5.1],
  ["-$3", -3],
  ["(3.50)", -3.5],
  ["12%", 12],
  ["1e-3", 0.001],
  ["1 000 000", 1e6],
  ["\u22125", -5],
  ["inf", Number.POSITIVE_INFINITY],
])("%s is %d", (cell, value) => {
  expect(look(`a;b\n${cell};x\n2;y`).a).toEqual([value, 2]);
});

it("a decimal comma where a column makes sense with it alone", () => {
  expect(look("a;b\n1,5;x\n1.051,25;y")).toEqual({ a: [1.5, 1051.25], b: ["x", "y"] });
  expect(look("a;b\n1,500;x\n2,500;y", { decimal: "," }).a).toEqual([1.5, 2.5]);
});

it.each(["", "NA", "n/a", "#N/A", "None", "-", "?", "NaN", "null", "#DIV/0!"])("%j is a gap", (word) => {
  expect(look(`a,b\n${word},x\n2,${word}\n3,z`)).toEqual({ a: [Number.NaN, 2, 3], b: ["x", null, "z"] });
});

it("words for a gap of one's own", () => {
  expect(look("a,b\n-9,x\n2,y", { gaps: ["-9"] }).a).toEqual([Number.NaN, 2]);
});

it.each([
  ["2024-03-01", "2024-03-01"],
  ["2024/3/1", "2024-03-01"],
  ["01.03.2024", "2024-03-01"],
  ["3/25/2024", "2024-03-25"],
  ["Mar 1 2024", "2024-03-01"],
  ["1 March 2024", "2024-03-01"],
  ["2024-03-01 14:05", "2024-03-01T14:05:00"],
  ["3/25/2024 2:05 pm", "2024-03-25T14:05:00"],
])("%s is a date", (cell, iso) => {
  const [column] = readTable(`a,b\n${cell},1\n${cell},2`).columns;
  expect(column).toMatchObject({ kind: "date", values: [iso, iso] });
});

it("the order of day and month is training's", () => {
  const training = readTable("when,y\n3/25/2024,1.5\n4/1/2024,2.5\n5/2/2024,3.5");
  const encoder = fitEncoder(training);
  const [days] = encoder.encode(readTable("when\n4/1/2024")).features;
  expect(days).toBe(encoder.encode(training).features[encoder.inputs]);
});

it("kinds of columns", () => {
  const rows = Array.from({ length: 40 }, (_, i) => ({
    id: i + 1,
    name: `person ${i}`,
    open: i % 2 ? "yes" : "no",
    town: ["Ulm", "Bonn"][i % 2],
    said: `a long sentence number ${i} that nobody has said before in this place`,
    size: i / 7,
  }));
  const kinds = readTable(rows).columns.map(({ name, kind }) => [name, kind]);
  expect(Object.fromEntries(kinds)).toEqual({
    id: "id",
    name: "id",
    open: "boolean",
    town: "category",
    said: "text",
    size: "number",
  });
});

it("an encoder comes back from its description", () => {
  const table = readTable(
    "when,town,n,open,y\n2024-01-01,Ulm,1,yes,a\n2024-02-01,Bonn,,no,b\n2024-03-01,Ulm,3,yes,a\n2024-03-02,Bonn,4,no,b",
  );
  const encoder = fitEncoder(table);
  const again = encoderFromJSON(JSON.stringify(encoder));
  expect(again.encode(table)).toEqual(encoder.encode(table));
  expect(JSON.stringify(again)).toBe(JSON.stringify(encoder));
});

it.each([
  ["{", /encoder: expected JSON/],
  [{}, /encoder\.format/],
  [
    { format: 1, named: true, width: 2, decimal: ".", columns: [{ name: "a", kind: "thing" }] },
    /columns\[0\]\.kind: expected one of number/,
  ],
  [
    { format: 1, named: true, width: 2, decimal: ".", columns: [{ name: "a", kind: "number", scale: 0 }] },
    /columns\[0\]\.fill/,
  ],
])("a description that is none: %j", (json, sentence) => {
  expect(() => encoderFromJSON(json)).toThrow(sentence);
});

it("a category that training did not have is said", () => {
  const encoder = fitEncoder(readTable("town,y\nUlm,1\nUlm,2\nBonn,1\nBonn,2\nKiel,1\nKiel,2".replace("y", "level")), {
    task: "classification",
  });
  const { features, warnings } = encoder.encode(readTable("town\nUlm\nRom"));
  expect([...features]).toEqual([0, 0, 1, 0, 0, 0]);
  expect(warnings.join()).toMatch(/town: "Rom" did not occur in training/);
});
