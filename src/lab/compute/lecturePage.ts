/** One experiment of the course with its figures and numbers. */
import { OdenetError } from "../../core/errors.ts";
import { experiments } from "../../experiments/index.ts";

export async function lecturePage(name: string, theme: "light" | "dark") {
  const experiment = Object.hasOwn(experiments, name) ? experiments[name] : undefined;
  if (!experiment) throw new OdenetError("name", `lecture: expected a page of the course, got ${name}.`);
  const { figures, numbers } = await experiment.run({ seed: 0, quick: true, theme });
  return { title: experiment.title, see: experiment.see, figures, numbers };
}
