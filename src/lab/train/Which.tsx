/** One network or two, and whose settings these are. */
import type { Bench } from "../session/bench.ts";

export function Which({ bench }: { bench: Bench }) {
  if (!bench.b) {
    return (
      <button type="button" class="compare" onClick={() => bench.compare()}>
        Compare with another: A | B
      </button>
    );
  }
  return (
    <fieldset class="which">
      <legend>Settings of</legend>
      {(["a", "b"] as const).map((which) => (
        <label key={which}>
          <input type="radio" name="which" checked={bench.chosen === which} onChange={() => bench.choose(which)} />
          {which.toUpperCase()}
        </label>
      ))}
      <button type="button" class="link" onClick={() => bench.single()}>
        Close B
      </button>
    </fieldset>
  );
}
