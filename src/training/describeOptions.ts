/**
 * Training options that can be sent: optimizers and schedules hold functions, so their kind and settings go instead. This
 * file needs none of their code, so that a page which trains in a worker need not load it.
 */
import { OdenetError } from "../core/errors.ts";

/** An optimizer, a schedule or a preconditioner as plain data. */
export interface Described {
  readonly kind: string;
  readonly settings?: object | undefined;
}

/** What is described in training options. */
export interface Chosen {
  optimizer?: Described;
  schedule?: Described;
}

/** Why functions of one's own cannot be described, and the usual fix. */
const SENT = ["fit", "which cannot be sent to a worker. Train in the worker's own file."] as const;

/** Throws `option` for one that no factory of odenet made: its functions cannot be sent. */
function describe({ kind, settings }: Described, what: string, told: readonly [string, string]): Described {
  if (settings === undefined) {
    const [where, why] = told;
    throw new OdenetError("option", `${where}: expected ${what} from a factory of odenet, got one of your own, ${why}`);
  }
  const { preconditioner, ...rest } = settings as { preconditioner?: Described };
  return { kind, settings: preconditioner ? { ...rest, preconditioner: describe(preconditioner, what, told) } : rest };
}

/** Options that can be sent. */
export function describeOptions<T extends Chosen>(options: T, told: readonly [string, string] = SENT): T {
  const { optimizer, schedule } = options;
  return {
    ...options,
    ...(optimizer ? { optimizer: describe(optimizer, "an optimizer", told) } : {}),
    ...(schedule ? { schedule: describe(schedule, "a schedule", told) } : {}),
  };
}
