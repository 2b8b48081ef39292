/** What else there is to see, one at a time. */
import type { ComponentType } from "preact";
import { useState } from "preact/hooks";
import type { ThemeName } from "../../plots/index.ts";
import { Later } from "../Later.tsx";
import type { Session } from "../session/session.ts";
import { hasSteps, isImages } from "../state.ts";
import type { Shown } from "./TrainView.tsx";

interface Tab {
  readonly label: string;
  readonly load: () => Promise<ComponentType<Shown>>;
  /** Whether there is something to show. */
  readonly fits: (session: Session) => boolean;
}

const always = () => true;
/** Convolutions are too wide for eigenvalues. */
const narrow = ({ state }: Session) => !isImages(state.data) || state.architecture === "dense";

const tabs = {
  learning: {
    label: "Learning",
    load: async () => (await import("./LearningCurve.tsx")).LearningCurve,
    fits: always,
  },
  stability: { label: "Stability", load: async () => (await import("./Spectrum.tsx")).Spectrum, fits: narrow },
  gradients: { label: "Gradients", load: async () => (await import("./GradientFlow.tsx")).GradientFlow, fits: always },
  weights: {
    label: "Weights",
    load: async () => (await import("./Weights.tsx")).Weights,
    fits: ({ state }: Session) => hasSteps(state),
  },
  images: {
    label: "Images",
    load: async () => (await import("./Montage.tsx")).Montage,
    fits: ({ state }: Session) => isImages(state.data),
  },
  memory: { label: "Memory", load: async () => (await import("./Memory.tsx")).Memory, fits: always },
} as const satisfies Record<string, Tab>;
type TabName = keyof typeof tabs;

export function Tabs({ sessions, theme }: { sessions: readonly Session[]; theme: ThemeName }) {
  const [chosen, choose] = useState<TabName>("learning");
  const [first] = sessions;
  if (!first) return null;
  const offered = (Object.keys(tabs) as TabName[]).filter((name) => tabs[name].fits(first));
  const shown = offered.includes(chosen) ? chosen : "learning";
  const { load } = tabs[shown];
  const key = (event: KeyboardEvent) => {
    const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!way) return;
    const next = offered[(offered.indexOf(shown) + way + offered.length) % offered.length];
    if (next) choose(next);
    const list = event.currentTarget as HTMLElement;
    requestAnimationFrame(() => list.querySelector<HTMLElement>('[aria-selected="true"]')?.focus());
    event.preventDefault();
  };
  return (
    <div class="tabs">
      <div class="tab-list" role="tablist" aria-label="More to see" onKeyDown={key}>
        {offered.map((name) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`tab-${name}`}
            aria-selected={name === shown}
            aria-controls="tab-panel"
            tabIndex={name === shown ? 0 : -1}
            onClick={() => choose(name)}
          >
            {tabs[name].label}
          </button>
        ))}
      </div>
      <div class="tab-panel" id="tab-panel" role="tabpanel" aria-labelledby={`tab-${shown}`}>
        {sessions.map((session, k) => (
          <Later
            key={`${shown}${k}`}
            whenSeen
            load={load}
            props={{ session, theme, name: nameOf(k, sessions.length) }}
          />
        ))}
      </div>
    </div>
  );
}

/** Behind the title of a panel where there are two of it. */
export const nameOf = (k: number, count: number): string => (count > 1 ? ` ${"AB".charAt(k)}` : "");
