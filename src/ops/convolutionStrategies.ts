// The strategies of a convolution and its two gradients, as implicit products, and the rule that picks one.
//
//   registers   4×4 of the result a thread, no barrier: what software adapters run best (see matmulStrategies.ts)
//   tile64      64×64 of a group's result a workgroup of 256 threads, in workgroup memory
//   tile32      32×32 and 64 threads, for narrow groups and where tile64 would give few workgroups
//   direct      four columns of one row a thread, which may belong to different groups: narrow groups leave no tile empty,
//               and indices of positions are computed once, not at every entry of a window
//
// The bound of `direct` was measured on software adapters: depthwise convolutions are 5 to 40 times faster with it, at 8
// channels by 8 filters it makes no difference. GPUs lose more by an empty tile; their rule rests on published figures.

import type { Kernel } from '../graph/kernel.ts'
import { inThreads, inTiles, type Launch, launchesOf, type Work } from '../graph/launch.ts'
import type { DeviceTraits, Params } from '../graph/operation.ts'
import type { Geometry } from './convolutionGeometry.ts'

/** The implicit product of each group and chunk: rows × columns. */
export interface ConvolutionProduct {
  readonly rows: number
  readonly columns: number
  /** Consecutive terms of a sum in memory: channels of an entry, or filters, or all positions of a chunk. */
  readonly perEntry: number
  /** Terms of a sum, or of each chunk where the sum is split. */
  readonly terms: number
  /** Whether the terms are positions, of which there may be millions. */
  readonly isOverPositions: boolean
  readonly groups: number
  readonly chunks: number
}

/** Terms of a sum: the entries of a window in a group. */
const forwardTerms = (g: Geometry): number => (g.kernelRows * g.kernelWidth * g.channels) / g.groups
const inputGradientTerms = (g: Geometry): number => (g.kernelRows * g.kernelWidth * g.filters) / g.groups

export const forwardProduct = (g: Geometry): ConvolutionProduct => ({
  rows: g.batch * g.outRows * g.outWidth,
  columns: g.filters / g.groups,
  perEntry: g.channels / g.groups,
  terms: forwardTerms(g),
  isOverPositions: false,
  groups: g.groups,
  chunks: 1,
})

export const inputGradientProduct = (g: Geometry): ConvolutionProduct => ({
  rows: g.batch * g.rows * g.width,
  columns: g.channels / g.groups,
  perEntry: g.filters / g.groups,
  terms: inputGradientTerms(g),
  isOverPositions: false,
  groups: g.groups,
  chunks: 1,
})

const kernelGradientTerms = (g: Geometry, chunks: number): number =>
  Math.ceil((g.batch * g.outRows * g.outWidth) / chunks)

export const kernelGradientProduct = (g: Geometry, chunks: number): ConvolutionProduct => ({
  rows: forwardTerms(g),
  columns: g.filters / g.groups,
  perEntry: kernelGradientTerms(g, chunks),
  terms: kernelGradientTerms(g, chunks),
  isOverPositions: true,
  groups: g.groups,
  chunks,
})

/** The largest columns · terms, in numbers read for each group, for which direct kernels are fastest. */
const NARROW = 64
/** Workgroups that keep the cores of a middle-class GPU busy. */
const BUSY = 64

/** The strategies, the best by rule first. */
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
  // Sums over a window are short: only tiled kernels, which have the largest workgroups, split them over launches.
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
