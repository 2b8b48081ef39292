// For programs: the results as one line of JSON.
import { scenario } from "./scenario.mjs";

scenario().then(
  (results) => console.log(JSON.stringify(results)),
  (error) => {
    console.error(error);
    globalThis.process.exitCode = 1;
  },
);
