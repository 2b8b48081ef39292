/** A table or pictures of the reader's own. */
import { FileInput } from "../FileInput.tsx";
import { openFolder } from "../session/files.ts";
import type { Session } from "../session/session.ts";
import { openFile } from "./TableDrop.tsx";

export function Files({ session }: { session: Session }) {
  return (
    <>
      <FileInput
        label="Open a CSV table"
        accept=".csv,.tsv,.txt,text/csv"
        onFiles={([file]) => void openFile(session, file)}
      />
      <FileInput
        label="Open a folder of pictures"
        folder
        onFiles={(files) => files.length > 0 && void openChosen(session, files)}
      />
    </>
  );
}

async function openChosen(session: Session, files: readonly File[]): Promise<void> {
  const { chosenFolder } = await import("../folder.ts");
  await openFolder(session, chosenFolder(files));
}
