/** Where the command writes: results to stdout, remarks to stderr; with --json one object a line. */
import type { Evaluation } from "../model/model.ts";
import { percent } from "./start/numberText.ts";

export interface Output {
  readonly json: boolean;
  /** A line for people; nothing with --json. */
  say(line: string): void;
  /** An object for machines; nothing without --json. */
  tell(event: object): void;
}

export function outputOf({ json = false }: { json?: boolean }): Output {
  const write = (line: string) => void process.stdout.write(`${line}\n`);
  return {
    json,
    say: (line) => json || write(line),
    tell: (event) => json && write(JSON.stringify(event)),
  };
}

export const remark = (line: string): void => void process.stderr.write(`odenet: ${line}\n`);

/** "loss 0.1234, accuracy 97.12 %". */
export const evaluationText = ({ loss, accuracy }: Evaluation): string =>
  `loss ${loss.toPrecision(4)}${accuracy === undefined ? "" : `, accuracy ${percent(accuracy)}`}`;

/** The shortest decimals that read back as the same number of this precision. */
export function shortest(x: number, f32: boolean): string {
  if (!f32) return String(x);
  for (let digits = 1; digits < 9; digits++) {
    const text = Number(x.toPrecision(digits));
    if (Math.fround(text) === x) return String(text);
  }
  return String(Number(x.toPrecision(9)));
}

/** "1 example", "1,000 examples". */
export const counted = (n: number, word: string): string => `${n.toLocaleString("en-US")} ${word}${n === 1 ? "" : "s"}`;
