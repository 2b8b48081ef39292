export { type AugmentOptions, augment } from "./augment.ts";
export { type BatchOptions, batches } from "./batches.ts";
export { cifar10Classes, readCifar10 } from "./cifar10.ts";
export { type CirclesOptions, circles } from "./circles.ts";
export { type CsvDataset, type CsvOptions, readCsv } from "./csv.ts";
export { countExamples, type Dataset, type Features, type Labels, selectExamples } from "./dataset.ts";
export type { ElementType, Tensor, Values } from "./elements.ts";
export { ellipsePoint, ellipses, ellipsesFrom } from "./ellipses.ts";
export { type FoldOptions, kFold } from "./folds.ts";
export { type ArrowColumn, type ArrowDataset, type ArrowOptions, type ArrowTable, fromArrow } from "./fromArrow.ts";
export type { Generator, GeneratorOptions, Points } from "./generator.ts";
export * from "./generators.ts";
export { fashionMnistClasses, readIdx, readIdxImages } from "./idx.ts";
export { readNpy } from "./npy.ts";
export {
  type ObservationOptions,
  type Observations,
  type Observed,
  observations,
  type SegmentOptions,
  segments,
} from "./observations.ts";
export { pairTensors } from "./pair.ts";
export { type PeaksGrid, peaks, peaksClass, peaksFunction, peaksGrid } from "./peaks.ts";
export { fromPictures, type Picture, type PictureOptions } from "./picture.ts";
export { isPictureName } from "./pictureName.ts";
export { isPictureFile, readPicture } from "./readPicture.ts";
export { rebatch } from "./rebatch.ts";
export { type SpiralsOptions, spiralPoint, spirals } from "./spirals.ts";
export { type SplitOptions, split } from "./split.ts";
export { readStl10, stl10Classes } from "./stl10.ts";
export { swissRoll, swissRollPoint } from "./swissRoll.ts";
export { type TexturesOptions, textures } from "./textures.ts";
