// Functions of `ops` in the place of an activation, a loss or a metric. What traces them is loaded with `ops`, so that a page
// without functions of its own does not hold it.

import { describeValue, fail } from '../errors.ts'
import type { Graph, Value } from '../graph/graph.ts'
import type { OpenShape } from '../util/shape.ts'
import type { StepLowering } from './call.ts'
import type { FunctionReference } from './classNames.ts'
import type { LayerGraph } from './layerGraph.ts'
import type { LossInputs, Reduction } from './lossInputs.ts'
import type { SymbolicTensor } from './symbolicTensor.ts'

/** A function of `ops`. */
export type TensorFunction = (...inputs: readonly never[]) => SymbolicTensor

/** A function of `ops` as an activation, a regularizer or a constraint. */
export type FunctionOfTensor = (x: SymbolicTensor) => SymbolicTensor

/**
 * A loss or a metric of one's own, of the targets as the data have them and the predictions, both with the batch in front: one
 * value a row or time step, `[batch]` or `[batch, timesteps]`, or one of all, `[]`. Of targets and predictions whose ranks differ by an
 * axis of 1 at the end, the function gets equal ranks, as in Keras.
 */
export type LossFunction = (yTrue: SymbolicTensor, yPred: SymbolicTensor) => SymbolicTensor

/** A function as an activation and as a loss. */
export interface TracedFunction {
  readonly className: 'function'
  readonly name: string
  readonly config: Readonly<Record<string, never>>
  readonly reduction: Reduction
  /** Adds the operations of an activation. */
  applyTo(graph: Graph, x: Value): Value
  /** What an activation is for a tensor of a shape: a graph of layers. */
  graphOf(shape: OpenShape): LayerGraph
  /** Adds the operations of a penalty: the sum of its numbers times `scale`, as a loss, [1]. */
  penaltyOn(graph: Graph, x: Value, scale: number): Value
  /** The function itself. */
  readonly fn: TensorFunction
  /**
   * The function as configs have it: the name of an activation, or a reference.
   *
   * @throws {RecurraError} if it is not registered.
   */
  reference(): FunctionReference | string
  /** Only the function can say which targets it takes. */
  targetShape(): 'any'
  /** Adds the operations of a loss, weighted. */
  lower(graph: Graph, inputs: LossInputs, step: StepLowering): Value
}

type Tracer = (where: string, fn: TensorFunction) => TracedFunction

let tracer: Tracer | null = null

/** Makes functions traceable; called by the module that all of `ops` is made with. */
export function allowFunctions(trace: Tracer): void {
  tracer = trace
}

/** Whether a function is a class: the prototype of a class cannot be replaced. */
export const isClass = (value: unknown): boolean =>
  Object.getOwnPropertyDescriptor(value, 'prototype')?.writable === false

/** Whether a value may be a function of `ops`: no layer, no class, none of Recurra's constructors of losses and metrics. */
export const isTensorFunction = (value: unknown): value is TensorFunction =>
  typeof value === 'function' &&
  Object.getPrototypeOf(value) === Function.prototype &&
  !isClass(value) &&
  !('names' in value)

type OwnThing = (abstract new (...args: never[]) => object) | ((...args: never[]) => unknown)

/** Classes and functions of the user's own by the names that they are registered by. */
export const ownNames = new Map<string, OwnThing>()

/** The function that is registered by a name; any other value as it is. */
export const ownOf = <T>(given: T): T => (ownNames.get(given as string) ?? given) as T

/** The function as something that lowers. */
export const tracedFunction = (where: string, fn: TensorFunction): TracedFunction =>
  tracer?.(where, fn) ??
  fail(where, {
    expected: 'a function of ops',
    got: describeValue(fn),
    remedy: "Import { ops } from 'recurra'.",
  })
