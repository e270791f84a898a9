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
import { inThreads, inTiles, type Launch, LOAD_FLOPS, launchesOf } from '../graph/launch.ts'
import type { DeviceTraits, Params } from '../graph/operation.ts'
import { matmul, matmulReduced, matmulRegisters, matmulSubgroups, matmulSum } from './kernels.gen.ts'

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
export function subgroupTile({ subgroups }: DeviceTraits) {
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

/** The strategies that can run, the best by rule first. */
export function matmulStrategies(
  m: number,
  n: number,
  k: number,
  { isSoftware, subgroups }: DeviceTraits,
  batch: number,
): [string, ...string[]] {
  const fitting = ['registers', 'tile64', 'tile32', 'reduced']
  if (chunksOf(m, n, k, batch) > 1) fitting.push('split')
  if (holdsSubgroups(subgroups)) fitting.push('subgroups')
  const best = isSoftware ? softwareTileOf(m, n, k, subgroups) : tileOf(m, n, k, batch)
  return [best, ...fitting.filter((name) => name !== best)]
}

type ProductParams = Params & Readonly<Record<'m' | 'n' | 'k' | 'batch' | 'chunks', number>>

export function matmulLaunches(scalars: ProductParams, device: DeviceTraits, strategy: string): Launch[] {
  const { m, n, k, batch, chunks } = scalars
  const inSides = (kernel: Kernel, side: number, overrides = {}): Launch[] =>
    launchesOf(kernel, { ...scalars, chunks: 1 }, inTiles(n, m, batch, k, [side, side]), device, overrides)
  switch (strategy) {
    case 'registers':
      return inSides(matmulRegisters, 32)
    case 'reduced':
      return inSides(matmulReduced, 16)
    case 'tile64':
      return inSides(matmul, 64, { SIDE: 16 })
    case 'subgroups': {
      const { size, overrides } = subgroupTile(device)
      const work = inTiles(n, m, batch, k, size)
      return launchesOf(matmulSubgroups, scalars, work, device, overrides)
    }
    case 'split': {
      // Parts begin at multiples of 16, as tiles do.
      const length = 16 * Math.ceil(k / (16 * chunks))
      const vectors = batch * (m + 1) * Math.ceil(n / 4)
      return [
        ...launchesOf(matmul, scalars, inTiles(n, m, batch * chunks, length, [32, 32]), device, { SIDE: 8 }),
        ...launchesOf(matmulSum, scalars, inThreads(vectors, 4 * LOAD_FLOPS * chunks), device),
      ]
    }
    default:
      return inSides(matmul, 32, { SIDE: 8 })
  }
}
