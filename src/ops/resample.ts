// Entries along an axis as mixtures of neighbours, by weights that are known beforehand: y[i] = Σ weights[i][k]·x[first[i] + k], as an
// image's rows and columns are when it is resized. The gradient is the same with the weights of the transposed matrix.

import type { Graph, Value } from '../graph/graph.ts'
import { LOAD_FLOPS } from '../graph/launch.ts'
import { defineOp, type Gradients } from '../graph/operation.ts'
import { extentOf, sizeOf } from '../util/shape.ts'
import { resample as kernel } from './kernels.gen.ts'

/** What an output has of the entries from `first` on. */
export interface Band {
  readonly first: number
  readonly weights: readonly number[]
}

/** A matrix of few entries around its diagonal: a row for each output. */
export type Bands = readonly Band[]

export interface ResampleAttributes {
  readonly axis: number
  readonly bands: Bands
}

const widthOf = (bands: Bands): number => Math.max(0, ...bands.map(({ weights }) => weights.length))

/** The bands as the kernel reads them, [outputs, 2 + width]. */
export function packedBands(bands: Bands): Float32Array {
  const row = 2 + widthOf(bands)
  const packed = new Float32Array(bands.length * row)
  bands.forEach(({ first, weights }, i) => {
    packed.set([first, weights.length, ...weights], i * row)
  })
  return packed
}

/** The transposed matrix, of which row j is what x's entry j has in each output. */
export function transposedBands(bands: Bands, entries: number): Bands {
  const rows = Array.from({ length: entries }, () => new Map<number, number>())
  bands.forEach(({ first, weights }, i) => {
    weights.forEach((weight, k) => {
      rows[first + k]?.set(i, weight)
    })
  })
  return rows.map((row) => {
    const outputs = [...row.keys()]
    const [first = 0] = outputs
    const length = (outputs.at(-1) ?? first - 1) - first + 1
    return { first, weights: Array.from({ length }, (_, k) => row.get(first + k) ?? 0) }
  })
}

export const resample = defineOp({
  kernel,
  dims: { x: '...', bands: 'O W' },
  shape: ({ x, O }, { axis }: ResampleAttributes) => ({
    y: x.map((extent, k) => (k === axis ? O : extent)),
  }),
  params: ({ x, y, O, W }, { axis }) => ({
    size: sizeOf(y),
    entries: extentOf(x, axis),
    outputs: O,
    inner: sizeOf(x.slice(axis + 1)),
    width: W - 2,
  }),
  threads: ({ size }) => size,
  flopsEach: ({ width }) => 2 * LOAD_FLOPS * width,
  gradient({ graph, inputs: { x }, attrs: { axis, bands } }, { y: dy }): Gradients<'x'> {
    if (dy === undefined) return {}
    return { x: resampled(graph, dy, { axis, bands: transposedBands(bands, extentOf(x.shape, axis)) }) }
  },
})

/** Adds a mixture along an axis. */
export const resampled = (graph: Graph, x: Value, attrs: ResampleAttributes): Value => {
  const { bands } = attrs
  const table = graph.constant(packedBands(bands), [bands.length, 2 + widthOf(bands)])
  return resample(graph, { x, bands: table }, attrs).y
}
