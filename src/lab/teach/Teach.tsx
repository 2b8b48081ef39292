/** Teach it your own: pictures of some classes from camera or files, learn, and try it live. */
import { useEffect, useState } from "preact/hooks";
import { openFolder } from "../session/files.ts";
import type { Session } from "../session/session.ts";
import { ClassRow } from "./ClassRow.tsx";
import { useCamera } from "./camera.ts";
import { Tried } from "./Tried.tsx";

export interface Taught {
  readonly name: string;
  readonly pictures: readonly Blob[];
}

/** Milliseconds between two pictures while a button is held. */
const SHUTTER = 120;
const ENOUGH = 5;

export function Teach({ session }: { session: Session }) {
  const [classes, setClasses] = useState<readonly Taught[]>([
    { name: "first", pictures: [] },
    { name: "second", pictures: [] },
  ]);
  const [recording, record] = useState<number>();
  const camera = useCamera();
  const add = (k: number, pictures: readonly Blob[]) =>
    setClasses((before) =>
      before.map((one, i) => (i === k ? { ...one, pictures: [...one.pictures, ...pictures] } : one)),
    );
  const rename = (k: number, name: string) =>
    setClasses((before) => before.map((one, i) => (i === k ? { ...one, name } : one)));

  useEffect(() => {
    if (recording === undefined) return;
    const timer = setInterval(async () => {
      const picture = await camera.take();
      if (picture) add(recording, [picture]);
    }, SHUTTER);
    return () => clearInterval(timer);
  }, [recording, camera.on]);

  const names = classes.map(({ name }) => name.trim());
  const missing = classes.find(({ pictures }) => pictures.length < ENOUGH);
  const why =
    new Set(names).size < names.length || names.includes("")
      ? "Give every class a name of its own."
      : missing
        ? `“${missing.name}” has ${missing.pictures.length} of at least ${ENOUGH} pictures.`
        : "";
  const learn = async () => {
    const files = classes.flatMap(({ name, pictures }, label) =>
      pictures.map((file, k) => ({ path: `${name}/${k}.jpg`, label, file })),
    );
    await openFolder(session, { name: "your pictures", classes: names, files });
    if (!session.failed) {
      await session.setPace(Number.POSITIVE_INFINITY);
      await session.play();
    }
  };
  return (
    <section class="panel teach" aria-label="Teach it your own">
      <div class="panel-head">
        <h2>Teach it your own</h2>
        <button type="button" class="link" aria-pressed={camera.on} onClick={camera.turn}>
          {camera.on ? "Camera off" : "Camera on"}
        </button>
      </div>
      {camera.on && <video ref={camera.video} class="camera" muted playsInline aria-label="What the camera sees" />}
      {camera.problem && (
        <p class="message failed" role="alert">
          {camera.problem}
        </p>
      )}
      <ol class="steps">
        <li>
          <strong>Show.</strong> Some pictures of each class.
          {classes.map((one, k) => (
            <ClassRow
              key={String(k)}
              taught={one}
              camera={camera.on}
              onName={(name) => rename(k, name)}
              onFiles={(files) => add(k, files)}
              onHold={(held) => record((now) => (held ? k : now === k ? undefined : now))}
              onEmpty={() => setClasses(classes.map((old, i) => (i === k ? { ...old, pictures: [] } : old)))}
            />
          ))}
          <button
            type="button"
            class="link"
            onClick={() => setClasses([...classes, { name: `class ${classes.length + 1}`, pictures: [] }])}
          >
            Another class
          </button>
        </li>
        <li>
          <strong>Learn.</strong> The pictures stay on this machine.{" "}
          <button type="button" disabled={why !== ""} onClick={() => void learn()}>
            Learn these
          </button>
          <p class="note" role="status">
            {why}
          </p>
        </li>
        <li>
          <strong>Try.</strong>{" "}
          {session.state.data === "pictures" ? (
            <Tried session={session} camera={camera} />
          ) : (
            <span class="note">Once it has learnt.</span>
          )}
        </li>
      </ol>
    </section>
  );
}
