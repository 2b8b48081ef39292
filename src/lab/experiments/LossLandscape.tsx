/** Training loss around the trained weights: a plain net beside a residual one of the same depth. */
import { nth } from "../../core/nth.ts";
import { surface } from "../../plots/index.ts";
import type { Landscape } from "../compute/landscape.ts";
import { Figure } from "../Figure.tsx";
import { percent } from "../format.ts";
import { Slider } from "../inputs.tsx";
import type { ExperimentProps } from "./ExperimentsView.tsx";
import { useLatest } from "./useLatest.ts";
import { useNumbers } from "./useNumbers.ts";

const NAMES = ["plain net", "ResNet"];

export function LossLandscape({ lab, theme, route }: ExperimentProps) {
  const [{ depth, radius, seed }, change] = useNumbers(
    route,
    { depth: 20, radius: 1.5, seed: 0 },
    { depth: [1, 40, "whole"], radius: [0.1, 3], seed: [0, 9, "whole"] },
  );
  const asked = useLatest(() => lab.call("landscape", depth, radius, seed), `${depth} ${radius} ${seed}`);
  const { value, error, waiting } = asked;
  const figure = (name: string, found: Landscape | undefined) => {
    const { a, b, values } = found?.surface ?? { a: [], b: [], values: [] };
    const svg =
      found &&
      surface(
        { x: a, y: b, values },
        {
          width: 520,
          theme,
          scale: "log",
          levels: 12,
          x: { label: "direction 1" },
          y: { label: "direction 2" },
          marks: [{ x: 0, y: 0 }],
        },
      );
    const numbers = () => ({
      "direction 1": Array.from(values, (_, k) => nth(a, Math.floor(k / b.length))),
      "direction 2": Array.from(values, (_, k) => nth(b, k % b.length)),
      loss: values,
    });
    return <Figure key={name} title={name} svg={svg} numbers={numbers} />;
  };
  const said = value?.map(
    (net) => `${net.name}: test accuracy ${percent(net.accuracy)}, roughness ${net.roughness.toPrecision(2)}`,
  );
  return (
    <>
      <p class="lead">
        Two networks of the same depth, trained on the Swiss roll, and their training loss over two random directions
        that are scaled filter by filter as the weights are. With depth the plain net stops learning and its surface
        turns rugged; the identity in every step of the ResNet keeps a bowl.
      </p>
      <div class="controls">
        <Slider
          label="Layers"
          shown={String(depth)}
          value={depth}
          least={1}
          most={40}
          onInput={(x) => change({ depth: x })}
        />
        <Slider
          label="Radius"
          shown={radius.toFixed(1)}
          value={radius}
          least={0.1}
          most={3}
          step={0.1}
          onInput={(x) => change({ radius: x })}
        />
        <Slider
          label="Directions"
          shown={`seed ${seed}`}
          value={seed}
          least={0}
          most={9}
          onInput={(x) => change({ seed: x })}
        />
      </div>
      <p class="reading" role="status">
        {error ?? (said ? `${said.join("; ")}${waiting ? " …" : ""}` : "Training both networks …")}
      </p>
      <div class="pair">{NAMES.map((name, k) => figure(name, value?.[k]))}</div>
    </>
  );
}
