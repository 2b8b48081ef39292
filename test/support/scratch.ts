import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";

/** The folder of this package. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export type Files = Record<string, string | Uint8Array>;

const folders: string[] = [];

// Of the whole file: which of several tests that run at once has ended, a hook of one test does not know.
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** A folder of its own with these files, removed when the file's tests are over. */
export function scratchFolder(files: Files = {}): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "odenet-test-")));
  folders.push(folder);
  addFiles(folder, files);
  return folder;
}

export function addFiles(folder: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** Copies files and folders of this package to the same places in `folder`. */
export function copyFromRoot(folder: string, ...paths: string[]): void {
  for (const path of paths) cpSync(join(ROOT, path), join(folder, path), { recursive: true });
}

/** The package's own dependencies, without installing them again. */
export function linkDependencies(folder: string): void {
  symlinkSync(realpathSync(join(ROOT, "node_modules")), join(folder, "node_modules"), "junction");
}
