/** Reading files with sentences for what goes wrong, and writing them so that a crash never leaves half a file. */

import {
  accessSync,
  closeSync,
  constants,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import { codeOf, messageOf } from "../core/messageOf.ts";
import { Failure } from "./failure.ts";

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "does not exist",
  EISDIR: "is a folder",
  ENOTDIR: "lies in something that is no folder",
  EACCES: "may not be read",
  ENOSPC: "does not fit: the disk is full",
};

function reason(error: unknown): string {
  return REASONS[codeOf(error) ?? ""] ?? messageOf(error);
}

/** The whole file; "-" is the standard input. `hint` says what would be right, `subject` what the path was given as. */
export function readWhole(path: string, hint: string, subject = path): Uint8Array {
  try {
    return new Uint8Array(readFileSync(path === "-" ? 0 : path));
  } catch (error) {
    throw new Failure(`${subject}: expected a file, got one that ${reason(error)}. ${hint}`);
  }
}

export function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Before hours of work: whether a file can be written there. */
export function checkWritable(path: string, flag: string): void {
  const folder = dirname(resolve(path));
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    throw new Failure(
      `${flag} ${path}: expected a folder to write into, got ${folder}. Make it first, or name another.`,
    );
  }
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Failure(`${flag} ${path}: expected a file to write, got a folder. Name a file in it.`);
  }
}

/**
 * Writes beside the file, waits until the bytes are on the disk, and puts them in its place in one step: at every moment
 * `path` is the old file or the whole new one, also after a kill or a power failure.
 */
export function writeWhole(path: string, bytes: Uint8Array | string): void {
  const beside = `${path}.tmp`;
  try {
    const file = openSync(beside, "w");
    try {
      const data = typeof bytes === "string" ? Buffer.from(bytes) : bytes;
      for (let at = 0; at < data.length; ) at += writeSync(file, data, at);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw new Failure(
      `${path}: could not be written: ${reason(error).replace("may not be read", "may not be written")}.`,
    );
  }
  syncFolder(dirname(resolve(path)));
}

/** The new name itself must reach the disk. Windows cannot open folders, and needs no such thing. */
function syncFolder(path: string): void {
  try {
    const folder = openSync(path, "r");
    fsyncSync(folder);
    closeSync(folder);
  } catch {
    // The bytes are safe either way.
  }
}
