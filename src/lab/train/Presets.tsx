/** Where to begin: a row of small pictures. */
import { presets, stateOf } from "../presets.ts";
import type { Bench } from "../session/bench.ts";
import { textOf } from "../state.ts";

export function Presets({ bench }: { bench: Bench }) {
  const text = textOf(bench.a.state);
  return (
    <fieldset class="presets">
      <legend class="unseen">Begin with</legend>
      {presets.map((preset) => (
        <button
          key={preset.name}
          type="button"
          class="preset"
          aria-pressed={text === textOf(stateOf(preset))}
          onClick={() => {
            bench.single();
            bench.setMission("");
            void bench.a.change(stateOf(preset));
          }}
        >
          <svg viewBox="0 0 48 32" aria-hidden="true">
            {preset.paths.map(([colour, d]) => (
              <path key={d} class={`stroke-${colour}`} d={d} />
            ))}
          </svg>
          {preset.label}
        </button>
      ))}
    </fieldset>
  );
}
