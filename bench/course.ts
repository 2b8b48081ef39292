// The course's training problems with its methods: accuracies and times beside those of its MATLAB code in Octave.
//   npm run bench -- course [problem ...]      of: sgd newton varpro hamiltonian antisymmetric circle
import { peaks } from "../src/data/index.ts";
import {
  createModel,
  dense,
  euler,
  layerField,
  linear,
  type Method,
  network,
  newtonCG,
  ode,
  tikhonov,
  train,
  variableProjection,
} from "../src/index.ts";

const width = 8;
const steps = 16;
const h = 4 / steps;
const net = network({
  input: 2,
  layers: [
    dense(width, { activation: "sin", scale: h }),
    ode(layerField({ activation: "sin" }), euler, { steps: steps - 1, stepSize: h }),
    linear(5),
  ],
});

const optimizers: Record<string, () => Method> = {
  newton: () => newtonCG({ hessian: "blockGaussNewton", lineSearch: "decrease" }),
  newtonFull: () => newtonCG({ hessian: "gaussNewton", lineSearch: "armijo" }),
  varpro: () =>
    variableProjection({ lineSearch: "decrease", inner: { iterations: 5, cgIterations: 10, cgTolerance: 1e-2 } }),
  varproR: () => variableProjection({ lineSearch: "armijo", hessian: "reduced", start: "last" }),
};
function gauss(seed: number) {
  let s = seed >>> 0;
  const u = () => {
    s = (Math.imul(1664525, s) + 1013904223) >>> 0;
    return (s + 1) / 4294967297;
  };
  return () => Math.sqrt(-2 * Math.log(u())) * Math.cos(2 * Math.PI * u());
}
for (const precision of ["f64", "f32"] as const)
  for (const [name, make] of Object.entries(optimizers)) {
    for (let seed = 1; seed <= 3; seed++) {
      const model = await createModel(net, { precision, regularizers: [tikhonov(1e-5)] });
      const r = gauss(seed);
      const draw = (n: number, c: number) => Float64Array.from({ length: n }, () => c * r());
      model.set("0.K", draw(16, 1 / 4));
      const K = draw(64, 1 / 8);
      model.set(
        "1.K",
        Float64Array.from({ length: 64 * 15 }, (_, i) => K[i % 64] as number),
      );
      model.set("2.W", draw(40, 1));
      model.set("2.b", draw(5, 1));
      const data = peaks({ examples: 1000, seed });
      const valid = peaks({ examples: 1000, seed: seed + 1000 });
      const t = performance.now();
      let its = 0,
        ev = 0,
        cg = 0,
        note = "";
      for (const s of train(model, data, { optimizer: make(), epochs: 50 })) {
        its++;
        ev += s.evaluations ?? 0;
        cg += s.cgIterations ?? 0;
        note = s.note ?? "";
      }
      const time = (performance.now() - t) / 1000;
      console.log(
        precision,
        name,
        seed,
        model.evaluate(data).accuracy,
        model.evaluate(valid).accuracy,
        model.value(data).toFixed(4),
        `${time.toFixed(2)} s`,
        its,
        ev,
        cg,
        note,
      );
      model.dispose();
    }
  }
