/** Where the bytes are, and on how many threads it learns. */
import { bytes, count } from "../format.ts";
import type { Shown } from "./TrainView.tsx";

export function Memory({ session, name }: Shown) {
  const { speed, model } = session;
  const { depth } = session.sight;
  const { parameters, gradient, optimizer, features, total } = depth?.memory ?? {};
  const weights = (model?.parameters ?? []).reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  const rows: readonly (readonly [string, number | undefined])[] = [
    ["Weights θ", parameters],
    ["Gradient", gradient],
    ["Optimizer", optimizer],
    ["Features, kept for the way back", features],
    ["All of the model's memory", total],
  ];
  return (
    <section class="panel" aria-label={`Memory${name}`}>
      <h2>Memory{name}</h2>
      <table class="table">
        <tbody>
          {rows.map(([what, size]) => (
            <tr key={what}>
              <th scope="row">{what}</th>
              <td>{size === undefined ? "–" : bytes(size)}</td>
            </tr>
          ))}
          <tr>
            <th scope="row">Threads</th>
            <td id={name ? undefined : "threads"}>{depth?.threads ?? "–"}</td>
          </tr>
          <tr>
            <th scope="row">Examples a second, lately</th>
            <td>{speed > 0 ? count(speed) : "–"}</td>
          </tr>
        </tbody>
      </table>
      <p class="says">
        {weights.toLocaleString("en")} numbers are learnt. A deeper network keeps more features: each step's are needed
        again on the way back.
      </p>
    </section>
  );
}
