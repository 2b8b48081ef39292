/** A CSV table or a picture from a file: dropped anywhere on the page, or chosen. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Session } from "../session.ts";

export async function openFile(session: Session, file: File | undefined): Promise<void> {
  if (file?.type.startsWith("image/")) await session.openPicture(file);
  else if (file) await session.openTable(file.name, await file.text());
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
        void openFile(session, event.dataTransfer?.files[0]);
      }}
    >
      {children}
      {over && (
        <div class="drop-hint" aria-hidden="true">
          Drop a CSV table: features in columns, the class in the last one; or a picture to classify
        </div>
      )}
    </div>
  );
}
