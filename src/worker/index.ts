export { serveThread } from "../core/host/thread.ts";
export { type Connection, connect } from "./connect.ts";
export { createModel } from "./createModel.ts";
export type { RemoteFitOptions, RemoteModel } from "./remoteModel.ts";
export { type Functions, type ServeOptions, serve } from "./serve.ts";
