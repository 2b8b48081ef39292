/** What the reader hands to the page: saved parameters, a picture; and the image sets beside it. */
import { messageOf } from "../../core/messageOf.ts";
import type { RemoteModel } from "../../worker/remoteModel.ts";
import type { Given } from "../compute/examples.ts";
import type { Folder } from "../compute/pictures.ts";
import { percent } from "../format.ts";
import { changed, type ImageSetName, imageSets, isImages, type State } from "../state.ts";
import type { Lab } from "./lab.ts";
import type { Session } from "./session.ts";

/** θ of a saved model, which must have the form of the present one. */
async function takeParameters(lab: Lab, model: RemoteModel | undefined, bytes: Uint8Array): Promise<void> {
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

/** Reads a table that was dropped or chosen. */
export const openTable = (session: Session, table: string): Promise<void> =>
  session.take({ data: "table" }, { table }, "Reading the table …");

/** Reads pictures that were dropped or chosen. */
export function openFolder(session: Session, folder: Folder): Promise<void> {
  const architecture = isImages(session.state.data) ? {} : ({ architecture: "convResNet" } as const);
  return session.take({ data: "pictures", ...architecture }, { folder }, `Reading ${folder.name} …`);
}

/** Takes θ from a saved model of the same form as the present one. */
export const openModel = (session: Session, bytes: Uint8Array): Promise<void> =>
  session.alter(async ({ model }) => {
    await takeParameters(session.lab, model, bytes);
    return { again: true, says: () => "The saved parameters are in place." };
  });

/** Twice the steps for the same network: θ(t) stays, and training goes on from it. */
export const refine = (session: Session): Promise<void> =>
  session.alter(async (made) => {
    const before = session.view;
    const state = session.fresh ? await made.refine() : undefined; // settings that are on their way come first
    if (!state) return undefined;
    const says = () => {
      const [then, now] = [before, session.view].map((seen) => percent(seen?.validation.accuracy));
      return `Twice the steps for the same θ(t): ${then} right with N = ${state.steps / 2}, ${now} with ${state.steps}.`;
    };
    return { state, again: false, says };
  });

/** Reads a picture that was dropped or chosen, to be classified. */
export async function openPicture(session: Session, file: Blob): Promise<void> {
  try {
    session.picture = await pictureFrom(file, session.state);
    session.say("");
  } catch (error) {
    session.say(messageOf(error), true);
  }
}

/** The model for other libraries. What cannot be written is said. */
export async function onnxOf(session: Session): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return session.model && (await session.lab.call("onnx", session.model));
  } catch (error) {
    session.say(messageOf(error), true);
    return undefined;
  }
}

function pictureFrom(file: Blob, { data }: State): Promise<ImageBitmap> {
  if (!isImages(data)) {
    throw new Error(
      "picture: expected MNIST, Fashion-MNIST or your pictures as the data, got others. Choose one of them first; for pictures to learn, drop a folder with a sub-folder for each class.",
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

/** What an address asks for, as far as it can be had: it holds neither table nor pictures. `gone` says what is missing. */
export function possible(state: State, given: Given): { state: State; gone?: string } {
  const what =
    state.data === "table" && given.table === undefined
      ? "table"
      : state.data === "pictures" && given.folder === undefined
        ? "pictures"
        : undefined;
  if (!what) return { state };
  const gone = `A link does not hold your ${what}: open ${what === "table" ? "it" : "them"} again. Spirals stand in.`;
  return { state: changed(state, { data: "spirals" }), gone };
}
