// For pages: the results, or the error, as a promise of this name.
import { scenario } from "./scenario.mjs";

globalThis.results = scenario();
