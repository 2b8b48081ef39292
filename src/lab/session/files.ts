/** What the reader hands to the page: saved parameters, a picture; and the image sets beside it. */
import type { RemoteModel } from "../../worker/remoteModel.ts";
import { type ImageSetName, imageSets, isImageSet, type State } from "../state.ts";
import type { Lab } from "./lab.ts";

/** θ of a saved model, which must have the form of the present one. */
export async function takeParameters(lab: Lab, model: RemoteModel | undefined, bytes: Uint8Array): Promise<void> {
  const loaded = await lab.modelFromBytes(bytes);
  const shapes = (model: RemoteModel | undefined) => JSON.stringify(model?.parameters);
  try {
    if (shapes(loaded) !== shapes(model)) {
      throw new Error(
        "open: expected a model of the form that is set (layers, width, steps, classes), got another. Set the same and open it again.",
      );
    }
    await model?.set(await loaded.get());
  } finally {
    await loaded.dispose();
  }
}

/** A picture to be classified. */
export function pictureFrom(file: Blob, { data }: State): Promise<ImageBitmap> {
  if (!isImageSet(data)) {
    throw new Error(
      "picture: expected MNIST or Fashion-MNIST as the data, got others. Choose one of them first; for pictures to learn, drop a folder with a sub-folder for each class.",
    );
  }
  return createImageBitmap(file).catch(() => {
    throw new Error("picture: expected a file that this browser shows, got another. Take a PNG or JPEG file.");
  });
}

/** Those whose files are beside the page. */
export async function imageSetsHere(): Promise<readonly ImageSetName[]> {
  const files: string[] = await fetch("data.json")
    .then((answer) => answer.json())
    .catch(() => []);
  return imageSets.filter((name) => files.includes(`${name}/images`));
}
