/** A folder of the reader's, chosen or dropped, as pictures with a class each: the sub-folder that they lie in. */
import { nth } from "../core/nth.ts";
import { isPictureName } from "../data/pictureName.ts";
import type { Folder } from "./compute/pictures.ts";

/** A file with its path below the folder. */
interface Found {
  readonly path: string;
  readonly file: File;
}

/** Classes and pictures in the order of their names, as the command takes them. What lies beside the sub-folders is no example. */
export function folderOf(name: string, found: readonly Found[]): Folder {
  const pictures = found
    .map(({ path, file }) => ({ path, file, class: path.includes("/") ? nth(path.split("/"), 0) : "" }))
    .filter((one) => one.class !== "" && isPictureName(one.path))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const classes = [...new Set(pictures.map((one) => one.class))].sort();
  return {
    name,
    classes,
    files: pictures.map(({ path, file, class: of }) => ({ path, file, label: classes.indexOf(of) })),
  };
}

/** Of `<input webkitdirectory>`: paths begin with the folder's own name. */
export function chosenFolder(files: readonly File[]): Folder {
  const all = files.map((file) => ({ path: file.webkitRelativePath.replace(/^[^/]*\//, ""), file }));
  return folderOf(files[0]?.webkitRelativePath.split("/")[0] ?? "folder", all);
}

/** What was dropped: a folder, or several, a class each. */
export async function droppedFolder(entries: readonly FileSystemEntry[]): Promise<Folder> {
  const [first] = entries;
  if (entries.length !== 1) return folderOf("folders", await filesIn(entries, ""));
  return folderOf(first?.name ?? "", await filesIn(first && isDirectory(first) ? await contents(first) : [], ""));
}

const isDirectory = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;
const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;

async function filesIn(entries: readonly FileSystemEntry[], above: string): Promise<Found[]> {
  const found: Found[] = [];
  for (const entry of entries) {
    const path = `${above}${entry.name}`;
    if (isDirectory(entry)) found.push(...(await filesIn(await contents(entry), `${path}/`)));
    else if (isFile(entry)) found.push({ path, file: await new Promise((done, fail) => entry.file(done, fail)) });
  }
  return found;
}

/** A reader gives some hundred entries at a time, and none in the end. */
async function contents(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
    if (some.length === 0) return all;
    all.push(...some);
  }
}
