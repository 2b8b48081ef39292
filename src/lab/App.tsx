/** The frame: brand, views, light and dark. */
import { useEffect, useMemo } from "preact/hooks";
import { Later } from "./Later.tsx";
import { hashOf, routeOf, useRoute, type ViewName, views } from "./route.ts";
import { Bench } from "./session/bench.ts";
import type { Lab } from "./session/lab.ts";
import { useSession } from "./session/useSession.ts";
import { useTheme } from "./theme.ts";
import { TrainView } from "./train/TrainView.tsx";

const experiments = async () => (await import("./experiments/ExperimentsView.tsx")).ExperimentsView;
const lecture = async () => (await import("./lecture/LectureView.tsx")).LectureView;

const missions = async () => (await import("./missions/MissionsView.tsx")).MissionsView;

const labels: Record<ViewName, string> = {
  train: "Train",
  experiments: "Experiments",
  lecture: "Lecture",
  missions: "Missions",
};

/** `another` makes a worker of its own. */
export function App({ lab, another }: { lab: Lab; another: () => Lab }) {
  const [theme, turnTheme] = useTheme();
  const route = useRoute();
  const bench = useMemo(() => new Bench(lab, routeOf(location.hash).text), [lab]);
  useSession(bench);
  const { text } = bench;
  useEffect(() => {
    // The address holds the whole state, without filling the history.
    if (route.view === "train") history.replaceState(null, "", hashOf({ view: "train", page: "", text }));
  }, [route.view, text]);
  useEffect(() => {
    if (route.view !== "train") void bench.each((session) => session.pause());
    document.title = `${labels[route.view]} · odenet lab`;
  }, [route.view, bench]);
  useEffect(() => {
    // An address with another state, pasted or from the history.
    if (route.view === "train" && route.text !== bench.text) void bench.goTo(route.text);
  }, [route, bench]);

  return (
    <>
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <header class="bar">
        <span class="brand">
          odenet <span>lab</span>
        </span>
        <nav aria-label="Views">
          {views.map((view) => (
            <a
              key={view}
              href={view === "train" ? hashOf({ view, page: "", text }) : `#/${view}`}
              aria-current={view === route.view ? "page" : undefined}
            >
              {labels[view]}
            </a>
          ))}
        </nav>
        <button
          type="button"
          class="quiet"
          onClick={turnTheme}
          aria-label={`Switch to ${theme === "light" ? "dark" : "light"} colours`}
        >
          <span aria-hidden="true">{theme === "light" ? "☾" : "☀"}</span>
        </button>
      </header>
      <main id="content" tabIndex={-1}>
        {route.view === "train" && <TrainView bench={bench} theme={theme} />}
        {route.view === "experiments" && <Later load={experiments} props={{ lab, theme, route }} />}
        {route.view === "missions" && <Later load={missions} props={{}} />}
        {route.view === "lecture" && <Later load={lecture} props={{ another, theme, route }} />}
      </main>
    </>
  );
}
