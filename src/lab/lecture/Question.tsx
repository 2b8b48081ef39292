/** Predict first: of two sentences one is so. */
import { useEffect, useState } from "preact/hooks";
import type { Statement } from "../compute/lecturePage.ts";

interface QuestionProps {
  statement: Statement;
  /** Which of the two stands first. */
  turned: boolean;
  revealed: boolean;
  onAnswer: () => void;
}

export function Question({ statement: { text, other = "" }, turned, revealed, onAnswer }: QuestionProps) {
  const [chosen, choose] = useState<string>();
  useEffect(() => choose(undefined), [text]);
  const choices = turned ? [other, text] : [text, other];
  return (
    <fieldset class="question">
      <legend>{revealed ? "It is so:" : "Predict first: which is so?"}</legend>
      {choices.map((choice) => (
        <button
          key={choice}
          type="button"
          disabled={revealed}
          class={revealed ? (choice === text ? "so" : "not-so") : ""}
          onClick={() => {
            choose(choice);
            onAnswer();
          }}
        >
          {choice}
          {revealed && choice === text && " ✓"}
        </button>
      ))}
      {revealed && chosen !== undefined && (
        <p role="status">{chosen === text ? "As you said." : "It came out otherwise."}</p>
      )}
    </fieldset>
  );
}
