/** odenet/tables: tables as people have them, and the way from their columns to a model's numbers and back. */
export { encoderFromJSON } from "./description.ts";
export {
  type EncodedTable,
  type Encoder,
  type EncoderDescription,
  type EncoderOptions,
  fitEncoder,
} from "./encoder.ts";
export { takeRows } from "./rows.ts";
export { type Column, type Kind, readTable, type Table, type TableLike, type TableOptions } from "./table.ts";
export type { Target, Task } from "./target.ts";
