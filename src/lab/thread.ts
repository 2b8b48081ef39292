/** One of the threads that train a model of the lab's worker. */
import { serveThread } from "../core/host/thread.ts";

serveThread();
