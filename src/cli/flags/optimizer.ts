/** Flags that are options of optimizers. */
import type { Rule } from "../../core/registry.ts";
import { optimizers } from "../../optimizers/index.ts";
import { type Family, memberFlags } from "./members.ts";

const learningRate: Rule = { kind: "number", label: "learning rate", from: 0 };
const weightDecay: Rule = { kind: "number", label: "weight decay", from: 0 };
const mu: Rule = { kind: "number", label: "μ", initial: 0.9, from: 0, below: 1 };
const nesterov: Rule = { kind: "boolean", label: "Nesterov's form" };

const stated: Family = {
  sgd: { options: { learningRate, weightDecay } },
  momentum: { options: { learningRate, weightDecay, momentum: mu, nesterov } },
  adam: { options: { learningRate, weightDecay } },
  adamW: { options: { learningRate, weightDecay } },
};

export const optimizerFamily: Family = Object.fromEntries(
  Object.keys(optimizers).map((name) => [name, stated[name] ?? { options: {} }]),
);

export const optimizerFlags = memberFlags(optimizerFamily, {
  learningRate: "<η>",
  momentum: "<μ>",
  weightDecay: "<λ>",
});
