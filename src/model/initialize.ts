/** First parameters: He N(0, 2/fanIn), Glorot uniform in ±√(6/(fanIn + fanOut)), zero or one; drawn in the order of θ. */
import type { Numbers } from "../core/host/memory.ts";
import type { Random } from "../core/random.ts";
import type { Engine } from "./engine.ts";
import type { ParameterTable } from "./parameters.ts";

export function initialize(engine: Engine, random: Random): void {
  fill(random, engine.vectors.table, engine.vectors.core(engine.vectors.theta));
  fill(random, engine.vectors.stateTable, engine.vectors.core(engine.vectors.state, engine.vectors.stateTable));
}

/** Whether θ and the layers' state are still those drawn by a seed, to the bit. */
export function isDrawn({ vectors, precision }: Engine, random: Random): boolean {
  const tables: [number, ParameterTable][] = [
    [vectors.theta, vectors.table],
    [vectors.state, vectors.stateTable],
  ];
  return tables.every(([address, table]) => {
    const own = vectors.core(address, table);
    const drawn = precision === "f32" ? new Float32Array(own.length) : new Float64Array(own.length);
    fill(random, table, drawn);
    return drawn.every((value, k) => Object.is(value, own[k]));
  });
}

function fill(random: Random, table: ParameterTable, core: Numbers): void {
  for (const p of table.parameters) {
    if (p.initialization === "zero") continue;
    const values = new Float64Array(p.length);
    if (p.initialization === "one") values.fill(1);
    else if (p.initialization === "he") {
      const deviation = Math.sqrt(2 / p.fanIn);
      const draws = random.normal(p.length);
      for (let k = 0; k < p.length; k++) values[k] = deviation * (draws[k] ?? Number.NaN);
    } else {
      const limit = Math.sqrt(6 / (p.fanIn + p.fanOut));
      const draws = random.uniform(p.length);
      for (let k = 0; k < p.length; k++) values[k] = limit * (2 * (draws[k] ?? Number.NaN) - 1);
    }
    table.copy(p, values, 0, core, true);
  }
}
