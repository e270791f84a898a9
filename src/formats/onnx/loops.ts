// Loops over time: ONNX's Scan, whose body is one time step, for recurrences that its operators do not have, and for masks, which may
// leave out any time steps.

import { type Extent, extentOf, filled, maskFor, reshape, slice, where } from './expressions.ts'
import type { OnnxGraph, OnnxValue } from './graph.ts'

export interface Loop {
  /** [batch, timesteps, …], a part of which each time step gets. */
  readonly x: OnnxValue
  /** [batch, timesteps]; null where all time steps are valid. */
  readonly mask: OnnxValue | null
  /** The states before the first time step, [batch, …]. */
  readonly initial: readonly OnnxValue[]
  readonly isBackwards: boolean
  /** Whether outputs of time steps that are not valid are zeros; else they are that of the time step before, at first zeros. */
  readonly zeroesMasked: boolean
  /** The extents of an output behind the batch. */
  readonly outputExtents: readonly Extent[]
  /** Adds one time step: its output and the next states. */
  step(
    graph: OnnxGraph,
    x: OnnxValue,
    states: readonly OnnxValue[],
  ): readonly [OnnxValue, readonly OnnxValue[]]
}

export interface LoopOutputs {
  /** Outputs in the order of processing, [batch, timesteps, …]. */
  readonly sequence: OnnxValue
  /** That of the time step that is processed last. */
  readonly output: OnnxValue
  readonly states: readonly OnnxValue[]
}

const withoutTime = ({ shape, type }: OnnxValue) => ({
  shape: [...shape.slice(0, 1), ...shape.slice(2)],
  type,
})

export function addLoop(graph: OnnxGraph, loop: Loop): LoopOutputs {
  const { x, mask, initial, zeroesMasked, outputExtents } = loop
  const [batch, time] = [extentOf(x, 0), x.shape[1] ?? null]
  // Where masks leave an output as it was, it is a state of the loop.
  const keepsOutput = mask !== null && !zeroesMasked
  const before = keepsOutput ? [filled(graph, 0, [batch, ...outputExtents])] : []
  const carried = [...initial, ...before]
  const scanned = mask ? [x, mask] : [x]
  const body = graph.inner((inner) => {
    const states = carried.map((state, i) => inner.input(`state_${i}`, state))
    const now = inner.input('x', withoutTime(x))
    const isValid = mask && inner.input('is_valid', withoutTime(mask))
    const kept = (next: OnnxValue, otherwise: OnnxValue): OnnxValue =>
      isValid ? where(inner, maskFor(inner, isValid, next.shape.length), next, otherwise) : next
    const [output, next] = loop.step(inner, now, states.slice(0, initial.length))
    const shown = kept(output, states[initial.length] ?? inner.scalar(0))
    const after = next.map((state, i) => kept(state, states[i] as OnnxValue))
    return [...after, ...(keepsOutput ? [shown] : []), shown]
  })
  const known = outputExtents.map((extent) => (typeof extent === 'number' ? extent : null))
  const results = [
    ...carried.map(({ shape, type }) => ({ shape, type })),
    { shape: [x.shape[0] ?? null, time, ...known], type: 'float' as const },
  ]
  const ones = scanned.map(() => 1)
  const values = graph.nodes('Scan', [...carried, ...scanned], results, {
    body,
    num_scan_inputs: scanned.length,
    scan_input_axes: ones,
    scan_output_axes: [1],
    ...(loop.isBackwards ? { scan_input_directions: ones } : {}),
  })
  const sequence = values.at(-1) as OnnxValue
  const last = slice(graph, sequence, [{ axis: 1, start: -1, end: null }])
  return {
    sequence,
    output: reshape(graph, last, [batch, ...outputExtents]),
    states: values.slice(0, initial.length),
  }
}

/** Time steps in reverse. */
export const reversed = (graph: OnnxGraph, x: OnnxValue): OnnxValue =>
  slice(graph, x, [{ axis: 1, start: -1, end: null, step: -1 }])
