// A recurrence of any cell over a whole sequence, forward and backward, as two operations.
//
//   z = x·W + b [B, T, G·U] is one product for all time steps, hoisted out of the loop.   z += h·R, then the cell
//
// The gates overwrite z, and backward their gradients overwrite the gates. Index t of h and gates belongs to the input's time
// step t, also with `reverse`, which runs from the last to the first. Two directions run in the same launches, side by side:
// z [B, T, 2·G·U], R [U, 2·G·U], h [B, T, 2U], states [B, 2U]. One or two states lie in one tensor (recurrentStates.ts).
// recurrentSchedule.ts chooses the launches; the product (recurrentProduct.ts) may be a convolution.

import type { DefinedOp } from '../graph/definition.ts'
import type { DimPatterns } from '../graph/dims.ts'
import type { Graph, Value } from '../graph/graph.ts'
import type { KernelSignature } from '../graph/kernel.ts'
import { defineOp, type Operation } from '../graph/operation.ts'
import { checkHolds, wholeShape } from '../graph/parts.ts'
import { entriesWhere, mapValues } from '../util/mapValues.ts'
import { type Shape, sizeOf } from '../util/shape.ts'
import { addLastTimestep } from './recurrence.ts'
import {
  drops,
  type RecurrenceAttributes,
  type RecurrenceGradientAttributes,
  type RecurrenceKernel,
  type RecurrentCell,
  recurrenceParams,
} from './recurrentCell.ts'
import { launchRecurrence, type RecurrentKernels, timestepFlops } from './recurrentLaunches.ts'
import { type ProductTensors, type RecurrentProduct, sequenceShape, stateShape } from './recurrentProduct.ts'
import { type RecurrentStrategy, runsByTimestep } from './recurrentSchedule.ts'
import { lastGradients } from './recurrentStates.ts'
import { part, reshape } from './view.ts'

type Forward = RecurrenceKernel<'recurrentKernel' | 'initial' | 'mask' | 'bias', 'gates' | 'h' | 'last'>
type Backward = RecurrenceKernel<
  'recurrentKernel' | 'initial' | 'mask' | 'dh' | 'dLast',
  'gates' | 'inner' | 'dInitial'
>

/** The forward operation. */
export type Recurrence<State extends string, Own extends string> = DefinedOp<
  'z' | 'recurrentKernel' | 'initial' | 'mask' | 'bias',
  'initial' | 'mask' | 'bias',
  'gates' | 'h' | 'last' | Own | `${'h' | State}Last`,
  RecurrenceAttributes
>

/** The backward operation. */
export type RecurrenceGradient<Read extends string> = DefinedOp<
  'stored' | 'storedInner' | 'recurrentKernel' | 'initial' | 'mask' | 'dh' | 'dLast' | Read,
  'storedInner' | 'initial' | 'mask' | 'dh' | 'dLast',
  'gates' | 'inner' | 'dInitial',
  RecurrenceGradientAttributes
>

/** Makes the operations `name`, the pass forward, and `${name}Gradient` of a cell and a product. */
export function defineRecurrence<
  const State extends string = never,
  const Own extends string = never,
  const Read extends string = never,
