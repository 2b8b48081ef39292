/** All integrators: the package's own by name, and what is asked of them as a family. */
import { OdenetError } from "../core/errors.ts";
import type { FieldKind } from "../core/recording/field.ts";
import { unknownName } from "../core/registry.ts";
import { show } from "../core/show.ts";
import { dopri5Entry } from "./dopri5.ts";
import * as members from "./index.ts";
import type { Integrator, IntegratorFactory } from "./integrator.ts";

/** Methods without options. */
export const integratorsByName: Readonly<Record<string, Integrator>> = members;

/** Methods with options. */
const factories: readonly IntegratorFactory[] = [dopri5Entry];

/** Those that step fields of a kind; first the usual one. */
export function fittingIntegrators(field: FieldKind): Integrator[] {
  const fits = Object.values(integratorsByName).filter((integrator) => integrator.field === field);
  return [...fits.filter(({ usual }) => usual), ...fits.filter(({ usual }) => !usual)];
}

/** Whether it is one of the package, and not a caller's. */
export function isOwn(integrator: Integrator): boolean {
  return integratorsByName[integrator.name] !== integrator && !factories.some((factory) => factory.made(integrator));
}

/** Throws unless a caller's integrator is one, under a name of its own: another's would be loaded in its place. */
export function checkOwn(integrator: Integrator, where: string): void {
  if (typeof integrator?.step !== "function") {
    throw new OdenetError("pair", `${where}: expected an integrator such as euler, got ${show(integrator)}.`);
  }
  const { name } = integrator;
  if (typeof name === "string" && name !== "" && !takenNames().includes(name)) return;
  throw new OdenetError(
    "name",
    `${where}: expected a name of its own for an integrator that is not odenet's, got ${show(name)}. A saved network would be loaded with odenet's: write { ...mine, name: "mine" }.`,
  );
}

const takenNames = (): string[] => [...Object.keys(integratorsByName), ...factories.map(({ name }) => name)];

/** The integrator of a name, among the package's and `own`; `options` are those of a method that has some. */
export function findIntegrator(
  name: unknown,
  { where, options = {}, own = [] }: { where: string; options?: unknown; own?: readonly Integrator[] },
): Integrator {
  const factory = factories.find((entry) => entry.name === name);
  if (factory) return factory.make(typeof options === "object" && options !== null ? options : {});
  const given = own.find((integrator) => integrator.name === name);
  if (given) return given;
  if (typeof name === "string" && Object.hasOwn(integratorsByName, name)) {
    const found = integratorsByName[name];
    if (found) return found;
  }
  const { message } = unknownName(where, "integrator to be", String(name).slice(0, 60), [
    ...takenNames(),
    ...own.map((i) => i.name),
  ]);
  throw new OdenetError("name", `${message} One of your own is passed as { integrators: [mine] }.`);
}
