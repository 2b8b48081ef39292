/** One page of the course at a time, in large type: a title, the figures, and what to see, hidden until asked for. */

import { useEffect, useState } from "preact/hooks";
import { nth } from "../../core/nth.ts";
import type { ThemeName } from "../../plots/index.ts";
import { csv, download, flattened } from "../download.ts";
import { useLatest } from "../experiments/useLatest.ts";
import { Figure } from "../Figure.tsx";
import type { Lab } from "../session/lab.ts";

/** The course's order. */
export const pages = [
  "ode-crash-course",
  "stability-region",
  "antisymmetric",
  "step-size",
  "depth-is-time",
  "vanishing-gradients",
  "initialization",
  "path-planning",
  "objective-surface",
  "landscape",
  "gradient-test",
  "depth-vs-width",
  "generalisation",
  "architectures",
] as const;

export function LectureView({ lab, theme, page }: { lab: Lab; theme: ThemeName; page: string }) {
  const at = Math.max(0, pages.indexOf(page as (typeof pages)[number]));
  const name = nth(pages, at);
  const [revealed, setRevealed] = useState(false);
  const { value, error, waiting } = useLatest(
    async () => ({ name, ...(await lab.call("lecturePage", name, theme)) }),
    `${name} ${theme}`,
  );
  const shown = value?.name === name ? value : undefined;
  const address = (k: number) => `#/lecture/${pages[(k + pages.length) % pages.length]}`;

  useEffect(() => setRevealed(false), [name]);
  useEffect(() => {
    const turn = (event: KeyboardEvent) => {
      if (event.target instanceof HTMLInputElement || event.altKey || event.ctrlKey || event.metaKey) return;
      if (event.key === "ArrowRight" || event.key === "PageDown") location.hash = address(at + 1);
      if (event.key === "ArrowLeft" || event.key === "PageUp") location.hash = address(at - 1);
    };
    addEventListener("keydown", turn);
    return () => removeEventListener("keydown", turn);
  }, [at]);

  return (
    <article class="lecture" aria-busy={waiting}>
      <nav class="turn" aria-label="Pages">
        <a href={address(at - 1)} aria-label="Previous page">
          ←
        </a>
        <span>
          {at + 1} / {pages.length}
        </span>
        <a href={address(at + 1)} aria-label="Next page">
          →
        </a>
      </nav>
      <h1>{shown?.title ?? "…"}</h1>
      {error && (
        <p class="message failed" role="alert">
          {error}
        </p>
      )}
      {!shown && !error && (
        <p class="note" role="status">
          Computing this page in your browser …
        </p>
      )}
      {shown && (
        <>
          <div class="answer">
            <button type="button" aria-expanded={revealed} onClick={() => setRevealed(!revealed)}>
              {revealed ? "Hide what to see" : "Predict first, then show what to see"}
            </button>
            {revealed && <p>{shown.see}</p>}
          </div>
          {Object.entries(shown.figures).map(([figure, svg]) => (
            <Figure key={figure} title={figure.replaceAll("-", " ")} svg={svg} />
          ))}
          <p class="note">
            The numbers behind the figures:
            <button
              type="button"
              class="link"
              onClick={() => download(`${name}.json`, JSON.stringify(shown.numbers, null, 2), "application/json")}
            >
              as JSON
            </button>
            <button
              type="button"
              class="link"
              onClick={() => download(`${name}.csv`, csv(flattened(shown.numbers)), "text/csv")}
            >
              as CSV
            </button>
          </p>
        </>
      )}
    </article>
  );
}
