/** The loss by name, or the one that suits the labels. */
import type { Dataset } from "../../data/index.ts";
import { type Loss, lossEntries, lossEntry, losses } from "../../losses/index.ts";
import { Failure, usage } from "../failure.ts";
import { member } from "./member.ts";

/** The losses for classes, or for numbers. */
const suited = (classes: boolean): readonly string[] =>
  Object.entries(lossEntries)
    .filter(([, { labels }]) => (labels !== "rows") === classes)
    .map(([name]) => name);

/** With the number of scores it needs. */
export function chooseLoss(
  name: string | undefined,
  { classes, labels }: Dataset,
  path: string,
): { loss: Loss; outputs: number } {
  if (classes?.length === 1) {
    throw new Failure(
      `${path}: expected at least 2 classes, got 1 (${classes[0]}). Is that the column of the labels? Choose it with --label.`,
    );
  }
  const [usual = ""] = suited(classes !== undefined);
  const kind = member(losses, name ?? usual, "--loss");
  const { labels: taken } = lossEntry(kind);
  const [forClasses, two] = [taken !== "rows", taken === "binary"];
  if (!classes && forClasses)
    throw usage(`--loss ${kind}: needs classes, and the labels are numbers. Use ${suited(false).join(" or ")}.`);
  if (classes && !forClasses)
    throw usage(
      `--loss ${kind}: needs numbers as labels, and these are classes. Read them as numbers with --task regression.`,
    );
  if (two && classes?.length !== 2)
    throw usage(`--loss ${kind}: needs 2 classes, got ${classes?.length}. Use ${usual}.`);
  return { loss: losses[kind](), outputs: two || !classes || labels.length === 0 ? 1 : classes.length };
}
