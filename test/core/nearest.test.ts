import { expect, it } from "vitest";
import { nearest } from "../../src/core/nearest.ts";

const known = ["learningRate", "batchSize", "epochs", "validation", "seed", "optimizer", "precision"];
const words = { learningRate: ["lr", "eta"], epochs: ["n_epochs", "iterations"] };

it.each([
  ["epoch", "epochs"],
  ["learning_rate", "learningRate"],
  ["lr", "learningRate"],
  ["n-epochs", "epochs"],
  ["batch_size", "batchSize"],
  ["bacthSize", "batchSize"],
  ["precison", "precision"],
  ["optimiser", "optimizer"],
  ["batch", "batchSize"],
])("%s was meant to be %s", (name, meant) => {
  expect(nearest(name, known, words)).toBe(meant);
});

it.each(["zzz", "q", "", "temperature"])("%j is near none", (name) => {
  expect(nearest(name, known, words)).toBeUndefined();
});
