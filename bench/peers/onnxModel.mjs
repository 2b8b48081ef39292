// ONNX models as bytes: the few fields of its protocol buffers that networks of a chain of operators need.
// Field numbers: onnx.proto3 (ModelProto, GraphProto, NodeProto, AttributeProto, TensorProto, ValueInfoProto).

const varint = (n) => (n < 128 ? [n] : [(n % 128) | 128, ...varint(Math.floor(n / 128))]);
const number = (field, value) => Buffer.from([...varint(field * 8), ...varint(value)]);
const bytes = (field, content) =>
  Buffer.concat([Buffer.from([...varint(field * 8 + 2), ...varint(content.length)]), content]);
const message = (field, ...parts) => bytes(field, Buffer.concat(parts));
const text = (field, value) => bytes(field, Buffer.from(value));

const FLOAT = 1;
const INT = 2;
const INTS = 7;

/** A 32-bit float, as `{ float: x }`, an integer or an array of integers. */
function attribute([name, value]) {
  if (value.float !== undefined) return message(5, text(1, name), float(2, value.float), number(20, FLOAT));
  const values = Array.isArray(value) ? value.map((v) => number(8, v)) : [number(3, value)];
  return message(5, text(1, name), ...values, number(20, Array.isArray(value) ? INTS : INT));
}

function float(field, value) {
  const content = Buffer.alloc(4);
  content.writeFloatLE(value);
  return Buffer.concat([Buffer.from(varint(field * 8 + 5)), content]);
}

const node = ({ op, inputs, output, attributes = {} }) =>
  message(
    1,
    ...inputs.map((name) => text(1, name)),
    text(2, output),
    text(4, op),
    ...Object.entries(attributes).map(attribute),
  );

const initializer = ({ name, dims, values }) =>
  message(
    5,
    ...dims.map((d) => number(1, d)),
    number(2, FLOAT),
    text(8, name),
    bytes(9, Buffer.from(values.buffer, values.byteOffset, values.byteLength)),
  );

const value = (field, { name, dims }) =>
  message(
    field,
    text(1, name),
    message(2, message(1, number(1, FLOAT), message(2, ...dims.map((d) => message(1, number(1, d)))))),
  );

/** nodes: { op, inputs, output, attributes }; inputs and outputs: { name, dims }; weights: { name, dims, values }. */
export function onnxModel({ nodes, inputs, outputs, weights = [] }) {
  const graph = [
    ...nodes.map(node),
    text(2, "graph"),
    ...weights.map(initializer),
    ...inputs.map((v) => value(11, v)),
    ...outputs.map((v) => value(12, v)),
  ];
  return new Uint8Array(Buffer.concat([number(1, 8), message(7, ...graph), message(8, number(2, 13))]));
}

/** A chain of operators from `x` on, as nodes and weights: what each layer of a network adds. */
export class Chain {
  nodes = [];
  weights = [];
  last = "x";

  constructor(draw) {
    this.draw = draw;
  }

  add(op, parameters = [], attributes = {}) {
    const name = `${op}${this.nodes.length}`;
    const inputs = parameters.map((dims, k) => {
      const weight = { name: `${name}_${k}`, dims, values: this.draw(dims) };
      this.weights.push(weight);
      return weight.name;
    });
    this.nodes.push({ op, inputs: [this.last, ...inputs], output: name, attributes });
    this.last = name;
    return this;
  }

  conv(filters, channels, size, { stride = 1, padding = 0, groups = 1 } = {}) {
    return this.add("Conv", [[filters, channels / groups, size, size], [filters]], {
      kernel_shape: [size, size],
      strides: [stride, stride],
      pads: [padding, padding, padding, padding],
      group: groups,
    }).add("Relu");
  }

  maxPool(size, stride) {
    return this.add("MaxPool", [], { kernel_shape: [size, size], strides: [stride, stride] });
  }

  /** x / (k + α Σ x²)^β over `size` channels; ONNX divides its α by their number. */
  localResponse({ size, alpha, beta, k }) {
    const attributes = { alpha: { float: alpha * size }, beta: { float: beta }, bias: { float: k }, size };
    return this.add("LRN", [], attributes);
  }

  dense(units, inputs) {
    return this.add("Gemm", [[units, inputs], [units]], { transB: 1 });
  }
}
