/** The course on a screen: one figure at a time, what to see hidden until asked for. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { nth } from "../../core/nth.ts";
import type { ThemeName } from "../../plots/index.ts";
import { csv, download, flattened } from "../download.ts";
import type { Route } from "../route.ts";
import type { Lab } from "../session/lab.ts";
import { Caption } from "./Caption.tsx";
import { actionOf } from "./keys.ts";
import { Printed } from "./Printed.tsx";
import { Slide } from "./Slide.tsx";
import { screensOf } from "./screens.ts";
import { useAbreast } from "./useAbreast.ts";
import { type Page, useCourse } from "./useCourse.ts";

/** The figure that an address asks for, from 0. */
const figureIn = (text: string): number => Math.max(0, (Number(new URLSearchParams(text).get("figure")) || 1) - 1);

interface LectureProps {
  /** Makes a worker of its own. */
  another: () => Lab;
  theme: ThemeName;
  route: Route;
}

export function LectureView({ another, theme, route }: LectureProps) {
  const { pages, shown, error, all } = useCourse(another, route.page, theme);
  const [revealed, setRevealed] = useState(false);
  const [notes, setNotes] = useState(false);
  const [printed, setPrinted] = useState<readonly Page[]>();
  const [printing, setPrinting] = useState("");
  const contents = useRef<HTMLDetailsElement>(null);
  const screen = useRef<HTMLElement>(null);
  const page = Math.max(
    0,
    pages.findIndex(({ name }) => name === route.page),
  );
  const abreast = useAbreast();
  const screens = useMemo(() => (shown ? screensOf(shown, abreast) : []), [shown, abreast]);
  const at = Math.min(figureIn(route.text), Math.max(0, screens.length - 1));
  const slide = screens[at];

  useEffect(() => setRevealed(false), [route.page, route.text]);

  const address = (k: number, figure = 0): string =>
    pages.length === 0
      ? "#/lecture"
      : `#/lecture/${nth(pages, (k + pages.length) % pages.length).name}${figure > 0 ? `?figure=${figure + 1}` : ""}`;
  const next = at + 1 < screens.length ? address(page, at + 1) : address(page + 1);
  const previous = at > 0 ? address(page, at - 1) : address(page - 1);
  const fullScreen = () =>
    document.fullscreenElement ? void document.exitFullscreen() : void screen.current?.requestFullscreen?.();
  useEffect(() => {
    const act = (event: KeyboardEvent) => {
      const action = actionOf(event);
      if (action === "next") location.hash = next;
      else if (action === "previous") location.hash = previous;
      else if (action === "first") location.hash = address(0);
      else if (action === "reveal") setRevealed(!revealed);
      else if (action === "contents" && contents.current) contents.current.open = !contents.current.open;
      else if (action === "full screen") fullScreen();
      else if (action === "notes") setNotes(!notes);
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", act);
    return () => removeEventListener("keydown", act);
  });
  useEffect(() => {
    if (!printed) return;
    const done = () => setPrinted(undefined);
    addEventListener("afterprint", done, { once: true });
    window.print();
    return () => removeEventListener("afterprint", done);
  }, [printed]);
  const print = async () => {
    const found = await all((done) => setPrinting(`Computing page ${done} of ${pages.length} …`));
    setPrinting("");
    setPrinted(found);
  };

  return (
    <article class="lecture" ref={screen} aria-busy={!shown && !error}>
      <div class="lecture-bar">
        <details class="contents" ref={contents}>
          <summary>
            Contents <kbd>C</kbd>
          </summary>
          <ol>
            {pages.map(({ name, title }, k) => (
              <li key={name}>
                <a
                  href={address(k)}
                  aria-current={k === page ? "page" : undefined}
                  onClick={() => contents.current?.removeAttribute("open")}
                >
                  {title}
                </a>
              </li>
            ))}
          </ol>
        </details>
        <h1>{shown?.title ?? pages[page]?.title ?? "…"}</h1>
        <span class="place">
          {page + 1} / {Math.max(1, pages.length)}
          {screens.length > 1 && `, screen ${at + 1} of ${screens.length}`}
        </span>
        <nav class="turn" aria-label="Pages">
          <a href={previous} aria-label="Previous page">
            ←
          </a>
          <a href={next} aria-label="Next page">
            →
          </a>
        </nav>
        <button type="button" class="quiet" onClick={fullScreen}>
          Full screen <kbd>F</kbd>
        </button>
      </div>
      {error && (
        <p class="message failed" role="alert">
          {error}
        </p>
      )}
      {!shown && !error && (
        <p class="computing" role="status">
          Computing this page in your browser …
        </p>
      )}
      {slide && <Slide screen={slide} />}
      {shown && (
        <Caption
          statements={shown.statements}
          at={at}
          revealed={revealed}
          notes={notes}
          onTurn={() => setRevealed(!revealed)}
        />
      )}
      {shown && (
        <p class="lecture-foot">
          Space shows what to see, arrows turn.
          <button
            type="button"
            class="link"
            onClick={() =>
              download(`${route.page || "page"}.json`, JSON.stringify(shown.numbers, null, 2), "application/json")
            }
          >
            Numbers as JSON
          </button>
          <button
            type="button"
            class="link"
            onClick={() => download(`${route.page || "page"}.csv`, csv(flattened(shown.numbers)), "text/csv")}
          >
            as CSV
          </button>
          <button type="button" class="link" onClick={() => void print()}>
            Print the course
          </button>
          <span role="status">{printing}</span>
        </p>
      )}
      {printed && <Printed pages={printed} />}
    </article>
  );
}
