/** Flags that are options of optimizers. */
import { optimizers, updateEntries } from "../../optimizers/index.ts";
import { type Family, memberFlags } from "./members.ts";

const stated: Family = updateEntries;

export const optimizerFamily: Family = Object.fromEntries(
  Object.keys(optimizers).map((name) => [name, stated[name] ?? { options: {} }]),
);

export const optimizerFlags = memberFlags(optimizerFamily, {
  learningRate: "<η>",
  momentum: "<μ>",
  weightDecay: "<λ>",
});
