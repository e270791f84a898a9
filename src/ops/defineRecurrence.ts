// A recurrence of any cell over a whole sequence, forward and back, as two operations.
//
//   z = x·W + b [B, T, G·U] is hoisted: one product for all steps, made before.   z += h·R, then the cell
//
// What the cell keeps of its gates overwrites z, and their gradients overwrite those. Everything lies at its input's time;
// `reverse` runs from the last step to the first. Two directions run in the same launches, side by side in the columns:
// z [B, T, 2·G·U], R [U, 2·G·U], h [B, T, 2U], states [B, 2U]. States, one or two, lie in one tensor (recurrentStates.ts).
// recurrentSchedule.ts says how that is launched; a product (recurrentProduct.ts) may be a convolution, of states of space.

import { fail } from '../errors.ts'
import type { DimPatterns } from '../graph/dims.ts'
import type { Graph, Value } from '../graph/graph.ts'
import { type DefinedOp, defineOp } from '../graph/operation.ts'
import { wholeShape } from '../graph/parts.ts'
import { showShape, sizeOf } from '../util/shape.ts'
import { addLastStep } from './recurrence.ts'
import {
  drops,
  type RecurrenceAttributes,
  type RecurrenceGradientAttributes,
  type RecurrenceKernel,
  type RecurrentCell,
  recurrenceParams,
} from './recurrentCell.ts'
import { backwardLaunches, forwardLaunches, stepFlops } from './recurrentLaunches.ts'
import { type RecurrentProduct, sequenceShape, stateShape } from './recurrentProduct.ts'
import { isStepwise } from './recurrentSchedule.ts'
import { lastGradients } from './recurrentStates.ts'
import { part, reshape } from './view.ts'

type Forward = RecurrenceKernel<'recurrentKernel' | 'initial', 'gates' | 'h' | 'last'>
type Backward = RecurrenceKernel<'recurrentKernel' | 'initial' | 'dh' | 'dLast', 'gates' | 'dInitial'>

/** Forward. */
export type Recurrence<State extends string, Own extends string> = DefinedOp<
  'z' | 'recurrentKernel' | 'initial',
  'initial',
  'gates' | 'h' | 'last' | Own | `${'h' | State}Last`,
  RecurrenceAttributes
>

/** The way back. */
export type RecurrenceGradient<Read extends string> = DefinedOp<
  'stored' | 'recurrentKernel' | 'initial' | 'dh' | 'dLast' | Read,
  'initial' | 'dh' | 'dLast',
  'gates' | 'dInitial',
  RecurrenceGradientAttributes
>

/** Makes the operations of a cell and a product. */
export function defineRecurrence<
  const State extends string = never,
  const Own extends string = never,
  const Read extends string = never,
>(
  cell: RecurrentCell<State, Own, Read>,
  product: RecurrentProduct,
): readonly [Recurrence<State, Own>, RecurrenceGradient<Read>] {
  const { gates: count, states, stores } = cell
  const sizes = product.dims(count)
  const gradient = defineGradient(cell, product)
  const forward = defineOp({
    kernel: cell.forward[product.first] as Forward,
    dims: patterns({ z: sizes.gates, recurrentKernel: sizes.recurrentKernel }),
    factors: ['recurrentKernel'],
    optional: ['initial'],
    discardable: ['h', 'last', ...(stores as readonly never[])],
    inPlace: { gates: 'z' },
    parts: { last: states.map(lastOfState) as 'hLast'[] },
    strategies: ({ z, recurrentKernel }, attrs: RecurrenceAttributes, device) =>
      product.strategies(
        product.sizes(z, recurrentKernel, attrs),
        { gates: cell.gates, drops: drops(attrs), isBackward: false },
        device,
      ),
    // Between launches the states travel through the sequences, or through the last states.
    retains: (_attrs: RecurrenceAttributes, strategy) =>
      isStepwise(strategy) ? ['h', ...(stores as readonly never[])] : ['last'],
    shape({ z, recurrentKernel, initial }, attrs) {
      const h = sequenceShape(z, attrs, recurrentKernel)
      const state = stateShape(h)
      const own = states.length === 1 ? state : wholeShape(state, states.length)
      if (initial && sizeOf(initial) < sizeOf(own))
        fail(cell.forward[product.first].name, {
          expected: `initial states of ${sizeOf(own)} numbers together`,
          got: showShape(initial),
        })
      return {
        gates: z,
        h,
        ...Object.fromEntries(stores.map((name) => [name, h])),
        last: wholeShape(state, states.length),
        hLast: state,
        ...Object.fromEntries(states.map((name) => [lastOfState(name), state])),
      }
    },
    params(shapes, attrs) {
      const { z, recurrentKernel, initial, h, last } = shapes
      const extents = product.sizes(z, recurrentKernel, attrs)
      return {
        ...recurrenceParams(cell, attrs, extents.time, stateShape(sequenceShape(z, attrs, recurrentKernel))),
        ...extents,
        hasState: Number(initial !== undefined),
        storeH: Number(h !== undefined),
        storeCell: Number(stores.some((name) => name in shapes)),
        storeLast: Number(last !== undefined),
      }
    },
    launches: (params, device, strategy) => forwardLaunches(cell.forward, count, params, device, strategy),
    gradient({ graph, inputs, outputs, attrs, wants }, d) {
      const { recurrentKernel, initial } = inputs
      const { h } = outputs
      const [dhLast, dLast] = lastGradients(graph, stateShape(h.shape), states, d)
      const back = gradient(
        graph,
        {
          recurrentKernel,
          initial,
          ...readsOf(cell, outputs),
          dh: withLast(graph, d.h, dhLast, attrs),
          dLast,
          stored: outputs.gates,
        },
        { ...attrs, lastOnly: d.h === undefined, wantsInitial: wants('initial') },
      )
      const tensors = { h, initial, dz: back.gates, recurrentKernel }
      return {
        z: back.gates,
        recurrentKernel: wants('recurrentKernel') ? product.kernelGradient(graph, tensors, attrs) : undefined,
        initial:
          initial && wants('initial')
            ? part(graph, back.dInitial, { shape: initial.shape, offset: 0 })
            : undefined,
      }
    },
    flops: (params) => params.time * stepFlops(count, params),
  })
  // Tensors beyond those of every cell are named by the cell.
  return [forward, gradient] as unknown as readonly [Recurrence<State, Own>, RecurrenceGradient<Read>]
}

