/** (features n × …, labels n) → data: two arrays of a file format as one data set. */
import { OdenetError } from "../core/errors.ts";
import type { Dataset } from "./dataset.ts";
import type { Tensor } from "./elements.ts";

/**
 * Joins features of shape `[n, n_f]`, `[n, height, width]` or `[n, channels, height, width]` with labels of shape
 * `[n]` (or `[n, 1]`), class indices from 0. Bytes stay bytes and float32 float32; other types become float64. The
 * classes are named "0", "1", … up to the largest label unless told. Throws `shape`, `length` and `label`.
 */
export function pairTensors(
  where: string,
  features: Tensor,
  labels: Tensor,
  classes?: readonly string[],
): Dataset & { features: Uint8Array | Float32Array | Float64Array; labels: Uint8Array | Int32Array } {
  const [n, ...each] = features.shape;
  if (n === undefined || each.length < 1 || each.length > 3) {
    throw new OdenetError(
      "shape",
      `${where}: expected features of 2 to 4 dimensions (examples first), got ${features.shape.length}. Images are examples × height × width, tables examples × columns.`,
    );
  }
  if (features.values.length === 0) {
    throw new OdenetError(
      "length",
      `${where}: expected at least one example with features, got ${features.shape.join(" × ")} numbers. Is the file empty?`,
    );
  }
  const flat = labels.shape.length === 1 || (labels.shape.length === 2 && labels.shape[1] === 1);
  if (!flat) {
    throw new OdenetError(
      "shape",
      `${where}: expected labels of 1 dimension, got ${labels.shape.join(" × ")}. Is that the images' file?`,
    );
  }
  if (labels.values.length !== n) {
    throw new OdenetError(
      "length",
      `${where}: expected ${n} labels, one an example, got ${labels.values.length}. Take both files from the same set (train or t10k).`,
    );
  }
  const most = classes ? classes.length - 1 : 9999;
  let largest = -1;
  labels.values.forEach((label: number, i: number) => {
    if (!Number.isInteger(label) || label < 0 || label > most) {
      throw new OdenetError(
        "label",
        `${where}: expected labels to be whole numbers from 0 to ${most}, got ${label} for example ${i}. Check the file${classes ? " and the list of classes" : ""}.`,
      );
    }
    largest = Math.max(largest, label);
  });
  const { values } = features;
  const kept = values instanceof Uint8Array || values instanceof Float32Array || values instanceof Float64Array;
  const [first, second, third] = each as [number, number?, number?];
  return {
    features: kept ? values : Float64Array.from(values),
    labels: labels.values instanceof Uint8Array ? labels.values : Int32Array.from(labels.values),
    classes: classes ?? Array.from({ length: largest + 1 }, (_, i) => String(i)),
    shape: second === undefined ? first : third === undefined ? [1, first, second] : [first, second, third],
  };
}
