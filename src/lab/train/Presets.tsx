/** Where to begin: a row of small pictures. */
import { presets, stateOf } from "../presets.ts";
import type { Bench } from "../session/bench.ts";
import { textOf } from "../state.ts";

interface PresetsProps {
  bench: Bench;
  /** Whether the reader's own pictures are being taught. */
  teaching: boolean;
  onTeach: (teaching: boolean) => void;
}

export function Presets({ bench, teaching, onTeach }: PresetsProps) {
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
            onTeach(false);
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
      <button type="button" class="preset" aria-pressed={teaching} onClick={() => onTeach(!teaching)}>
        <svg viewBox="0 0 48 32" aria-hidden="true">
          <path class="stroke-2" d="M8 10h8l3-4h10l3 4h8v16H8z" />
          <path class="stroke-0" d="M24 12a5.5 5.5 0 1 0 .1 0" />
        </svg>
        Your pictures
      </button>
    </fieldset>
  );
}
