/** The course: its pages in order, and one experiment of it with its figures, its numbers and what is to be said of them. */
import { OdenetError } from "../../core/errors.ts";
import { type Experiment, experiments, type Findings } from "../../experiments/index.ts";

export interface CoursePage {
  readonly name: string;
  readonly title: string;
}

/** What holds of a run, and what was to be expected instead. */
export interface Statement {
  readonly text: string;
  /** The other answer to the question which of the two is so. */
  readonly other?: string;
  /** Numbers behind it. */
  readonly note?: string;
}

/** As experiments give them: of the two sentences the one is printed that is so. */
interface Claim {
  readonly text: string;
  readonly holds: boolean;
  readonly otherwise: string;
  readonly measured?: unknown;
  readonly expected?: unknown;
}

/** Figures are drawn that narrow: enlarged to a projector, their type is large. Of several side by side each is so wide. */
const WIDTH = 230;

export const course = (): readonly CoursePage[] =>
  Object.values(experiments).map(({ name, title }) => ({ name, title }));

export async function lecturePage(name: string, theme: "light" | "dark") {
  const experiment = Object.hasOwn(experiments, name) ? experiments[name] : undefined;
  if (!experiment) throw new OdenetError("name", `lecture: expected a page of the course, got ${name}.`);
  const findings = await experiment.run({ seed: 0, quick: true, theme, width: WIDTH });
  const { numbers } = findings;
  const figures = await broad(experiment, findings.figures, theme);
  const { claims = [] } = findings as typeof findings & { readonly claims?: readonly Claim[] };
  const { see } = experiment as typeof experiment & { readonly see?: string };
  const statements: readonly Statement[] = claims.length > 0 ? claims.map(statementOf) : see ? [{ text: see }] : [];
  return { title: experiment.title, statements, figures, numbers };
}

/** Single figures that become columns at that width are drawn broad. */
async function broad(experiment: Experiment, figures: Findings["figures"], theme: "light" | "dark") {
  const tall = Object.keys(figures).filter((name) => isColumn(figures[name] ?? ""));
  if (tall.length === 0) return figures;
  const wide = await experiment.run({ seed: 0, quick: true, theme, width: BROAD });
  return { ...figures, ...Object.fromEntries(tall.map((name) => [name, wide.figures[name] ?? ""])) };
}

const BROAD = 640;

function isColumn(svg: string): boolean {
  const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? [];
  return svg.lastIndexOf("<svg") === 0 && Number(height) > 1.6 * Number(width);
}

function statementOf({ text, holds, otherwise, measured, expected }: Claim): Statement {
  const note = [
    measured === undefined ? "" : `measured: ${shown(measured)}`,
    expected === undefined ? "" : `expected: ${shown(expected)}`,
  ];
  return { text: holds ? text : otherwise, other: holds ? otherwise : text, note: note.filter(Boolean).join("; ") };
}

const shown = (value: unknown): string =>
  typeof value === "number"
    ? String(Number(value.toPrecision(4)))
    : typeof value === "string"
      ? value
      : JSON.stringify(value);
