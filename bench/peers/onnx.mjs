// onnxruntime-web on wasm, one thread: products alone, as a model of one MatMul.
import ort from "onnxruntime-web";
import { serve, uniform } from "./protocol.mjs";

ort.env.wasm.numThreads = 1;

// The few fields of ONNX's protocol buffers that a single MatMul needs.
const varint = (n) => (n < 128 ? [n] : [(n & 127) | 128, ...varint(n >>> 7)]);
const bytesField = (field, bytes) => [(field << 3) | 2, ...varint(bytes.length), ...bytes];
const text = (field, value) => bytesField(field, [...Buffer.from(value)]);
const number = (field, value) => [field << 3, ...varint(value)];

function matMulModel(m, n, k) {
  const value = (name, rows, columns) => {
    const dims = [rows, columns].flatMap((d) => bytesField(1, number(1, d)));
    return [...text(1, name), ...bytesField(2, bytesField(1, [...number(1, 1), ...bytesField(2, dims)]))];
  };
  const node = [...text(1, "a"), ...text(1, "b"), ...text(2, "c"), ...text(4, "MatMul")];
  const graph = [
    ...bytesField(1, node),
    ...text(2, "product"),
    ...bytesField(11, value("a", m, k)),
    ...bytesField(11, value("b", k, n)),
    ...bytesField(12, value("c", m, n)),
  ];
  return Uint8Array.from([...number(1, 8), ...bytesField(7, graph), ...bytesField(8, number(2, 13))]);
}

async function product({ kind, m, n, k }) {
  if (kind !== "nn") throw new Error("only nn");
  const session = await ort.InferenceSession.create(matMulModel(m, n, k));
  const a = new ort.Tensor("float32", uniform(m * k, 1), [m, k]);
  const b = new ort.Tensor("float32", uniform(k * n, 1), [k, n]);
  return async () => {
    await session.run({ a, b });
  };
}

await serve({ product });
