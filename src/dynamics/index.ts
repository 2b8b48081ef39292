import { type Antisymmetric, antisymmetric, antisymmetricKind } from "./antisymmetric.ts";
import { type DoubleHamiltonian, doubleHamiltonian, doubleHamiltonianKind } from "./doubleHamiltonian.ts";
import type { DynamicsKind } from "./dynamics.ts";
import { type Hamiltonian, hamiltonian, hamiltonianKind } from "./hamiltonian.ts";
import { basisKernel, conv2dKernel, kernels } from "./kernels/index.ts";
import { type LayerField, layerField, layerFieldKind } from "./layerField.ts";
import { type Parabolic, parabolic, parabolicKind } from "./parabolic.ts";
import { type SecondOrder, secondOrder, secondOrderKind } from "./secondOrder.ts";

export type { Norm } from "./dynamics.ts";
export type { Kernel } from "./kernels/index.ts";
export {
  antisymmetric,
  basisKernel,
  conv2dKernel,
  doubleHamiltonian,
  hamiltonian,
  kernels,
  layerField,
  parabolic,
  secondOrder,
};

/** Every dynamics, as plain data. */
export type Dynamics = LayerField | Antisymmetric | Hamiltonian | DoubleHamiltonian | Parabolic | SecondOrder;

/** Every dynamics' factory by kind. */
export const dynamics = { layerField, antisymmetric, hamiltonian, doubleHamiltonian, parabolic, secondOrder };

/** The rules of every dynamics. */
export const dynamicsKinds: Readonly<Record<Dynamics["kind"], DynamicsKind<Dynamics>>> = {
  layerField: layerFieldKind,
  antisymmetric: antisymmetricKind,
  hamiltonian: hamiltonianKind,
  doubleHamiltonian: doubleHamiltonianKind,
  parabolic: parabolicKind,
  secondOrder: secondOrderKind,
};

/** Whether something is a dynamics' data. */
export function isDynamics(value: unknown): value is Dynamics {
  return typeof value === "object" && value !== null && rulesOfKind(Reflect.get(value, "kind")) !== undefined;
}

/** The rules of a kind; undefined where there is none. */
export function rulesOfKind(kind: unknown): DynamicsKind<Dynamics> | undefined {
  return Object.values(dynamicsKinds).find((rules) => rules.kind === kind);
}
