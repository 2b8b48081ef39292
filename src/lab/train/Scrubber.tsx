/** The way back through the run: a slider over the moments that were kept, and the run played again. */
import { useEffect, useState } from "preact/hooks";
import { Slider } from "../inputs.tsx";
import type { Bench } from "../session/bench.ts";

/** Milliseconds from one moment to the next. */
const TICK = 160;

export function Scrubber({ bench }: { bench: Bench }) {
  const { moment } = bench.a.sight;
  const { moments } = bench.a.sight.past;
  const [playing, setPlaying] = useState(false);
  const last = moments.length - 1;
  const at = moment ? moments.indexOf(moment) : last;
  const show = (k: number) =>
    bench.each((session) => {
      const step = moments[k]?.step ?? 0;
      const kept = session.sight.past.moments;
      const there = kept.findLast((moment) => moment.step <= step) ?? kept[0];
      return session.seek(k >= last ? undefined : there);
    });
  useEffect(() => {
    if (!playing) return;
    let over = false;
    void (async () => {
      for (let k = at >= last ? 0 : at; k <= last && !over; k++) {
        const from = performance.now();
        await show(k);
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, TICK - (performance.now() - from))));
      }
      if (!over) setPlaying(false);
    })();
    return () => {
      over = true;
    };
  }, [playing]);
  useEffect(() => {
    if (bench.running) setPlaying(false);
  }, [bench.running]);
  const step = moments[at]?.step ?? 0;
  return (
    <div class="scrubber">
      <Slider
        label="Look back"
        shown={moment ? `step ${step.toLocaleString("en")}` : "now"}
        value={Math.max(0, at)}
        least={0}
        most={Math.max(1, last)}
        disabled={last < 1}
        onInput={(k) => {
          setPlaying(false);
          void show(k);
        }}
      />
      <button
        type="button"
        class="quiet"
        disabled={last < 1}
        aria-pressed={playing}
        aria-label={playing ? "Stop the replay" : "Replay the run"}
        onClick={() => setPlaying(!playing)}
      >
        {playing ? "Stop" : "Replay"}
      </button>
    </div>
  );
}
