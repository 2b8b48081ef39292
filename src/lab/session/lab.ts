/** The page's connection to its worker. */
import { type Connection, connect } from "../../worker/connect.ts";
import type { functions } from "../worker.ts";

export type Lab = Connection<typeof functions>;

export const makeLab = (): Lab =>
  connect<typeof functions>(() => new Worker(new URL("./lab.worker.js", import.meta.url), { type: "module" }));
