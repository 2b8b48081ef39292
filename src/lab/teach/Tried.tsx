/** What the network takes a picture for: of the camera, again and again, or of a file. */

import { useEffect, useState } from "preact/hooks";
import { messageOf } from "../../core/messageOf.ts";
import { FileInput } from "../FileInput.tsx";
import { percent } from "../format.ts";
import type { Session } from "../session/session.ts";
import type { Camera } from "./camera.ts";

/** Milliseconds between two questions. */
const EVERY = 200;
/** Below that the answer is a guess. */
const SURE = 0.6;

export function Tried({ session, camera }: { session: Session; camera: Camera | undefined }) {
  const [shares, setShares] = useState<Float64Array>();
  const [problem, setProblem] = useState("");
  const classes = session.parts?.training.classes ?? [];
  const ask = async (file: Blob | undefined): Promise<void> => {
    const { model, state } = session;
    if (!file || !model || !session.fresh) return;
    try {
      setShares(await session.lab.call("recognise", model as never, file, state));
      setProblem("");
    } catch (error) {
      setProblem(messageOf(error));
    }
  };
  const { picture } = session;
  useEffect(() => {
    if (picture) void fileOf(picture).then(ask);
  }, [picture, session.sight.looks]);
  useEffect(() => {
    if (!camera?.on) return;
    let over = false;
    void (async () => {
      while (!over) {
        await ask(await camera.take());
        await new Promise((resolve) => setTimeout(resolve, EVERY));
      }
    })();
    return () => {
      over = true;
    };
  }, [camera?.on, session.model]);
  const best = shares ? shares.indexOf(Math.max(...shares)) : -1;
  const sure = (shares?.[best] ?? 0) >= SURE;
  return (
    <div class="tried">
      <FileInput label="A picture" accept="image/*" onFiles={([file]) => void ask(file)} />
      {shares && (
        <ol class="shares" aria-label="Probabilities">
          {classes.map((label, k) => (
            <li key={label} class={k === best && sure ? "best" : ""} style={{ "--share": shares[k] ?? 0 }}>
              <span>{label}</span>
              <span>{percent(shares[k])}</span>
            </li>
          ))}
        </ol>
      )}
      <p class="note" role="status">
        {problem || (shares ? (sure ? `Taken for ${classes[best]}.` : "Not sure: perhaps none of these.") : "")}
      </p>
    </div>
  );
}

async function fileOf(picture: ImageBitmap): Promise<Blob> {
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  canvas.getContext("2d")?.drawImage(picture, 0, 0);
  return canvas.convertToBlob();
}
