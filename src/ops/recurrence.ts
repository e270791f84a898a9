// Operations for the backward pass of any recurrence, after its loop over time.

import { inThreads, LOAD_FLOPS } from '../graph/launch.ts'
import { defineOp } from '../graph/operation.ts'
import { checkHolds } from '../graph/parts.ts'
import { sizeOf } from '../util/shape.ts'
import {
  addLastTimestep as addLastTimestepKernel,
  recurrentKernelGradient as recurrentKernelGradientKernel,
  recurrentKernelGradientReduced,
  recurrentKernelGradientRegisters,
  recurrentKernelGradientSubgroups,
  recurrentKernelGradientSum,
} from './kernels.gen.ts'
import {
  chunksOf,
  holdsSubgroups,
  productLaunches,
  productStrategies,
  softwareTileOf,
  tileOf,
} from './matmulStrategies.ts'

import { dropoutParams, type RecurrentDropout } from './recurrentDropout.ts'
import type { Directions } from './recurrentSchedule.ts'

const kernels = {
  tiled: recurrentKernelGradientKernel,
  reduced: recurrentKernelGradientReduced,
  registers: recurrentKernelGradientRegisters,
  subgroups: recurrentKernelGradientSubgroups,
  sum: recurrentKernelGradientSum,
}

interface RecurrenceAttributes {
  readonly reverse: boolean
  readonly directions?: Directions | undefined
  readonly recurrentDropout?: RecurrentDropout | undefined
  readonly innerIs?: InnerIs | undefined
}

/** What `inner` has: reset gates after the product, or states that a reset gate before it has changed. */
export type InnerIs = 'resets' | 'states'

const INNER_CODES = { resets: 1, states: 2 } as const

/** Columns of a workgroup by strategies that take the states of one block for all of them. */
const WIDTHS: Readonly<Record<string, number>> = { tile64: 64, tile32: 32, reduced: 16 }

/**
 * dR [U, J] = Σ over rows and time steps of h one time step earlier · dz [B, T, J]. It has the strategies of a product (see
 * matmulStrategies.ts); parts is scratch memory of the split strategy.
 *
 * The last of three blocks of columns, that of a GRU's candidate, may go through R in another way, by `inner` [B, T, U]. Reset
 * gates multiply its gradients; then biasSums [2, J] is the gradient of the bias: of its row for x·W and of that for h·R. States are
 * those that the product saw in place of h one time step earlier.
 */
export const recurrentKernelGradient = defineOp({
  kernel: recurrentKernelGradientKernel,
  dims: { h: 'B T directions·U', h0: '...', dz: 'B T directions·G', inner: 'B T directions·U' },
  factors: ['h', 'dz'],
  optional: ['h0', 'inner'],
  discardable: ['parts', 'biasSums'],
  retains: (_attrs: RecurrenceAttributes, strategy) => (strategy === 'split' ? ['parts'] : []),
  strategies({ B, T, U, G, inner }, attrs: RecurrenceAttributes, { isSoftware, subgroups }) {
    const total = B * T
    const { recurrentDropout } = attrs
    // With dropout each gate saw a different previous state, which only this strategy computes.
    if (recurrentDropout && recurrentDropout.rate > 0) return ['registers']
    const inVectors = U % 4 === 0 && G % 4 === 0
    const software = inVectors ? softwareTileOf(U, G, total, subgroups) : 'registers'
    // Sums of the bias are not split.
    const tile = tileOf(U, G, total)
    const best = isSoftware ? software : inner && tile === 'split' ? 'reduced' : tile
    const names = productStrategies(best, {
      splits: !inner && chunksOf(U, G, total) > 1,
      inSubgroups: inVectors && holdsSubgroups(subgroups),
    })
    if (attrs.innerIs !== 'states') return names
    // The last block's states begin a tile.
    const fitting = names.filter((name) => (2 * U) % (WIDTHS[name] ?? 1) === 0)
    const tiles = fitting.filter((name) => name in WIDTHS)
    // `registers` is always among them.
    return (isSoftware ? fitting : [...new Set([...tiles, ...fitting])]) as [string, ...string[]]
  },
  shape({ h0, inner, B, T, U, G }, { directions = 1, innerIs }) {
    checkHolds('recurrentKernelGradient', 'h0', h0, [B, directions * U])
    const columns = directions * G
    return {
      dR: [U, columns],
      parts: [chunksOf(U, G, B * T), U, columns],
      biasSums: inner && innerIs === 'resets' ? [2, columns] : [0],
    }
  },
  params({ h0, inner, parts: [chunks] = [1], biasSums, B, T, U, G }, attrs) {
    return {
      batch: B,
      time: T,
      units: U,
      columns: G,
      DIRECTIONS: attrs.directions ?? 1,
      reverse: Number(attrs.reverse),
      HAS_STATE: Number(h0 !== undefined),
      VECTORS: Number(G % 4 === 0 && (!inner || U % 4 === 0)),
      INNER: inner ? INNER_CODES[attrs.innerIs ?? 'resets'] : 0,
      HAS_SUMS: Number(biasSums !== undefined),
      chunks: chunks ?? 1,
      start: 0,
      until: B * T,
      ...dropoutParams(attrs.recurrentDropout),
    }
  },
  launches(params, device, strategy) {
    const { batch, time, units, chunks, DIRECTIONS: layers = 1, HAS_SUMS = 0 } = params
    const n = params.columns + HAS_SUMS * units
    const sums = inThreads(units * layers * n, LOAD_FLOPS * chunks)
    return productLaunches(kernels, { m: units, n, k: batch * time, layers, params, sums }, device, strategy)
  },
  flops: ({ batch, time, units, columns, DIRECTIONS = 1 }) => 2 * batch * time * units * columns * DIRECTIONS,
})

/** y [B, T, U] = x, with z [B, U] added at one time step; for the second direction, as far from the other end. */
export const addLastTimestep = defineOp({
  kernel: addLastTimestepKernel,
  dims: { x: 'B T F', z: 'B F' },
  shape: ({ x }) => ({ y: x }),
  params: (
    { x, T, F },
    { at, directions = 1 }: { readonly at: number; readonly directions?: Directions | undefined },
  ) => ({
    size: sizeOf(x),
    time: T,
    width: F,
    at,
    units: F / directions,
  }),
  threads: ({ size }) => size,
})
