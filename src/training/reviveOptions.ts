/** Training options as they were before they were sent: kind and settings become what the factory of that kind makes. */
import { OdenetError } from "../core/errors.ts";
import { type Optimizer, optimizers, type Preconditioner, timeSmoothing } from "../optimizers/index.ts";
import type { Chosen, Described } from "./describeOptions.ts";
import { type Schedule, schedules } from "./schedules.ts";

type Revived = Optimizer | Schedule | Preconditioner;

const factories: Readonly<Record<string, (settings: object) => Revived>> = {
  ...optimizers,
  ...schedules,
  timeSmoothing,
};

function revive({ kind, settings = {} }: Described): Revived {
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
