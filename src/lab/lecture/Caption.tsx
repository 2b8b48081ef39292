/** What is to be seen in the figures: hidden until it is asked for. */
import type { Statement } from "../compute/lecturePage.ts";
import { Question } from "./Question.tsx";

interface CaptionProps {
  statements: readonly Statement[];
  /** The number of the figure, so that each has its own question. */
  at: number;
  revealed: boolean;
  notes: boolean;
  onTurn: () => void;
}

export function Caption({ statements, at, revealed, notes, onTurn }: CaptionProps) {
  const asked = statements.filter(({ other }) => other);
  const question = asked[at % Math.max(1, asked.length)];
  return (
    <div class="caption">
      {question && <Question statement={question} turned={at % 2 === 1} revealed={revealed} onAnswer={onTurn} />}
      {(!question || revealed) && (
        <button type="button" class="turn-caption" aria-expanded={revealed} onClick={onTurn}>
          {revealed ? "Hide what to see" : "Predict first, then show what to see"}
        </button>
      )}
      {revealed &&
        statements
          .filter((statement) => statement !== question)
          .map(({ text, note }) => (
            <p key={text}>
              {text}
              {notes && note && <span class="note"> ({note})</span>}
            </p>
          ))}
    </div>
  );
}
