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
import type { DeviceTraits, Launch, Params } from '../graph/operation.ts'
import { launchOf, threadsOf, tiles } from './launch.ts'

/** The implicit product of each group and chunk: rows × columns. */
export interface ConvolutionProduct {
  readonly rows: number
  readonly columns: number
  /** Terms of a sum that lie side by side: channels of an entry, or filters, or all positions of a chunk. */
  readonly perEntry: number
  readonly groups: number
  readonly chunks: number
}

/** Most columns · terms, in numbers read for each group, of which direct kernels make the best. */
const NARROW = 64
/** Workgroups that keep the cores of a middling GPU busy. */
const BUSY = 64

/** Strategies, the best by rule first. */
export function convolutionStrategies(
  { rows, columns, perEntry, groups, chunks }: ConvolutionProduct,
  { isSoftware, maxWorkgroupsPerDimension: most }: DeviceTraits,
): [string, ...string[]] {
  const reads = groups > 1 ? 2 : 1
  const isNarrow = columns <= 4 || columns * perEntry * reads <= NARROW
  const workgroups = Math.ceil(rows / 64) * Math.ceil(columns / 64) * groups * chunks
  const tile = columns > 32 && workgroups >= BUSY ? 'tile64' : 'tile32'
  // Only direct launches go on in another dimension.
  if (Math.max(Math.ceil(rows / 32), groups * chunks) > most) return ['direct']
  const best = isNarrow ? 'direct' : isSoftware ? 'registers' : tile
  return [best, ...['registers', 'tile64', 'tile32', 'direct'].filter((name) => name !== best)]
}

export function convolutionLaunches(
  kernels: Readonly<Record<'registers' | 'direct' | 'tiled', Kernel>>,
  params: Params,
  { rows, columns, groups, chunks }: ConvolutionProduct,
  device: DeviceTraits,
  strategy: string,
): Launch[] {
  if (strategy === 'direct') {
    const threads = rows * Math.ceil((columns * groups) / 4) * chunks
    return [threadsOf(kernels.direct, params, threads, device, { GROUPED: Number(groups > 1) })]
  }
  const depth = groups * chunks
  if (strategy === 'registers') return [launchOf(kernels.registers, params, tiles(columns, rows, depth, 32))]
  const side = strategy === 'tile64' ? 64 : 32
  return [launchOf(kernels.tiled, params, tiles(columns, rows, depth, side), { SIDE: side / 4 })]
}
