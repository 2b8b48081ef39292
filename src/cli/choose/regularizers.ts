/** A regularizer in one word: "tikhonov:1e-4", with options behind commas: "tikhonov:1e-4,parameters=.W|.b". */
import { OdenetError } from "../../core/errors.ts";
import { type Regularizer, regularizers, type Selection } from "../../regularizers/index.ts";
import { usage } from "../failure.ts";

type Kind = keyof typeof regularizers;
const KINDS = Object.keys(regularizers).join(", ");
const EXAMPLE = "Write tikhonov:1e-4, or tikhonov:1e-4,parameters=.K for every K alone.";

/** What can stand behind a weight: text, or a number. */
const OPTIONS: Readonly<Record<Kind, readonly string[]>> = {
  tikhonov: ["parameters"],
  timeSmoothness: ["parameters"],
  l1: ["parameters", "epsilon"],
  stabilityPenalty: ["parameters"],
  stabilityProjection: ["parameters"],
};

/** The regularizers of --regularizer, in order. Throws `usage`. */
export function chooseRegularizers({ regularizer = [] }: { regularizer?: readonly string[] }): Regularizer[] {
  return regularizer.map(regularizerOf);
}

function regularizerOf(text: string): Regularizer {
  const fail = (expected: string, got: string): never => {
    throw usage(`--regularizer ${text}: expected ${expected}, got ${got}. ${EXAMPLE}`);
  };
  const [, kind = "", rest] = /^([^:,]*)(?:[:,](.*))?$/.exec(text) ?? [];
  if (!Object.hasOwn(regularizers, kind)) return fail(`one of ${KINDS}`, JSON.stringify(kind));
  const words = (rest ?? "").split(",").filter((word) => word !== "");
  const weighted = kind !== "stabilityProjection";
  const weight = weighted ? words.shift() : undefined;
  if (weighted && !(weight !== undefined && Number.isFinite(Number(weight)) && Number(weight) >= 0))
    return fail("a weight from 0 behind the colon", weight ?? "none");
  const options: Record<string, unknown> = {};
  for (const word of words) {
    const at = word.indexOf("=");
    const [key, value] = [word.slice(0, at), word.slice(at + 1)];
    if (at < 1 || !OPTIONS[kind as Kind].includes(key))
      return fail(`options such as ${OPTIONS[kind as Kind].join("=…, ")}=…`, JSON.stringify(word));
    if (key === "epsilon" && !(Number(value) > 0)) return fail("epsilon above 0", value);
    options[key] = key === "parameters" ? selection(value) : Number(value);
  }
  try {
    return weighted
      ? regularizers[kind as "tikhonov"](Number(weight), options)
      : regularizers.stabilityProjection(options);
  } catch (error) {
    if (!(error instanceof OdenetError)) throw error;
    throw usage(`--regularizer ${text}: ${error.message.replace(/^[\w.]+: /, "")}`);
  }
}

/** ".K" is the end of names, anything else a whole name; several are parted by |. */
function selection(text: string): Selection {
  return text.split("|").map((part) => (part.startsWith(".") ? new RegExp(`\\${part}$`) : part));
}

/** What an error of createModel is about: the flag where a regularizer speaks. */
export const aboutRegularizers =
  (otherwise: string) =>
  (message: string): string =>
    Object.keys(regularizers).some((kind) => message.startsWith(`${kind}: `)) ? "--regularizer" : otherwise;
