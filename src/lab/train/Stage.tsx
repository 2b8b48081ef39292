/** The network, and under it what it does: points carried from t = 0 to T, until a line parts them. */
import type { ThemeName } from "../../plots/index.ts";
import { themes } from "../../plots/theme.ts";
import { Menu } from "../Downloads.tsx";
import { Slider } from "../inputs.tsx";
import { Later } from "../Later.tsx";
import { flowSentence } from "../sentences.ts";
import type { Session } from "../session/session.ts";
import { Flow } from "./Flow.tsx";
import { Legend } from "./Legend.tsx";
import { NetworkStrip } from "./NetworkStrip.tsx";
import { useClock } from "./useClock.ts";

const keep = async () => (await import("./FlowKeep.tsx")).FlowKeep;

export function Stage({ session, theme, name }: { session: Session; theme: ThemeName; name: string }) {
  const { view, parts, state } = session;
  const { depth } = session.sight;
  const features = view?.features;
  const last = (features?.times.length ?? 2) - 1;
  const clock = useClock(features?.inputs ? -1 : 0, last);
  const step = Math.round(clock.at);
  const time = features?.times[Math.max(0, step)] ?? 0;
  const end = features?.times[last] ?? 0;
  return (
    <section class={session.fresh ? "panel stage" : "panel stage awaited"} aria-label={`Features through time${name}`}>
      <div class="panel-head">
        <h2>Points carried through time{name}</h2>
        {features && <Menu title="features" items={() => <Later load={keep} props={{ features, theme }} />} />}
      </div>
      {depth?.network ? (
        <NetworkStrip network={depth.network} state={state} theme={theme} clock={clock} />
      ) : (
        (!depth || !session.fresh) && <div class="network-awaited" />
      )}
      <Flow features={features} theme={theme} at={clock.at} last={last} waiting={!session.failed} />
      <div class="time">
        <button type="button" class="quiet" aria-pressed={clock.moving} disabled={!features} onClick={clock.turn}>
          {clock.moving ? "Hold" : "Move"}
        </button>
        <Slider
          label="Time t"
          shown={step < 0 ? "the input" : `${time.toFixed(2)} of ${end.toFixed(2)}`}
          value={step}
          least={features?.inputs ? -1 : 0}
          most={Math.max(1, last)}
          onInput={clock.set}
          onTouch={clock.hold}
        />
      </div>
      <p class="says">{features ? flowSentence(features, state) : ""}</p>
      {view?.confusion && parts && <Legend classes={parts.training.classes} theme={themes[theme]} />}
    </section>
  );
}
