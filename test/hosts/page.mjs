// For pages: the results, or the error, as a promise of this name. `?alone`: without a worker that the page's policy forbids.
import { inWorker, scenario } from "./scenario.mjs";

const withWorker = async () => ({ ...(await scenario()), "f32, worker": await inWorker() });
const alone = typeof location === "object" && location.search === "?alone";

globalThis.results = alone ? scenario() : withWorker();
