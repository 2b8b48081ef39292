/** How fast it learns: from one step a second to full speed. */
import { Slider } from "../inputs.tsx";
import type { Bench } from "../session/bench.ts";
import { paces, paceText } from "../session/paces.ts";

export function Pace({ bench }: { bench: Bench }) {
  const { pace } = bench.a;
  return (
    <Slider
      label="Pace"
      shown={paceText(pace)}
      value={paces.indexOf(pace)}
      least={0}
      most={paces.length - 1}
      onInput={(k) => bench.setPace(paces[k] ?? pace)}
    />
  );
}
