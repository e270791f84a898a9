// The ways to launch a convolution and its two gradients, as implicit products, and which is taken.
//
//   registers   4×4 of the result a thread, no barrier: what software adapters run best (see matmulStrategies.ts)
//   tile64      64×64 of a group's result a workgroup of 256 threads, in workgroup memory
//   tile32      32×32 and 64 threads, where groups are narrower or workgroups would be few
//   direct      four columns of one row a thread, of whichever groups: no tile that narrow groups would leave empty, and
//               positions are told apart once, not at every entry of a window
//
// Where direct begins is measured on software adapters: depthwise convolutions are 5 to 40 times faster so, 8 channels by
// 8 filters are even. GPUs lose more by an empty tile and have only published figures behind their rule, as in matmul.

import type { Kernel } from '../graph/kernel.ts'
import { inThreads, inTiles, type Launch, launchesOf, type Work } from '../graph/launch.ts'
import type { DeviceTraits, Params } from '../graph/operation.ts'
import type { Geometry } from './convolutionGeometry.ts'

/** The implicit product of each group and chunk: rows × columns. */
export interface ConvolutionProduct {
  readonly rows: number
  readonly columns: number
  /** Terms of a sum that lie side by side: channels of an entry, or filters, or all positions of a chunk. */
  readonly perEntry: number
  /** Terms of a sum, of a chunk where there are several. */
  readonly terms: number
  /** Whether these are positions, of which there may be millions. */
  readonly isOverPositions: boolean
  readonly groups: number
  readonly chunks: number
}

/** Terms of a sum: what a window sees of a group. */
const forwardTerms = (g: Geometry): number => (g.kernelHeight * g.kernelWidth * g.channels) / g.groups
const inputGradientTerms = (g: Geometry): number => (g.kernelHeight * g.kernelWidth * g.filters) / g.groups

export const forwardProduct = (g: Geometry): ConvolutionProduct => ({
  rows: g.batch * g.outHeight * g.outWidth,
  columns: g.filters / g.groups,
  perEntry: g.channels / g.groups,
  terms: forwardTerms(g),
  isOverPositions: false,
  groups: g.groups,
  chunks: 1,
})

export const inputGradientProduct = (g: Geometry): ConvolutionProduct => ({
  rows: g.batch * g.height * g.width,
  columns: g.channels / g.groups,
  perEntry: g.filters / g.groups,
  terms: inputGradientTerms(g),
  isOverPositions: false,
  groups: g.groups,
  chunks: 1,
})

const kernelGradientTerms = (g: Geometry, chunks: number): number =>
  Math.ceil((g.batch * g.outHeight * g.outWidth) / chunks)

export const kernelGradientProduct = (g: Geometry, chunks: number): ConvolutionProduct => ({
  rows: forwardTerms(g),
  columns: g.filters / g.groups,
  perEntry: kernelGradientTerms(g, chunks),
  terms: kernelGradientTerms(g, chunks),
  isOverPositions: true,
  groups: g.groups,
  chunks,
})

/** Most columns · terms, in numbers read for each group, of which direct kernels make the best. */
const NARROW = 64
/** Workgroups that keep the cores of a middling GPU busy. */
const BUSY = 64

/** Strategies, the best by rule first. */
export function convolutionStrategies(
  { rows, columns, perEntry, groups, chunks }: ConvolutionProduct,
  { isSoftware }: DeviceTraits,
): [string, ...string[]] {
  const reads = groups > 1 ? 2 : 1
  const isNarrow = columns <= 4 || columns * perEntry * reads <= NARROW
  const workgroups = Math.ceil(rows / 64) * Math.ceil(columns / 64) * groups * chunks
  const tile = columns > 32 && workgroups >= BUSY ? 'tile64' : 'tile32'
  const best = isNarrow ? 'direct' : isSoftware ? 'registers' : tile
  return [best, ...['registers', 'tile64', 'tile32', 'direct'].filter((name) => name !== best)]
}

export function convolutionLaunches(
  kernels: Readonly<Record<'registers' | 'direct' | 'tiled', Kernel>>,
  params: Params,
  { rows, columns, groups, chunks, terms, isOverPositions }: ConvolutionProduct,
  device: DeviceTraits,
  strategy: string,
): Launch[] {
  const inSides = (side: number): Work => inTiles(columns, rows, groups * chunks, terms, [side, side])
  // Sums over a window are short: only tiled kernels, whose workgroups are largest, make them in parts.
  const partly = (work: Work): Work => (isOverPositions ? { ...work, terms } : { ...work, terms: undefined })
  switch (strategy) {
    case 'direct': {
      const work = inThreads(rows * Math.ceil((columns * groups) / 4) * chunks, 8 * terms)
      return launchesOf(kernels.direct, params, partly(work), device, { GROUPED: Number(groups > 1) })
    }
    case 'registers':
      return launchesOf(kernels.registers, params, partly(inSides(32)), device)
    case 'tile64':
      return launchesOf(kernels.tiled, params, inSides(64), device, { SIDE: 16 })
    default:
      return launchesOf(kernels.tiled, params, inSides(32), device, { SIDE: 8 })
  }
}
