/** A member of a family by its name. */
import type { OdenetError } from "../../core/errors.ts";
import { unknownName } from "../../core/registry.ts";
import { usage } from "../failure.ts";

/** Throws `usage` for a name that is not among the members. */
export function member<M extends object>(members: M, name: string, flag: string): keyof M & string {
  for (const known in members) if (known === name && Object.hasOwn(members, name)) return known;
  const { message }: OdenetError = unknownName(flag, "one", name, Object.keys(members));
  throw usage(message.replace("expected one among", "expected one of"));
}