>(
  name: string,
  cell: RecurrentCell<State, Own, Read>,
  product: RecurrentProduct,
): readonly [Recurrence<State, Own>, RecurrenceGradient<Read>] {
  const { gates: count, states, stores, biasRows, overwrites, launch = launchRecurrence } = cell
  // What the second of two launches of a time step reads of the first.
  const between = cell.launch ? stores : []
  const sizes = product.dims(count)
  const gradient = defineGradient(`${name}Gradient`, cell, product)
  const forward = defineOp({
    name,
    kernel: cell.forward[product.first] as Forward,
    // States lie in one tensor, from multiples of 64 on: `shape` checks that it holds them.
    dims: patterns({
      z: sizes.gates,
      recurrentKernel: sizes.recurrentKernel,
      initial: '...',
      mask: 'B T',
      ...(biasRows && { bias: `${biasRows} ${sizes.recurrentKernel.split(' ').at(-1)}` }),
    }),
    factors: ['recurrentKernel'],
    optional: ['initial', 'mask', 'bias'],
    discardable: ['h', 'last', ...(stores as readonly never[])],
    inPlace: { gates: 'z' },
    parts: { last: states.map(lastOfState) as 'hLast'[] },
    strategies: ({ z, recurrentKernel }, attrs: RecurrenceAttributes, device) =>
      offered(
        cell.forward,
        product.strategies(
          product.sizes(z, recurrentKernel, attrs),
          { gates: count, drops: drops(attrs), isBackward: false },
          device,
        ),
      ),
    // A launch reads what the previous one left: from each state's sequence if each time step is a launch, else from last.
    retains: (_attrs: RecurrenceAttributes, strategy) =>
      runsByTimestep(strategy) ? ([...states, ...between] as readonly 'h'[]) : ['last'],
    shape({ z, recurrentKernel, initial }, attrs) {
      const h = sequenceShape(z, attrs, recurrentKernel)
      const state = stateShape(h)
      const needed = states.length === 1 ? state : wholeShape(state, states.length)
      checkHolds(name, 'initial', initial, needed)
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
      const { z, recurrentKernel, initial, mask, bias, h, last } = shapes
      const extents = product.sizes(z, recurrentKernel, attrs)
      return {
        ...recurrenceParams(cell, attrs, extents.time, stateShape(sequenceShape(z, attrs, recurrentKernel))),
        ...extents,
        ...(biasRows && { HAS_BIAS: Number(bias !== undefined) }),
        hasState: Number(initial !== undefined),
        storeH: Number(h !== undefined),
        storeCell: Number(stores.some((name) => name in shapes)),
        storeLast: Number(last !== undefined),
        MASKED: Number(mask !== undefined),
      }
    },
    launches: (params, device, strategy) =>
      launch({ kernels: cell.forward, gates: count, params, isBackward: false }, device, strategy),
    gradient({ graph, inputs, outputs, attrs, wants }, d) {
      const { recurrentKernel, initial, mask, bias } = inputs
      const { h } = outputs
      const [dhLast, dLast] = lastGradients(graph, stateShape(h.shape), states, d)
      const back = gradient(
        graph,
        boundBy(gradient.operation, {
          recurrentKernel,
          initial,
          mask,
          ...readsOf(cell, outputs),
          storedInner: overwrites && (outputs as Readonly<Record<string, Value>>)[overwrites],
          dh: withLast(graph, d.h, dhLast, attrs),
          dLast,
          stored: outputs.gates,
        }),
        { ...attrs, lastOnly: d.h === undefined, wantsInitial: wants('initial') },
      )
      const learns = wants('recurrentKernel') || wants('bias')
      const tensors = { h, initial, dz: back.gates, recurrentKernel, ...innerOf(cell, outputs, back) }
      const found = learns ? product.kernelGradient(graph, tensors, attrs) : undefined
      return {
        z: back.gates,
        recurrentKernel: found?.dR,
        bias: bias && found?.biasSums,
        initial:
          initial && wants('initial')
            ? part(graph, back.dInitial, { shape: initial.shape, offset: 0 })
            : undefined,
      }
    },
    flops: (params) => params.time * timestepFlops(count, params),
  })
  // The names of the cell's further tensors are known from the cell's type alone.
  return [forward, gradient] as unknown as readonly [Recurrence<State, Own>, RecurrenceGradient<Read>]
}

/** Widens the type of dims, because the patterns are only known at run time. */
const patterns = (given: DimPatterns): Readonly<Record<never, string>> => given

const lastOfState = (name: string): string => `${name}Last`

/** The strategies that a cell has kernels for, of which each cell has streamed and timestep. */
const offered = (kernels: RecurrentKernels, names: readonly RecurrentStrategy[]) =>
  names.filter((name) => name in kernels) as [RecurrentStrategy, ...RecurrentStrategy[]]

/** What dR reads of a cell whose last gate goes through R in another way than the others. */
function innerOf(
  { stores, overwrites }: RecurrentCell,
  outputs: Readonly<Record<string, Value>>,
  back: Readonly<Record<'inner', Value>>,
): Pick<ProductTensors, 'inner' | 'innerIs'> {
  if (overwrites) return { inner: back.inner, innerIs: 'resets' }
  return stores.includes('inner') ? { inner: outputs.inner, innerIs: 'states' } : {}
}

/** Whether a kernel binds a tensor: a cell's kernels bind those alone that its formulas read. */
const isBound = ({ bindings }: KernelSignature, name: string): boolean =>
  bindings.some((binding) => binding.name === name)

