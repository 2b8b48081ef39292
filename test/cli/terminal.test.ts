import { expect, test } from "vitest";
import { duration } from "../../src/cli/start/numberText.ts";
import { terminalOf } from "../../src/cli/start/terminal.ts";

const TTY = { isTTY: true, columns: 100 };

test.each([
  ["a terminal", TTY, {}, { columns: 100, colour: true, live: true }],
  ["a pipe", {}, {}, { columns: 80, colour: false, live: false }],
  ["NO_COLOR", TTY, { NO_COLOR: "1" }, { columns: 100, colour: false, live: true }],
  ["an empty NO_COLOR, which means nothing", TTY, { NO_COLOR: "" }, { columns: 100, colour: true, live: true }],
  ["FORCE_COLOR in a pipe", {}, { FORCE_COLOR: "1" }, { columns: 80, colour: true, live: false }],
  [
    "NO_COLOR against FORCE_COLOR",
    {},
    { FORCE_COLOR: "1", NO_COLOR: "1" },
    { columns: 80, colour: false, live: false },
  ],
  [
    "a terminal that does not know its width",
    { isTTY: true, columns: 0 },
    {},
    { columns: 80, colour: true, live: false },
  ],
  ["a dumb terminal", TTY, { TERM: "dumb" }, { columns: 100, colour: false, live: false }],
])("%s", (_, output, env, expected) => {
  expect(terminalOf(output, env)).toEqual(expected);
});

test("a duration reads in seconds, then minutes", () => {
  expect([0, 0.2, 59, 60, 75.2].map(duration)).toEqual(["0 s", "1 s", "59 s", "1 min 0 s", "1 min 16 s"]);
});
