// Loaded by the page, and by the page's worker from the same bundle.
import { gradientFlow } from "../../src/analysis/index.ts";
import { peaks } from "../../src/data/index.ts";
import { connect, serve } from "../../src/worker/index.ts";
import { options, small, training } from "./worker.ts";

const functions = {
  gradientFlow,
  fail() {
    setTimeout(() => {
      throw new Error("told to fail");
    });
  },
};

async function inPage() {
  const connection = connect<typeof functions>(() => new Worker(import.meta.url, { type: "module" }));
  const data = peaks({ examples: 200, seed: 1 });
  const model = await connection.createModel(small, options);
  let broken = false;
  const { status } = await model.fit(data, {
    ...training,
    checkpointInterval: 0,
    onCheckpoint() {
      if (broken) return;
      broken = true;
      connection.call("fail").catch(() => {});
    },
  });
  const flow = await connection.call("gradientFlow", model, data);
  return { broken, status, theta: Array.from(await model.get()), layers: flow.length };
}

export type InPage = Awaited<ReturnType<typeof inPage>>;

function inWorker(): undefined {
  serve(functions);
  return undefined;
}

export default typeof document === "undefined" ? inWorker() : inPage();
