/** The course's pages, computed in a worker of their own, kept once they are there; leaving the lecture ends it. */
import { useEffect, useState } from "preact/hooks";
import { messageOf } from "../../core/messageOf.ts";
import type { ThemeName } from "../../plots/index.ts";
import type { CoursePage, lecturePage } from "../compute/lecturePage.ts";
import type { Lab } from "../session/lab.ts";

export type Page = Awaited<ReturnType<typeof lecturePage>>;

interface Course {
  readonly pages: readonly CoursePage[];
  readonly shown: Page | undefined;
  readonly error: string;
  /** All pages, one after another. */
  all(told: (done: number) => void): Promise<readonly Page[]>;
}

/** Pages outlive the view: coming back finds them. */
const kept = new Map<string, Page>();
let list: readonly CoursePage[] = [];

const keyOf = (name: string, theme: ThemeName): string => `${name} ${theme}`;

export function useCourse(another: () => Lab, wanted: string, theme: ThemeName): Course {
  const [lab, setLab] = useState<Lab>();
  const [, told] = useState(0);
  const [error, setError] = useState("");
  useEffect(() => {
    const made = another();
    setLab(made);
    return () => made.close();
  }, [another]);
  const name = list.some((page) => page.name === wanted) ? wanted : list[0]?.name;

  useEffect(() => {
    if (!lab) return;
    let over = false;
    setError("");
    const ask = async (page: string): Promise<void> => {
      const key = keyOf(page, theme);
      if (kept.has(key) || over) return;
      const found = await lab.call("lecturePage", page, theme);
      kept.set(key, found);
      if (!over) told((n) => n + 1);
    };
    void (async () => {
      try {
        if (list.length === 0) {
          list = await lab.call("course");
          if (!over) told((n) => n + 1);
        }
        const at = Math.max(
          0,
          list.findIndex((page) => page.name === wanted),
        );
        const [now, next] = [list[at], list[at + 1]];
        if (now) await ask(now.name);
        if (next) await ask(next.name); // so that it is there when it is turned to
      } catch (problem) {
        if (!over) setError(messageOf(problem));
      }
    })();
    return () => {
      over = true;
    };
  }, [lab, wanted, theme]);

  const other: ThemeName = theme === "light" ? "dark" : "light";
  // In the other colours until it is there in these.
  const shown = name === undefined ? undefined : (kept.get(keyOf(name, theme)) ?? kept.get(keyOf(name, other)));
  const all = async (say: (done: number) => void): Promise<readonly Page[]> => {
    const found: Page[] = [];
    for (const page of list) {
      const before = kept.get(keyOf(page.name, "light")); // paper is white
      const now = before ?? (lab && (await lab.call("lecturePage", page.name, "light")));
      if (!now) break;
      kept.set(keyOf(page.name, "light"), now);
      found.push(now);
      say(found.length);
    }
    return found;
  };
  return { pages: list, shown, error, all };
}