/** Patterns that the compiler need not know. */
const patterns = (given: DimPatterns): Readonly<Record<never, string>> => given

const lastOfState = (name: string): string => `${name}Last`

/** What the way back reads, by the names that it has there. */
const readsOf = (
  { reads }: RecurrentCell,
  outputs: Readonly<Record<string, Value>>,
): Readonly<Record<string, Value | undefined>> =>
  Object.fromEntries(Object.entries(reads).map(([name, read]) => [name, outputs[read]]))

function defineGradient(cell: RecurrentCell, product: RecurrentProduct) {
  const { gates: count, states } = cell
  const sizes = product.dims(count)
  return defineOp({
    kernel: cell.backward[product.first] as Backward,
    dims: patterns({ stored: sizes.gates, recurrentKernel: sizes.recurrentKernel }),
    factors: ['recurrentKernel'],
    optional: ['initial', 'dh', 'dLast'],
    inPlace: { gates: 'stored' },
    strategies: ({ stored, recurrentKernel }, attrs: RecurrenceGradientAttributes, device) =>
      product.strategies(
        product.sizes(stored, recurrentKernel, attrs),
        { gates: cell.gates, drops: drops(attrs), isBackward: true },
        device,
      ),
    // What is carried from launch to launch travels through the gradients of the initial states.
    shape: ({ stored, recurrentKernel }, attrs) => ({
      gates: stored,
      dInitial: wholeShape(stateShape(sequenceShape(stored, attrs, recurrentKernel)), states.length),
    }),
    params({ stored, recurrentKernel, initial, dh, dLast }, attrs) {
      const extents = product.sizes(stored, recurrentKernel, attrs)
      const state = stateShape(sequenceShape(stored, attrs, recurrentKernel))
      return {
        ...recurrenceParams(cell, attrs, extents.time, state),
        ...extents,
        hasState: Number(initial !== undefined),
        dhKind: dh === undefined ? 0 : attrs.lastOnly ? 2 : 1,
        hasDLast: Number(dLast !== undefined),
        storeDInitial: Number(attrs.wantsInitial),
      }
    },
    launches: (params, device, strategy) => backwardLaunches(cell.backward, count, params, device, strategy),
    flops: (params) => params.time * stepFlops(count, params),
  })
}

/** The gradient of the sequence, with that of the last state, which is one tensor to the kernels. */
function withLast(
  graph: Graph,
  dh: Value | undefined,
  dLast: Value | undefined,
  { reverse, directions }: RecurrenceAttributes,
): Value | undefined {
  if (!dh || !dLast) return dh ?? dLast
  const [batch = 1, time = 1, ...state] = dh.shape
  const x = reshape(graph, dh, { shape: [batch, time, sizeOf(state)] })
  const { y } = addLastStep(graph, { x, z: dLast }, { at: reverse ? 0 : time - 1, directions })
  return reshape(graph, y, { shape: dh.shape })
}
