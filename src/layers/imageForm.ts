/**
 * The two forms of an image in a recording: plain features, one row (channel, row, column) an example, as at the API; and rows
 * of channels, one an example and position, as the kernels of images want it. A tensor's columns tell which it is.
 */
import { OdenetError } from "../core/errors.ts";
import type { CallRecorder, Tensor } from "../core/recording/tensor.ts";
import { toFeatures, toImage } from "../operations/images.ts";
import { type FeatureShape, featureCount, type ImageShape, isImage } from "./shape.ts";

/** Rows of channels. */
export function asImage(record: CallRecorder, y: Tensor, [channels]: ImageShape): Tensor {
  return y.columns === channels ? y : toImage(record, y, channels);
}

/** Rows of features. */
export function asFeatures(record: CallRecorder, y: Tensor, shape: FeatureShape): Tensor {
  if (!isImage(shape) || y.columns === featureCount(shape)) return y;
  return toFeatures(record, y, shape[1] * shape[2]);
}

/** The input of a layer that reads images; throws `shape` where there is none. */
export function imageInput(input: FeatureShape, where: string): ImageShape {
  if (isImage(input)) return input;
  throw new OdenetError(
    "shape",
    `${where}: expected an image [channels, height, width], got ${input} features. Describe the network's input as [channels, height, width], and flatten() after the layers for images.`,
  );
}
