/** npm start: a network learns pictures in WebAssembly, on one core, and shows what it has learned. */
import { split } from "../../data/index.ts";
import { createModel } from "../../index.ts";
import { Failure } from "../failure.ts";
import { accuracyOf, confusionMatrix, drawConfusionMatrix } from "./confusionMatrix.ts";
import { MissingDigits } from "./digits.ts";
import { drawPictures } from "./drawPictures.ts";
import { chooseExamples } from "./examples.ts";
import { learn } from "./learn.ts";
import { liveArea } from "./liveArea.ts";
import { count, percent } from "./numberText.ts";
import { HELP, type StartOptions, startOptions, UsageError } from "./options.ts";
import { progressReport } from "./progressReport.ts";
import { SIDE, showcases } from "./showcase.ts";
import { terminalOf } from "./terminal.ts";

/** Pictures that are not learned from, so that the accuracy shown on the way is an honest one. */
const VALIDATION = 5000;
const INDENT = `\n${" ".repeat(9)}`;
const INTERRUPTED = 130; // what shells report after Ctrl-C

const say = (text = "") => console.log(text);
const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
const terminal = () => terminalOf(process.stdout, process.env);

/** Resolves to the exit code. */
async function start({ show, epochs, seed, data }: StartOptions): Promise<number> {
  const { title, things, read, network, networkText, batchSize, learningRate } = showcases[show];
  say(`${title} in WebAssembly, on one core.\n`);
  const { learning, test } = await read(data);
  const { training, validation } = split(learning, { validation: VALIDATION, seed });
  const { classes } = test;
  const model = await createModel(network(classes), { seed });
  say(`network  ${networkText.join(INDENT)}`);
  say(`         ${count(model.get().length)} parameters in ${model.precision === "f32" ? "float32" : "float64"}`);
  say(
    `${things.padEnd(8)} ${count(training.labels.length)} to learn from, ${count(validation.labels.length)} for validation, ${count(test.labels.length)} for the test\n`,
  );

  const interrupt = new AbortController();
  // Not once(): when its listener is gone, log-update takes the signal for unhandled and ends the process by itself.
  process.on("SIGINT", () => interrupt.abort());
  const report = progressReport(terminal, terminal().live ? liveArea(process.stdout) : undefined, say);
  const began = performance.now();
  const learned = { training, validation, epochs, seed, batchSize, learningRate, signal: interrupt.signal };
  const result = await learn(model, learned, report).finally(() => report.end());
  if (result.status === "stopped") {
    say("Stopped by Ctrl-C. Nothing was saved.");
    return INTERRUPTED;
  }
  if (result.status === "diverged") {
    say(`Training failed: ${result.reason}`);
    return 1;
  }
  say(`\ntrained in ${seconds(began)}`);

  const { classes: predicted, probabilities } = model.predict(test.features);
  if (!predicted || !probabilities) throw new Error("the network has no classes");
  const matrix = confusionMatrix(test.labels, predicted, classes.length);
  say(`test accuracy: ${percent(accuracyOf(matrix))}\n`);
  say(drawConfusionMatrix(matrix, classes, terminal()));

  const drawn = perRow(terminal().columns, classes);
  const { right, wrong } = chooseExamples(test, { classes: predicted, probabilities }, drawn);
  say(`\nTest ${things} that it recognises:\n`);
  say(drawPictures(right, terminal()));
  if (wrong.length > 0) {
    say("\nThe mistakes that it is surest of:\n");
    say(drawPictures(wrong, terminal()));
  }
  model.dispose();
  return 0;
}

/** One row of pictures of each kind, where the terminal is wide enough. */
function perRow(columns: number, classes: readonly string[]): number {
  const longest = Math.max(...classes.map((name) => `predicted ${name} (99.9 %)`.length));
  return Math.min(Math.max(Math.floor((columns + 2) / (Math.max(SIDE, longest) + 2)), 2), 5);
}

/** `npm start | head` closes the pipe: nothing is left to be said. */
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

try {
  const options = startOptions(process.argv.slice(2));
  if (options.help) say(HELP);
  else process.exitCode = await start(options);
} catch (error) {
  if (!(error instanceof UsageError || error instanceof MissingDigits || error instanceof Failure)) throw error;
  console.error(`npm start: ${error.message}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
