import { trainingHashes } from "./trainingHashes.ts";

export default trainingHashes();
