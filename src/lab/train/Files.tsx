/** A table or pictures of the reader's own. */
import { openFolder } from "../session/files.ts";
import type { Session } from "../session/session.ts";
import { openFile } from "./TableDrop.tsx";

export function Files({ session }: { session: Session }) {
  return (
    <>
      <label class="file">
        Open a CSV table
        <input
          type="file"
          accept=".csv,.tsv,.txt,text/csv"
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            event.currentTarget.value = "";
            void openFile(session, file);
          }}
        />
      </label>
      <label class="file">
        Open a folder of pictures
        <input
          type="file"
          {...{ webkitdirectory: true }}
          onChange={(event) => {
            const files = Array.from(event.currentTarget.files ?? []);
            event.currentTarget.value = "";
            if (files.length > 0) void openChosen(session, files);
          }}
        />
      </label>
    </>
  );
}

async function openChosen(session: Session, files: readonly File[]): Promise<void> {
  const { chosenFolder } = await import("../folder.ts");
  await openFolder(session, chosenFolder(files));
}
