/** Training options between threads: optimizers and schedules hold functions, so their kind and settings go instead. */
import { OdenetError } from "../core/errors.ts";
import { type Optimizer, optimizers, type Preconditioner, timeSmoothing } from "../optimizers/index.ts";
import { type Schedule, schedules } from "../training/index.ts";

/** An optimizer, a schedule or a preconditioner as plain data. */
export interface Described {
  readonly kind: string;
  readonly settings?: object | undefined;
}

/** Throws `option` for one that no factory of odenet made: its functions cannot be sent. */
function describe({ kind, settings }: Described, what: string): Described {
  if (settings === undefined) {
    throw new OdenetError(
      "option",
      `fit: expected ${what} from a factory of odenet, got one of your own, which cannot be sent to a worker. Train in the worker's own file.`,
    );
  }
  const { preconditioner, ...rest } = settings as { preconditioner?: Described };
  return { kind, settings: preconditioner ? { ...rest, preconditioner: describe(preconditioner, what) } : rest };
}

interface Chosen {
  optimizer?: Described;
  schedule?: Described;
}

/** Options that can be sent. */
export function describeOptions<T extends Chosen>(options: T): T {
  const { optimizer, schedule } = options;
  return {
    ...options,
    ...(optimizer ? { optimizer: describe(optimizer, "an optimizer") } : {}),
    ...(schedule ? { schedule: describe(schedule, "a schedule") } : {}),
  };
}

type Revived = Optimizer | Schedule | Preconditioner;

function revive({ kind, settings = {} }: Described): Revived {
  const factories: Record<string, (settings: object) => Revived> = { ...optimizers, ...schedules, timeSmoothing };
  const factory = Object.hasOwn(factories, kind) ? factories[kind] : undefined;
  if (!factory) throw new OdenetError("name", `fit: expected a known optimizer or schedule, got ${kind}.`);
  const { preconditioner, ...rest } = settings as { preconditioner?: Described };
  return factory(preconditioner ? { ...rest, preconditioner: revive(preconditioner) } : rest);
}

/** The options that were sent. */
export function reviveOptions<T extends Chosen>(options: T): T & { optimizer?: Optimizer; schedule?: Schedule } {
  const { optimizer, schedule } = options;
  return {
    ...options,
    ...(optimizer ? { optimizer: revive(optimizer) as Optimizer } : {}),
    ...(schedule ? { schedule: revive(schedule) as Schedule } : {}),
  };
}
