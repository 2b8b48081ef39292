import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { epochLine, type Progress, progressLine } from "../../src/cli/start/progress.ts";
import { type LiveArea, progressReport } from "../../src/cli/start/progressReport.ts";
import type { Terminal } from "../../src/cli/start/terminal.ts";

const HALFWAY: Progress = {
  epoch: 2,
  epochs: 4,
  seen: 120_000,
  examples: 240_000,
  loss: 0.12345,
  validationAccuracy: 0.9712,
  examplesPerSecond: 51_234.4,
};

const terminal = (columns: number, colour = false): Terminal => ({ columns, colour, live: true });

test("a wide terminal shows everything", () => {
  expect(progressLine(HALFWAY, terminal(120))).toBe(
    `epoch 2/4 ${"━".repeat(15)}${"╌".repeat(15)}  50 %  loss 0.1235  validation 97.12 %  51,234 examples/s  3 s left`,
  );
});

test("a usual one drops the time left, and the bar takes the room", () => {
  expect(progressLine(HALFWAY, terminal(80))).toBe(
    "epoch 2/4 ━━━━━━╌╌╌╌╌╌  50 %  loss 0.1235  validation 97.12 %  51,234 examples/s",
  );
});

test("before the first validation there is none", () => {
  expect(progressLine({ ...HALFWAY, validationAccuracy: undefined }, terminal(120))).not.toContain("validation");
});

test("the line is never wider than the terminal, and the bar fills from empty to full", () => {
  for (let columns = 1; columns <= 140; columns++) {
    for (const seen of [0, 1, 60_000, 239_999, 240_000]) {
      for (const colour of [false, true]) {
        const line = stripVTControlCharacters(progressLine({ ...HALFWAY, seen }, terminal(columns, colour)));
        expect(line.length).toBeLessThanOrEqual(columns);
        if (seen === 0) expect(line).not.toContain("━");
        if (seen === 240_000) expect(line).not.toContain("╌");
      }
    }
  }
});

test("it never claims to be done before it is", () => {
  expect(progressLine({ ...HALFWAY, seen: 239_999 }, terminal(120))).toContain(" 99 %");
  expect(progressLine({ ...HALFWAY, seen: 240_000 }, terminal(120))).toContain(" 100 %");
});

test("the bar is coloured only where colours are wanted", () => {
  expect(progressLine(HALFWAY, terminal(80, true))).toContain("\u001b[32m━");
  expect(progressLine(HALFWAY, terminal(80, false))).not.toContain("\u001b");
});

test("a line that stays says what an epoch came to", () => {
  expect(epochLine(HALFWAY)).toBe("epoch 2/4  loss 0.1235  validation 97.12 %  51,234 examples/s");
});

test("in a file or a pipe there is one line an epoch and nothing else", () => {
  const lines: string[] = [];
  const report = progressReport(
    () => terminal(80),
    undefined,
    (line) => lines.push(line),
  );
  report.step(HALFWAY);
  report.epoch(HALFWAY);
  report.step({ ...HALFWAY, epoch: 3 });
  report.end();
  expect(lines).toEqual([epochLine(HALFWAY)]);
});

test("in a terminal it draws at most twenty times a second, keeps the epochs and tidies up", () => {
  const calls: string[] = [];
  const live: LiveArea = Object.assign((text: string) => void calls.push(`draw ${text.slice(0, 9)}`), {
    persist: (text: string) => void calls.push(`keep ${text.slice(0, 9)}`),
    clear: () => void calls.push("clear"),
    done: () => void calls.push("done"),
  });
  let time = 1000;
  const report = progressReport(
    () => terminal(80),
    live,
    () => {},
    () => time,
  );
  for (let i = 0; i < 10; i++, time += 10) report.step(HALFWAY);
  report.epoch(HALFWAY);
  report.end();
  expect(calls).toEqual(["draw epoch 2/4", "draw epoch 2/4", "keep epoch 2/4", "clear", "done"]);
});
