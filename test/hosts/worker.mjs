// For workers, in a module or a script: the results by message.
import { scenario } from "./scenario.mjs";

scenario().then(
  (results) => postMessage({ results }),
  (error) => postMessage({ error: String(error) }),
);
