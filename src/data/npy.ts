/** NPY = \x93NUMPY, version, header length, a Python literal { descr, fortran_order, shape }, then the elements. */
import { OdenetError } from "../core/errors.ts";
import { asBytes } from "./bytes.ts";
import { type ElementType, elementCount, elementSize, readElements, type Tensor, type Values } from "./elements.ts";

const MAGIC = "\x93NUMPY";
const LITERAL =
  /^\{ *'descr': *'([<>|=])([a-zA-Z])(\d{1,4})', *'fortran_order': *(True|False), *'shape': *\(((?:\d{1,16}(?:, *|(?=\))))*)\),? *\} *\n?$/;
const TYPES = new Set<string>(["b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f4", "f8"]);

/**
 * Reads an array saved by NumPy (`numpy.save`), format 1.0, 2.0 and 3.0, of booleans, integers of 1 to 8 bytes and
 * float32 or float64, in either byte order. Fortran order becomes C order: the last index runs fastest. One-byte
 * unsigned elements and booleans stay a view of the file; integers of 64 bits become float64. Throws `file` for a file
 * that is something else, cut short or too long, `value` for other element types and for integers beyond ±2^53.
 * Source: NumPy Enhancement Proposal 1.
 */
export function readNpy(file: Uint8Array | ArrayBuffer): Tensor {
  const bytes = asBytes(file, "readNpy");
  const latin = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
  const version = bytes[6] ?? 0;
  if (latin(0, 6) !== MAGIC || version < 1 || version > 3) {
    throw new OdenetError(
      "file",
      `readNpy: expected a NumPy file of version 1 to 3, got ${bytes.length} bytes of something else. Save it with numpy.save(path, array); an .npz must be unzipped first.`,
    );
  }
  const start = version === 1 ? 10 : 12;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length < start ? 0 : version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const body = start + length;
  if (bytes.length < body || length === 0) {
    throw new OdenetError(
      "file",
      `readNpy: expected a header of ${Math.max(body, start + 1)} bytes, got a file of ${bytes.length}. The file is cut short; save it again.`,
    );
  }
  // NumPy itself refuses headers above 10,000 characters.
  const match = length > 10000 ? null : LITERAL.exec(latin(start, body));
  if (!match) {
    throw new OdenetError(
      "file",
      "readNpy: expected a header with one element type, fortran_order and shape, got another one. Save a plain array of numbers with numpy.save, not records.",
    );
  }
  const [, order, kind, digits, fortran, dimensions] = match as unknown as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const name = `${kind}${digits}`;
  if (!TYPES.has(name)) {
    throw new OdenetError(
      "value",
      `readNpy: expected booleans, integers or float32 and float64 numbers, got elements of type ${order}${name}. Convert first, e.g. array.astype(numpy.float32).`,
    );
  }
  const type = (name === "b1" ? "u1" : name) as ElementType;
  const shape = (dimensions.match(/\d+/g) ?? []).map(Number);
  const count = elementCount(shape);
  const size = body + count * elementSize(type);
  if (bytes.length !== size) {
    const more = bytes.length > size;
    throw new OdenetError(
      "file",
      `readNpy: expected ${size} bytes for ${shape.join(" × ") || "one"} items, got ${bytes.length}. The file ${more ? "holds more than its header says" : "is cut short"}; save it again.`,
    );
  }
  const { values, exact } = readElements(bytes, body, count, type, order !== ">");
  if (!exact) {
    throw new OdenetError(
      "value",
      "readNpy: expected 64-bit integers between −2^53 and 2^53, got a larger one. Convert first, e.g. array.astype(numpy.float64).",
    );
  }
  return { shape, values: fortran === "True" ? fromFortran(values, shape) : values };
}

/** out[i0, i1, …] = values[i0 + d0 (i1 + d1 (…))]. */
function fromFortran(values: Values, shape: readonly number[]): Values {
  if (shape.length < 2) return values;
  const out = new (values.constructor as Float64ArrayConstructor)(values.length);
  const index = shape.map(() => 0);
  const strides: number[] = [];
  shape.reduce((stride, dimension) => {
    strides.push(stride);
    return stride * dimension;
  }, 1);
  let from = 0;
  for (let to = 0; to < out.length; to++) {
    out[to] = values[from] as number;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const next = ((index[axis] as number) + 1) % (shape[axis] as number);
      from += (next - (index[axis] as number)) * (strides[axis] as number);
      index[axis] = next;
      if (next !== 0) break;
    }
  }
  return out as Float64Array as Values;
}
