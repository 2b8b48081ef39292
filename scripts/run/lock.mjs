// One preparation at a time: a folder is the lock, since making a folder is atomic on every file system.
import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const POLL = 200;
const HEARTBEAT = 5_000;
const SILENT_TOO_LONG = 60_000; // no heartbeat for a minute: the owner is gone, or its number belongs to another process
const WRITING_OWNER = 5_000; // between making the folder and writing who made it

/** Runs `work` while holding the lock `folder`; `waiting(pid)` is called once if another process holds it. */
export async function withLock(folder, work, waiting) {
  mkdirSync(dirname(folder), { recursive: true });
  let told = false;
  while (!take(folder)) {
    if (isStale(folder)) {
      breakLock(folder);
      continue;
    }
    if (!told) waiting(owner(folder)?.pid);
    told = true;
    await sleep(POLL);
  }
  const heartbeat = setInterval(() => touch(folder), HEARTBEAT);
  heartbeat.unref();
  const release = () => rmSync(folder, { recursive: true, force: true });
  process.on("exit", release);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    process.off("exit", release);
    release();
  }
}

function take(folder) {
  try {
    mkdirSync(folder);
  } catch (error) {
    // Windows answers EPERM while the folder is being removed.
    if (error.code === "EEXIST" || (error.code === "EPERM" && process.platform === "win32")) return false;
    throw error;
  }
  writeFileSync(join(folder, "owner.json"), JSON.stringify({ pid: process.pid, host: hostname() }));
  return true;
}

function owner(folder) {
  try {
    return JSON.parse(readFileSync(join(folder, "owner.json"), "utf8"));
  } catch {
    return undefined;
  }
}

function silence(folder) {
  try {
    return Date.now() - statSync(folder).mtimeMs;
  } catch {
    return 0; // released just now
  }
}

function isStale(folder) {
  const who = owner(folder);
  if (!who) return silence(folder) > WRITING_OWNER;
  return (who.host === hostname() && !isAlive(who.pid)) || silence(folder) > SILENT_TOO_LONG;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM"; // alive, and somebody else's
  }
}

/** Only one waiter may break a lock, and it looks again first: otherwise a second one could remove the first one's new lock. */
function breakLock(folder) {
  const breaking = `${folder}.breaking`;
  if (silence(breaking) > WRITING_OWNER) rmSync(breaking, { recursive: true, force: true });
  try {
    mkdirSync(breaking);
  } catch {
    return;
  }
  try {
    if (isStale(folder)) rmSync(folder, { recursive: true, force: true });
  } finally {
    rmSync(breaking, { recursive: true, force: true });
  }
}

function touch(folder) {
  try {
    const now = new Date();
    utimesSync(folder, now, now);
  } catch {
    // The folder was removed by hand: the work goes on, unguarded.
  }
}
