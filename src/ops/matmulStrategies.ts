// The strategies of a product [m, k]·[k, n], or of a batch of products, and the rule that picks one.
//
//   registers   4×4 of y a thread, no barrier, no shared memory. SwiftShader runs tiles 2 to 10 times slower: at a barrier it
//               switches between all threads of a workgroup, and it loads vectors number by number
//   subgroups   16 rows of y a subgroup, four columns a lane, op(a) shuffled between lanes: no barrier either. On llvmpipe, which has 8
//               lanes and slow loads, two to three times as fast as registers where y is large
//   tile64      64×64 of y a workgroup of 256 threads, 16 of k at a time in workgroup memory: 16 operations for each
//               number read from workgroup memory, 64 for each read from memory
//   tile32      32×32 and 64 threads, where 64×64 would leave most of a GPU's cores without a workgroup
//   reduced     16×16 of y a workgroup, whose 256 threads divide k: for small y and long k, as in weight gradients of narrow layers
//   split       tile32 over parts of k, then a second launch that adds up the sums: for small y where k is so long that the
//               second launch costs little beside the time saved
//
// Products of a batch are layers of workgroups of the same launch, and the parts of split are layers inside of each product.
//
// The rule for software adapters is measured on SwiftShader and llvmpipe, that for GPUs on an NVIDIA H200: enough workgroups
// for every core come first, then the largest tile. `choose` of the device may overrule it.

import type { Kernel } from '../graph/kernel.ts'
import { inTiles, type Launch, launchesOf, type Work } from '../graph/launch.ts'
import type { DeviceTraits, Params } from '../graph/operation.ts'

/** Workgroups that keep the cores of a GPU busy. */
const BUSY = 128
/** Length of k from which dividing it among threads pays, and from which dividing it over workgroups with a second launch does. */
const LONG = 64
const VERY_LONG = 16_384

const workgroupsOf = (m: number, n: number, batch: number, side: number): number =>
  Math.ceil(m / side) * Math.ceil(n / side) * batch

/** Parts into which the split strategy cuts k: enough for every core, none shorter than 256. */
export const chunksOf = (m: number, n: number, k: number, batch = 1): number =>
  Math.max(1, Math.min(Math.floor(k / 256), Math.ceil((2 * BUSY) / workgroupsOf(m, n, batch, 32))))

/** The tile strategy for GPUs. */
export function tileOf(
  m: number,
  n: number,
  k: number,
  batch = 1,
): 'tile64' | 'tile32' | 'reduced' | 'split' {
  if (workgroupsOf(m, n, batch, 64) >= BUSY) return 'tile64'
  if (k < LONG || workgroupsOf(m, n, batch, 32) >= BUSY) return 'tile32'
  return k >= VERY_LONG ? 'split' : 'reduced'
}

/** Whether the device has subgroups whose size suits a workgroup of one subgroup. */
export const holdsSubgroups = (subgroups: DeviceTraits['subgroups']): boolean =>
  subgroups !== null && subgroups.max <= 64

/** Whether subgroups have so many lanes that a shuffle costs less than a load on a software adapter. */
export const handsOn = (subgroups: DeviceTraits['subgroups']): boolean =>
  holdsSubgroups(subgroups) && (subgroups?.min ?? 0) >= 8

/** Rows that a subgroup owns, and columns of each of its lanes. */
const SUBGROUP_ROWS = 16
const LANE_COLUMNS = 4

/** Columns and rows of a workgroup of one subgroup, and the threads that it has. */
function subgroupTile({ subgroups }: DeviceTraits) {
  const THREADS = subgroups?.max ?? 64
  return { size: [LANE_COLUMNS * THREADS, SUBGROUP_ROWS], overrides: { THREADS } } as const
}

/** Share of rows or columns that exist among those that threads compute, where each owns `size` at once. */
const filled = (extent: number, side: number): number => extent / (side * Math.ceil(extent / side))

/** The strategy for software adapters: subgroups where there are enough rows and columns to share loads. */
export const softwareTileOf = (
  m: number,
  n: number,
  k: number,
  subgroups: DeviceTraits['subgroups'],
): 'registers' | 'subgroups' =>
  handsOn(subgroups) &&
  k >= 8 &&
  filled(m, SUBGROUP_ROWS) * filled(n, LANE_COLUMNS * (subgroups?.max ?? 0)) >= 0.5
    ? 'subgroups'
    : 'registers'

/** The strategies that can run, `best` first. */
export function productStrategies(
  best: string,
  { splits, inSubgroups }: { readonly splits: boolean; readonly inSubgroups: boolean },
): [string, ...string[]] {
  const fitting = ['registers', 'tile64', 'tile32', 'reduced']
  if (splits) fitting.push('split')
  if (inSubgroups) fitting.push('subgroups')
  return [best, ...fitting.filter((name) => name !== best)]
}

/** The kernels of a product: what computes it by each strategy, and what adds up the sums of `split`. */
interface ProductKernels {
  readonly tiled: Kernel
  readonly reduced: Kernel
  readonly registers: Kernel
  readonly subgroups: Kernel
  readonly sum: Kernel
}

/** The extents of a product, and what its kernels are told. */
interface Product<P extends Params> {
  readonly m: number
  readonly n: number
  readonly k: number
  /** Products of a batch, or directions. */
  readonly layers: number
  readonly params: P & { readonly chunks: number }
  /** The second launch of `split`. */
  readonly sums: Work
}

/** The launches of a product by a strategy. */
export function productLaunches<P extends Params>(
  { tiled, reduced, registers, subgroups, sum }: ProductKernels,
  { m, n, k, layers, params, sums }: Product<P>,
  device: DeviceTraits,
  strategy: string,
): Launch[] {
  const inBlocks = (kernel: Kernel, size: readonly [columns: number, rows: number], overrides = {}) =>
    launchesOf(kernel, { ...params, chunks: 1 }, inTiles(n, m, layers, k, size), device, overrides)
  switch (strategy) {
    case 'registers':
      return inBlocks(registers, [32, 32])
    case 'reduced':
      return inBlocks(reduced, [16, 16])
    case 'tile64':
      return inBlocks(tiled, [64, 64], { SIDE: 16 })
    case 'subgroups': {
      const { size, overrides } = subgroupTile(device)
      return inBlocks(subgroups, size, overrides)
    }
    case 'split': {
      const { chunks } = params
      // Parts begin at multiples of 16, as tiles do.
      const length = 16 * Math.ceil(k / (16 * chunks))
      const parts = inTiles(n, m, layers * chunks, length, [32, 32])
      return [
        ...launchesOf(tiled, params, parts, device, { SIDE: 8 }),
        ...launchesOf(sum, params, sums, device),
      ]
    }
    default:
      return inBlocks(tiled, [32, 32], { SIDE: 8 })
  }
}
