export { euler } from "./euler.ts";
