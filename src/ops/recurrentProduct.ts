// The product of a recurrence's state and its recurrent kernel: a matrix product here, a convolution in convolutionProduct.ts.

import type { Graph, Value } from '../graph/graph.ts'
import type { DeviceTraits } from '../graph/operation.ts'
import { lastOf, type Shape } from '../util/shape.ts'
import { type InnerIs, recurrentKernelGradient } from './recurrence.ts'
import type { RecurrenceAttributes } from './recurrentCell.ts'
import { type RecurrentSizes, TILE } from './recurrentLaunches.ts'
import { type RecurrentStrategy, recurrentStrategies } from './recurrentSchedule.ts'

/** The tensors from which the gradient of a recurrent kernel is computed. */
export interface ProductTensors {
  readonly h: Value
  readonly initial: Value | undefined
  /** The gradients of the gates' sums. */
  readonly dz: Value
  readonly recurrentKernel: Value
  /** For a cell whose last gate goes through R in another way than the others (recurrence.ts). */
  readonly inner?: Value | undefined
  readonly innerIs?: InnerIs | undefined
}

export interface RecurrentProduct {
  /** The strategy whose kernels give the operations' tensors and scalars their names. */
  readonly first: RecurrentStrategy
  /** The dimensions' names of `gates` and of the recurrent kernel, for a cell with `gates` gates. */
  dims(gates: number): { readonly gates: string; readonly recurrentKernel: string }
  /** Extents as the kernels' scalars and constants, from the shapes of the gates and of the recurrent kernel. */
  sizes(gates: Shape, recurrentKernel: Shape, attrs: RecurrenceAttributes): RecurrentSizes
  /** Names of the strategies that can run, the best by rule first. */
  strategies(
    sizes: RecurrentSizes,
    traits: { readonly gates: number; readonly drops: boolean; readonly isBackward: boolean },
    device: DeviceTraits,
  ): readonly [RecurrentStrategy, ...RecurrentStrategy[]]
  /** Adds the operations that compute dR, and the gradient of the bias that the recurrence adds, for cells that have one. */
  kernelGradient(
    graph: Graph,
    tensors: ProductTensors,
    attrs: RecurrenceAttributes,
  ): { readonly dR: Value; readonly biasSums?: Value }
}

/** z [B, T, directions · G·U] += h·R [U, directions · G·U]. */
export const matrixProduct: RecurrentProduct = {
  first: 'streamed',
  dims: (gates) => ({ gates: `B T directions·${gates}U`, recurrentKernel: `U directions·${gates}U` }),
  sizes: ([batch = 1, time = 1], [units = 1], { directions = 1 }) => ({
    batch,
    time,
    units,
    DIRECTIONS: directions,
  }),
  strategies: ({ batch, units }, { gates, drops, isBackward }, device) =>
    recurrentStrategies({ batch, units, gates, hasTiles: isBackward || units % TILE === 0, drops }, device),
  kernelGradient: (graph, { h, initial, dz, inner, innerIs }, attrs) =>
    recurrentKernelGradient(graph, { h, h0: initial, dz, inner }, { ...attrs, innerIs }),
}

/** The shape of h, from the shapes of the gates and of the recurrent kernel. */
export const sequenceShape = (
  gates: Shape,
  { directions = 1 }: RecurrenceAttributes,
  recurrentKernel: Shape,
): Shape => [...gates.slice(0, -1), directions * (recurrentKernel.at(-2) ?? lastOf(gates))]

/** The shape of a state. */
export const stateShape = ([batch = 1, , ...rest]: Shape): Shape => [batch, ...rest]
