import { describe, expect, it } from "vitest";
import { type CsvOptions, readCsv } from "../../src/data/index.ts";
import { errorOf } from "./errors.ts";

const iris = `sepal,petal,species
5.1,1.4,setosa
7.0,4.7,versicolor
6.3,6.0,virginica
4.9,1.4,setosa
`;
const read = {
  features: Float64Array.of(5.1, 1.4, 7, 4.7, 6.3, 6, 4.9, 1.4),
  labels: Int32Array.of(0, 1, 2, 0),
  classes: ["setosa", "versicolor", "virginica"],
  shape: 2,
  columns: ["sepal", "petal"],
};

describe("readCsv", () => {
  it.each([
    ["a header and class names in the last column", iris],
    ["CRLF", iris.replaceAll("\n", "\r\n")],
    ["CR alone", iris.replaceAll("\n", "\r")],
    ["no newline at the end", iris.trimEnd()],
    ["blank lines", `\n\n${iris.replaceAll("\n", "\n \n")}`],
    ["a byte-order mark", `\uFEFF${iris}`],
    ["quotes everywhere", iris.replace(/[^,\n]+/g, '"$&"')],
    ["blanks around cells", iris.replaceAll(",", " , ")],
    ["tabs", iris.replaceAll(",", "\t")],
    ["semicolons", iris.replaceAll(",", ";")],
    ["bars", iris.replaceAll(",", "|")],
    ["UTF-8 bytes", new TextEncoder().encode(`\uFEFF${iris}`)],
  ])("reads a table with %s", (_, text) => {
    expect(readCsv(text)).toEqual(read);
  });

  it("counts the columns of a table without header", () => {
    const columns = ["column 0", "column 1"];
    expect(readCsv(iris.slice(iris.indexOf("\n") + 1))).toEqual({ ...read, columns });
    expect(readCsv(iris.slice(iris.indexOf("\n") + 1), { header: false })).toEqual({ ...read, columns });
  });

  it("reads a header of numbers when told", () => {
    expect(readCsv("1,2,3\n4,5,6\n", { header: true })).toMatchObject({ columns: ["1", "2"], classes: ["6"] });
    expect(readCsv("1,2,3\n4,5,6\n").features).toEqual(Float64Array.of(1, 2, 4, 5));
  });

  it("takes the label from any column, by name or by number", () => {
    const text = "class,x,y\na,1,2\nb,3,4\n";
    const expected = { features: Float64Array.of(1, 2, 3, 4), labels: Int32Array.of(0, 1), columns: ["x", "y"] };
    expect(readCsv(text, { label: "class" })).toMatchObject(expected);
    expect(readCsv(text, { label: 0 })).toMatchObject(expected);
  });

  it("takes chosen features in the given order", () => {
    const text = "id,x,y,class\nu1,1,2,a\nu2,3,4,b\n";
    const data = readCsv(text, { features: ["y", 1] });
    expect(data.features).toEqual(Float64Array.of(2, 1, 4, 3));
    expect(data).toMatchObject({ columns: ["y", "x"], shape: 2 });
  });

  it("reads a table without labels", () => {
    expect(readCsv("x,y\n1,2\n3,4\n", { label: null })).toEqual({
      features: Float64Array.of(1, 2, 3, 4),
      labels: new Int32Array(0),
      shape: 2,
      columns: ["x", "y"],
    });
    expect(readCsv("1\n2\n", { label: null }).features).toEqual(Float64Array.of(1, 2));
  });

  it("understands quotes: delimiters, quotation marks and newlines in a cell", () => {
    const data = readCsv('x,class\n1,"a, ""b"""\n2,"two\nlines"\n3,"a, ""b"""\n');
    expect(data.classes).toEqual(['a, "b"', "two\nlines"]);
    expect(data.labels).toEqual(Int32Array.of(0, 1, 0));
  });

  it.each<[string, number]>([
    ["1", 1],
    ["-1.5", -1.5],
    ["+.5", 0.5],
    ["5.", 5],
    ["1e3", 1000],
    ["-2.5E-3", -0.0025],
    ["0.1", 0.1],
    ["1e-400", 0],
  ])("reads the number %s", (cell, value) => {
    expect(readCsv(`${cell},a`).features).toEqual(Float64Array.of(value));
  });

  it.each(["0x10", "1_000", "1 2", "--1", "1e", ".", "e5", "Infinity", "1e999", "true", "12px"])(
    "refuses %s as a number",
    (cell) => {
      const error = errorOf(() => readCsv(`x,class\n1,a\n${cell},b\n`));
      expect(error.code).toBe("value");
      expect(error.message).toBe(
        `readCsv: expected a finite number in line 3, column "x", got ${JSON.stringify(cell)}. Encode it as a number, leave the column out with features.`,
      );
    },
  );

  it("reads decimal commas when told, and says so when not", () => {
    const text = "x;y;class\n1,5;2;a\n-0,25;3;b\n";
    expect(readCsv(text, { decimal: "," }).features).toEqual(Float64Array.of(1.5, 2, -0.25, 3));
    expect(errorOf(() => readCsv(text)).message).toContain('or set decimal: ","');
    expect(errorOf(() => readCsv("1.234;a\n", { decimal: ",", header: false })).code).toBe("value");
  });

  describe("labels", () => {
    it.each<[string, string[], string[], number[]]>([
      ["whole numbers, by size", ["10", "2", "2", "-1"], ["-1", "2", "10"], [2, 1, 1, 0]],
      ["names, by character code", ["b", "a", "B", "ä"], ["B", "a", "b", "ä"], [2, 1, 0, 3]],
      ["names and numbers", ["x", "2", "10"], ["2", "10", "x"], [2, 0, 1]],
    ])("are classes for %s", (_, labels, classes, indices) => {
      const data = readCsv(labels.map((label) => `1,${label}\n`).join(""));
      expect(data.classes).toEqual(classes);
      expect(data.labels).toEqual(Int32Array.from(indices));
    });

    it("are targets for fractions, for more than 100 numbers, and when told", () => {
      expect(readCsv("1,0.5\n2,3\n")).toMatchObject({ labels: Float64Array.of(0.5, 3) });
      const many = Array.from({ length: 101 }, (_, i) => `1,${i}\n`).join("");
      expect(readCsv(many).labels).toBeInstanceOf(Float64Array);
      expect(readCsv(many).classes).toBeUndefined();
      expect(readCsv(many, { task: "classification" }).classes).toHaveLength(101);
      expect(readCsv("1,0\n2,1\n", { task: "regression" }).labels).toEqual(Float64Array.of(0, 1));
    });

    it("follow the given classes", () => {
      expect(readCsv("1,b\n2,a\n", { classes: ["b", "a", "c"] })).toMatchObject({
        labels: Int32Array.of(0, 1),
        classes: ["b", "a", "c"],
      });
    });

    it("name line and column of one that is not among them", () => {
      const error = errorOf(() => readCsv("x,kind\n1,b\n2,d\n", { classes: ["b", "a"] }));
      expect(error.code).toBe("label");
      expect(error.message).toBe(
        'readCsv: expected one of the classes b, a in line 3, column "kind", got "d". Add it to classes.',
      );
    });

    it("must be numbers for regression", () => {
      expect(errorOf(() => readCsv("x,y\n1,2\n2,d\n", { task: "regression" })).message).toBe(
        'readCsv: expected a finite number as target in line 3, column "y", got "d". Class names need task: "classification".',
      );
    });
  });

  describe("missing values", () => {
    const text = "x,y,class\n1,2,a\n,4,b\n5,NA,a\n6,8,\n";
    const without = text.replace("6,8,\n", "");

    it("are an error by default", () => {
      const error = errorOf(() => readCsv(text));
      expect(error.code).toBe("value");
      expect(error.message).toBe(
        'readCsv: expected a finite number in line 3, column "x", got a missing value "". Say what to do about missing values, e.g. missing: "mean" or "drop".',
      );
    });

    it("become the column's mean, or a number", () => {
      expect(readCsv(without, { missing: "mean" }).features).toEqual(Float64Array.of(1, 2, 3, 4, 5, 3));
      expect(readCsv(without, { missing: -1 }).features).toEqual(Float64Array.of(1, 2, -1, 4, 5, -1));
    });

    it("drop their rows, for the label too", () => {
      expect(readCsv(text, { missing: "drop" })).toMatchObject({
        features: Float64Array.of(1, 2),
        labels: Int32Array.of(0),
        classes: ["a"],
      });
    });

    it.each(["error", "mean", 0] as const)("are an error in the label with %s", (missing) => {
      const error = errorOf(() => readCsv("x,class\n1,a\n2,?\n", { missing }));
      expect(error.code).toBe("label");
      expect(error.message).toBe(
        'readCsv: expected a label in line 3, column "class", got "?". Drop such rows with missing: "drop".',
      );
    });

    it("have no mean in a column without numbers", () => {
      expect(errorOf(() => readCsv("x,class\n?,a\n,b\n", { missing: "mean" })).message).toContain(
        'readCsv: expected a number somewhere in column "x", got missing values only.',
      );
    });

    it("have a mean for numbers near the largest one", () => {
      expect(readCsv("1e308,a\n1e308,b\n?,a\n", { missing: "mean" }).features[2]).toBe(1e308);
    });
  });

  it.each<[string, string, CsvOptions, string, string]>([
    ["an empty table", "", {}, "file", "readCsv: expected at least 1 row of data, got an empty table."],
    ["blank lines only", "\n \n\n", {}, "file", "got an empty table."],
    ["a header alone", "x,class\n", {}, "file", "got none after the header or after dropping rows."],
    [
      "a short row",
      "x,y,class\n1,2,a\n3,b\n",
      {},
      "file",
      "readCsv: expected 3 cells in line 3 as in the first row, got 2.",
    ],
    ["a long row", "x,class\n1,a\n\n3,b,\n", {}, "file", "expected 2 cells in line 4 as in the first row, got 3."],
    ["a row after a cell of two lines", 'x,class\n1,"a\nb"\n3\n', {}, "file", "expected 2 cells in line 4"],
    [
      "an open quote",
      'x,class\n1,a\n2,"b\n3,c\n',
      {},
      "file",
      "at the end of a cell, got none in the record that begins on line 3.",
    ],
    [
      "a quote inside quotes",
      'x,class\n1,"a"b"\n',
      {},
      "file",
      "got one within it in the record that begins on line 2.",
    ],
    [
      "one column",
      "x\n1\n",
      {},
      "option",
      "readCsv: expected at least 1 column of features besides the label, got none.",
    ],
    [
      "an unknown name",
      iris,
      { label: "kind" },
      "name",
      'readCsv: expected label to be one of the 3 columns (sepal, petal, species), got "kind".',
    ],
    [
      "an unknown number",
      iris,
      { label: 3 },
      "name",
      "expected label to be one of the 3 columns (sepal, petal, species), got 3.",
    ],
    ["a negative number", iris, { label: -1 }, "name", "got -1."],
    [
      "an unknown feature",
      iris,
      { features: ["stem"] },
      "name",
      'expected features to be one of the 3 columns (sepal, petal, species), got "stem".',
    ],
    [
      "a name without header",
      "1,a\n",
      { label: "class" },
      "name",
      'one of the 2 columns, which have no names, got "class".',
    ],
    [
      "a name that comes twice",
      "x,x,c\n1,2,a\n",
      { label: "x" },
      "name",
      'got "x", the name of several. Count it from 0 instead, e.g. 0.',
    ],
    ["the label as feature", iris, { features: ["sepal", "species"] }, "option", 'got the label "species" among them.'],
    ["no features", iris, { features: [] }, "option", "got none."],
    [
      "a delimiter of two characters",
      iris,
      { delimiter: "::" },
      "option",
      'readCsv: expected delimiter to be "auto" or one character, got "::".',
    ],
    ["a quotation mark as delimiter", iris, { delimiter: '"' }, "option", "expected delimiter"],
    [
      "an unknown way with missing values",
      iris,
      { missing: "skip" as never },
      "option",
      'readCsv: expected missing to be "error", "mean", "drop" or a number, got "skip".',
    ],
    ["NaN for missing values", iris, { missing: Number.NaN }, "option", "expected missing"],
    ["a class twice", iris, { classes: ["a", "a"] }, "option", "readCsv: expected classes to be different names"],
    ["an unknown task", iris, { task: "guess" as never }, "option", "readCsv: expected task to be"],
    ["an unknown header option", iris, { header: "yes" as never }, "option", "readCsv: expected header to be"],
    ["an unknown decimal sign", iris, { decimal: "'" as never }, "option", "readCsv: expected decimal to be"],
  ])("refuses %s", (_, text, options, code, sentence) => {
    const error = errorOf(() => readCsv(text, options));
    expect(error.message).toContain(sentence);
    expect(error.code).toBe(code);
  });

  it("refuses bytes that are no text", () => {
    expect(errorOf(() => readCsv(Uint8Array.of(0xff, 0xfe, 0x31))).message).toBe(
      "readCsv: expected text in UTF-8, got other bytes. Save the table as CSV with UTF-8 encoding.",
    );
  });

  it("reads a million cells quickly", () => {
    const line = `${Array.from({ length: 100 }, (_, i) => (i * 37) % 256).join(",")},7\n`;
    const start = performance.now();
    const { features, shape } = readCsv(line.repeat(10000));
    expect([features.length, shape]).toEqual([1_000_000, 100]);
    expect(performance.now() - start).toBeLessThan(3000);
  });
});