/** The tensors that an operation has inputs for: kernels of a cell bind those alone that its formulas read. */
const boundBy = <Inputs extends object>({ inputNames }: Operation, inputs: Inputs): Inputs =>
  entriesWhere(inputs as Readonly<Record<string, unknown>>, (_, name) => inputNames.includes(name)) as Inputs

/** The forward tensors that the backward operation reads, under its names for them. */
const readsOf = (
  { reads }: RecurrentCell,
  outputs: Readonly<Record<string, Value>>,
): Readonly<Record<string, Value | undefined>> => mapValues(reads, (read) => outputs[read])

function defineGradient(name: string, cell: RecurrentCell, product: RecurrentProduct) {
  const { gates: count, states, reads, overwrites, launch = launchRecurrence } = cell
  const sizes = product.dims(count)
  // Outputs are like the gates of a cell of one.
  const sequence = product.dims(1).gates
  const kernel = cell.backward[product.first] as Backward
  return defineOp({
    name,
    kernel,
    dims: ({ lastOnly }: RecurrenceGradientAttributes) => {
      const given: DimPatterns = {
        stored: sizes.gates,
        recurrentKernel: sizes.recurrentKernel,
        // As forward.
        initial: '...',
        mask: 'B T',
        dLast: sequence.replace(' T', ''),
        dh: lastOnly ? sequence.replace(' T', '') : sequence,
        ...Object.fromEntries(Object.keys(reads).map((name) => [name, sequence])),
        ...(overwrites && { storedInner: sequence }),
      }
      const bound = Object.entries(given).filter(
        ([name]) => name.startsWith('stored') || isBound(kernel, name),
      )
      return patterns(Object.fromEntries(bound))
    },
    factors: ['recurrentKernel'],
    optional: ['initial', 'mask', 'dh', 'dLast', 'storedInner'],
    inPlace: { gates: 'stored', ...(overwrites && { inner: 'storedInner' }) } as {
      gates: 'stored'
      inner: 'storedInner'
    },
    strategies: ({ stored, recurrentKernel }, attrs: RecurrenceGradientAttributes, device) =>
      offered(
        cell.backward,
        product.strategies(
          product.sizes(stored, recurrentKernel, attrs),
          { gates: count, drops: drops(attrs), isBackward: true },
          device,
        ),
      ),
    // dInitial is always an output, since launches pass carried gradients on through it.
    shape({ stored, recurrentKernel, initial }, attrs) {
      const h = sequenceShape(stored, attrs, recurrentKernel)
      const state = stateShape(h)
      const whole = wholeShape(state, states.length)
      checkHolds(name, 'initial', initial, states.length === 1 ? state : whole)
      return { gates: stored, ...((overwrites && { inner: h }) as { inner: Shape }), dInitial: whole }
    },
    params({ stored, recurrentKernel, initial, mask, dh, dLast }, attrs) {
      const extents = product.sizes(stored, recurrentKernel, attrs)
      const state = stateShape(sequenceShape(stored, attrs, recurrentKernel))
      return {
        ...recurrenceParams(cell, attrs, extents.time, state),
        ...extents,
        hasState: Number(initial !== undefined),
        dhKind: dh === undefined ? 0 : attrs.lastOnly ? 2 : 1,
        hasDLast: Number(dLast !== undefined),
        storeDInitial: Number(attrs.wantsInitial),
        MASKED: Number(mask !== undefined),
      }
    },
    launches: (params, device, strategy) =>
      launch({ kernels: cell.backward, gates: count, params, isBackward: true }, device, strategy),
    flops: (params) => params.time * timestepFlops(count, params),
  })
}

/** The gradients of the sequence and of the last state in one tensor, because the kernels read one. */
function withLast(
  graph: Graph,
  dh: Value | undefined,
  dLast: Value | undefined,
  { reverse, directions }: RecurrenceAttributes,
): Value | undefined {
  if (!dh || !dLast) return dh ?? dLast
  const [batch = 1, time = 1, ...state] = dh.shape
  const size = sizeOf(state)
  const x = reshape(graph, dh, { shape: [batch, time, size] })
  const z = reshape(graph, dLast, { shape: [batch, size] })
  const { y } = addLastTimestep(graph, { x, z }, { at: reverse ? 0 : time - 1, directions })
  return reshape(graph, y, { shape: dh.shape })
}
