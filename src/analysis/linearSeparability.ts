/**
 * How well a straight cut separates the classes at each time: the accuracy of multinomial logistic regression on the
 * features y(t_j), fitted by Newton's method with a ridge that only keeps the Hessian invertible. A network that works moves
 * the features until this is near 1.
 */
import { OdenetError } from "../core/errors.ts";
import type { Data } from "../model/examples.ts";
import { engineOf, type Model } from "../model/model.ts";
import { checkData } from "../model/selection.ts";
import { solveCholesky } from "./cholesky.ts";
import { noOdeLayer } from "./inspection.ts";

export interface Separability {
  readonly layer: string;
  readonly times: readonly number[];
  /** Of the best linear classifier found, at each time. */
  readonly accuracy: number[];
}

/** One entry an ode layer. Throws `option` without one, `label` without classes. */
export function linearSeparability(model: Model, data: Data): Separability[] {
  const { rows, targets } = checkData(engineOf(model, "linearSeparability"), data, "linearSeparability");
  const n = rows.count;
  const classes = Int32Array.from({ length: n }, (_, i) => targets.classOf(i));
  if (classes.some((c) => c < 0)) {
    throw new OdenetError(
      "label",
      "linearSeparability: expected a classification loss, got one whose labels are numbers. Use softmaxCrossEntropy() or logistic().",
    );
  }
  const found = model.states(data.features);
  if (found.length === 0) throw noOdeLayer("linearSeparability");
  return found.map(({ layer, times, values }) => ({
    layer,
    times,
    accuracy: values.map((features) => separability(features, classes)),
  }));
}

const ITERATIONS = 30;
const RIDGE = 1e-6;

/** The accuracy of the best linear classifier of n rows of features. */
export function separability(features: ArrayLike<number>, classes: Int32Array): number {
  const width = features.length / classes.length + 1;
  const inputs = standardized(features, classes.length, width - 1);
  const m = Math.max(...classes) + 1;
  const size = width * m;
  let weights = new Float64Array(size);
  let now = evaluate(inputs, classes, width, m, weights);
  let best = now.accuracy;
  let damping = RIDGE;
  for (let iteration = 0; iteration < ITERATIONS && best < 1; iteration++) {
    const hessian = now.hessian.slice();
    for (let k = 0; k < size; k++) hessian[k * (size + 1)] = (hessian[k * (size + 1)] as number) + damping;
    const step = solveCholesky(hessian, now.gradient);
    const next = weights.map((w, k) => w - (step[k] as number));
    const there = evaluate(inputs, classes, width, m, next);
    if (!(there.value < now.value)) {
      // Newton went too far: a larger damping is a shorter step.
      damping = Math.max(damping * 100, 1e-4);
      continue;
    }
    const gain = now.value - there.value;
    [weights, now, damping] = [next, there, Math.max(RIDGE, damping / 10)];
    best = Math.max(best, there.accuracy);
    if (gain < 1e-9) break;
  }
  return best;
}

/** Features of mean 0 and deviation 1, with a column of ones: the classifier is the same, Newton's steps are better. */
function standardized(features: ArrayLike<number>, n: number, width: number): Float64Array {
  const out = new Float64Array(n * (width + 1)).fill(1);
  for (let k = 0; k < width; k++) {
    let mean = 0;
    let square = 0;
    for (let i = 0; i < n; i++) mean += (features[i * width + k] as number) / n;
    for (let i = 0; i < n; i++) square += ((features[i * width + k] as number) - mean) ** 2 / n;
    const scale = 1 / (Math.sqrt(square) || 1);
    for (let i = 0; i < n; i++) out[i * (width + 1) + k] = ((features[i * width + k] as number) - mean) * scale;
  }
  return out;
}

/** Loss, accuracy, gradient and Hessian of softmax regression with a small ridge. */
function evaluate(x: Float64Array, classes: Int32Array, width: number, m: number, w: Float64Array) {
  const n = classes.length;
  const size = width * m;
  const gradient = w.map((v) => RIDGE * v);
  const hessian = new Float64Array(size * size);
  const p = new Float64Array(m);
  let value = 0;
  let right = 0;
  for (const v of w) value += (RIDGE * v * v) / 2;
  for (let i = 0; i < n; i++) {
    const row = x.subarray(i * width, (i + 1) * width);
    let most = 0;
    for (let c = 0; c < m; c++) {
      let s = 0;
      for (let k = 0; k < width; k++) s += (w[c * width + k] as number) * (row[k] as number);
      p[c] = s;
      if (s > (p[most] as number)) most = c;
    }
    const top = p[most] as number;
    const label = classes[i] as number;
    if (most === label) right++;
    const own = p[label] as number;
    let total = 0;
    for (let c = 0; c < m; c++) total += p[c] = Math.exp((p[c] as number) - top);
    value += (Math.log(total) + top - own) / n;
    for (let c = 0; c < m; c++) p[c] = (p[c] as number) / total;
    for (let c = 0; c < m; c++) {
      const pc = p[c] as number;
      const residual = (pc - (c === label ? 1 : 0)) / n;
      for (let k = 0; k < width; k++)
        gradient[c * width + k] = (gradient[c * width + k] as number) + residual * (row[k] as number);
      for (let d = 0; d < m; d++) {
        const q = (pc * ((c === d ? 1 : 0) - (p[d] as number))) / n;
        if (Math.abs(q) < 1e-14) continue;
        for (let k = 0; k < width; k++) {
          const at = (c * width + k) * size + d * width;
          const factor = q * (row[k] as number);
          for (let l = 0; l < width; l++) hessian[at + l] = (hessian[at + l] as number) + factor * (row[l] as number);
        }
      }
    }
  }
  return { value, accuracy: right / n, gradient, hessian };
}
