// The ways to launch a product [m, k]·[k, n], and which is taken.
//
//   registers   4×4 of y a thread, no barrier, no memory shared. SwiftShader runs tiles 2 to 10 times slower: a barrier
//               makes it switch between all threads of a workgroup, and vectors it loads number by number
//   subgroups   4×256 of y a workgroup of 64 threads, op(a) handed from lane to lane, op(b) read in vectors: no barrier
//               either. On llvmpipe, whose lanes are 8, up to twice as fast as registers where rows of op(b) are long
//   tile64      64×64 of y a workgroup of 256 threads, 16 of k at a time in workgroup memory: 16 operations for each
//               number read from there, and each number read from memory serves 64
//   tile32      32×32 and 64 threads, where 64×64 would leave most of a GPU's cores without a workgroup
//   reduced     16×16 of y, its 256 threads share k among them: small y, long k, as in weight gradients of narrow layers
//   split       tile32 over parts of k, then a second launch that adds them up: the same where k is in the thousands;
//               never taken by rule, because a step's launches are counted
//
// The rule for software adapters is measured on SwiftShader and llvmpipe. That for GPUs follows what is published of them:
// enough workgroups for every core come first, then the largest tile; ONNX Runtime takes subgroups on Intel's alone. It is
// not measured; `choose` may overrule it.

import type { DeviceTraits, Launch, Params } from '../graph/operation.ts'
import { matmul, matmulReduced, matmulRegisters, matmulSubgroups, matmulSum } from './kernels.gen.ts'
import { launchOf, threadsOf, tiles } from './launch.ts'

/** Workgroups that keep the cores of a middling GPU busy. */
const BUSY = 64
/** Length of k from which sharing it pays. */
const LONG = 64

const workgroupsOf = (m: number, n: number, side: number): number => Math.ceil(m / side) * Math.ceil(n / side)

/** Parts into which the split strategy cuts k: enough for every core, none shorter than 256. */
export const chunksOf = (m: number, n: number, k: number): number =>
  Math.max(1, Math.min(Math.floor(k / 256), Math.ceil((2 * BUSY) / workgroupsOf(m, n, 32))))

/** The tile that a GPU takes by rule. */
export function tileOf(m: number, n: number, k: number): 'tile64' | 'tile32' | 'reduced' {
  if (workgroupsOf(m, n, 64) >= BUSY) return 'tile64'
  return k >= LONG && workgroupsOf(m, n, 32) < BUSY ? 'reduced' : 'tile32'
}

/** Strategies that fit, the best by rule first; `byRows` tells whether rows of op(b) lie one after another. */
export function matmulStrategies(
  m: number,
  n: number,
  k: number,
  byRows: boolean,
  { isSoftware, subgroups, maxWorkgroupsPerDimension: most }: DeviceTraits,
): [string, ...string[]] {
  const fitting = ['registers', 'tile64', 'tile32']
  if (m <= 16 * most) fitting.push('reduced')
  if (chunksOf(m, n, k) > 1) fitting.push('split')
  // A workgroup of 64 must hold whole subgroups.
  const handsOn = subgroups !== null && subgroups.max <= 64 && m <= 4 * most
  if (handsOn) fitting.push('subgroups')
  const isWide = byRows && n % 4 === 0 && Math.ceil(n / 256) * 256 <= 1.25 * n
  const software = handsOn && subgroups.min >= 8 && isWide && k >= 16 ? 'subgroups' : 'registers'
  const best = isSoftware ? software : tileOf(m, n, k)
  return [best, ...fitting.filter((name) => name !== best)]
}

export function matmulLaunches(
  scalars: Params & { readonly m: number; readonly n: number; readonly chunks: number },
  device: DeviceTraits,
  strategy: string,
): Launch[] {
  const params = strategy === 'split' ? scalars : { ...scalars, chunks: 1 }
  const { m, n, chunks } = params
  switch (strategy) {
    case 'registers':
      return [launchOf(matmulRegisters, params, tiles(n, m, 1, 32))]
    case 'reduced':
      return [launchOf(matmulReduced, params, tiles(n, m, 1, 16))]
    case 'subgroups':
      return [launchOf(matmulSubgroups, params, [Math.ceil(n / 256), Math.ceil(m / 4), 1])]
    case 'tile64':
      return [launchOf(matmul, params, tiles(n, m, 1, 64), { SIDE: 16 })]
    case 'split':
      return [
        launchOf(matmul, params, tiles(n, m, chunks, 32), { SIDE: 8 }),
        threadsOf(matmulSum, params, (m + 1) * Math.ceil(n / 4), device),
      ]
    default:
      return [launchOf(matmul, params, tiles(n, m, 1, 32), { SIDE: 8 })]
  }
}
