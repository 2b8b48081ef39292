/** What kind of mistake an `OdenetError` reports; the sentence in `message` says where and how to mend it. */
export type ErrorCode =
  | "shape"
  | "length"
  | "label"
  | "value"
  | "name"
  | "option"
  | "pair"
  | "json"
  | "file"
  | "engine"
  | "memory"
  | "convergence"
  | "disposed";

/** The one error class of odenet. `message` reads *where: expected X, got Y. The usual fix.* */
export class OdenetError extends Error {
  override readonly name = "OdenetError";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
