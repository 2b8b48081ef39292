/** A CSV table, a folder of pictures, or a picture: dropped anywhere on the page, or chosen. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { openFolder, openPicture, openTable } from "../session/files.ts";
import type { Session } from "../session/session.ts";

export async function openFile(session: Session, file: File | undefined): Promise<void> {
  if (file?.type.startsWith("image/")) await openPicture(session, file);
  else if (file) await openTable(session, await file.text());
}

async function openDropped(session: Session, { items, files }: DataTransfer): Promise<void> {
  const file = files[0];
  // Entries and files are there while the event is.
  const entries = Array.from(items, (item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (!entries.some((entry) => entry.isDirectory)) return openFile(session, file);
  const { droppedFolder } = await import("../folder.ts");
  await openFolder(session, await droppedFolder(entries));
}

export function TableDrop({ session, children }: { session: Session; children: ComponentChildren }) {
  const [over, setOver] = useState(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut; the button in the settings does the same.
    <div
      class={over ? "drop over" : "drop"}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        if (event.dataTransfer) void openDropped(session, event.dataTransfer);
      }}
    >
      {children}
      {over && (
        <div class="drop-hint" aria-hidden="true">
          Drop a CSV table: features in columns, the class in the last one; a folder of pictures, with a sub-folder for
          each class; or a picture to classify
        </div>
      )}
    </div>
  );
}
