// What any recurrence needs after its loop.

import { defineOp } from '../graph/operation.ts'
import { sizeOf } from '../util/shape.ts'
import {
  addLastStep as addLastStepKernel,
  recurrentKernelGradient as recurrentKernelGradientKernel,
  recurrentKernelGradientReduced,
  recurrentKernelGradientRegisters,
  recurrentKernelGradientSum,
} from './kernels.gen.ts'
import { launchOf, threadsOf, tiles } from './launch.ts'
import { chunksOf, tileOf } from './matmulStrategies.ts'
import { dropoutParams, gateMasks, type RecurrentDropout } from './recurrentDropout.ts'

interface RecurrenceAttributes {
  readonly reverse: boolean
  readonly recurrentDropout?: RecurrentDropout | undefined
}

/**
 * dR [U, J] = Σ over rows and steps of h one step earlier · dz [B, T, J]. Its strategies are those of a product, see
 * matmulStrategies.ts; parts is for their own use.
 */
export const recurrentKernelGradient = defineOp({
  kernel: recurrentKernelGradientKernel,
  factors: ['h', 'dz'],
  optional: ['h0'],
  discardable: ['parts'],
  keeps: (_attrs: RecurrenceAttributes, strategy) => (strategy === 'split' ? ['parts'] : []),
  strategies({ h: [batch = 1, time = 1, units = 1], dz }, { recurrentDropout }, { isSoftware }) {
    const columns = dz[2] ?? 1
    // With dropout the state before is another one for each gate.
    if (recurrentDropout && recurrentDropout.rate > 0) return ['registers']
    const best = isSoftware ? 'registers' : tileOf(units, columns, batch * time)
    const fitting = ['registers', 'tile64', 'tile32', 'reduced']
    if (chunksOf(units, columns, batch * time) > 1) fitting.push('split')
    return [best, ...fitting.filter((name) => name !== best)]
  },
  shape({ h: [batch = 1, time = 1, units = 1], dz }) {
    const columns = dz[2] ?? 1
    return { dR: [units, columns], parts: [chunksOf(units, columns, batch * time), units, columns] }
  },
  params: ({ h, h0, dz, parts }, { reverse, recurrentDropout }) => ({
    batch: h[0] ?? 1,
    time: h[1] ?? 1,
    units: h[2] ?? 1,
    columns: dz[2] ?? 1,
    reverse: Number(reverse),
    hasState: Number(h0 !== undefined),
    chunks: parts?.[0] ?? 1,
    ...dropoutParams(recurrentDropout),
  }),
  launches(scalars, device, strategy) {
    const params = strategy === 'split' ? scalars : { ...scalars, chunks: 1 }
    const { units, columns, chunks } = params
    const inTiles = (side: 32 | 64) =>
      launchOf(recurrentKernelGradientKernel, params, tiles(columns, units, chunks, side), { SIDE: side / 4 })
    switch (strategy) {
      case 'tile64':
        return [inTiles(64)]
      case 'tile32':
        return [inTiles(32)]
      case 'split':
        return [inTiles(32), threadsOf(recurrentKernelGradientSum, params, units * columns, device)]
      case 'reduced':
        return [launchOf(recurrentKernelGradientReduced, params, tiles(columns, units, 1, 16))]
      default:
        return [launchOf(recurrentKernelGradientRegisters, params, tiles(columns, units, 1, 32))]
    }
  },
  cpu(
    { h, h0, dz, dR },
    { batch, time, units, columns, reverse, hasState, recurrentRate, seed },
    { iteration },
  ) {
    dR.fill(0)
    const first = reverse ? time - 1 : 0
    for (let b = 0; b < batch; b++) {
      const masks = gateMasks(b, units, recurrentRate, seed, iteration)
      for (let t = 0; t < time; t++) {
        if (t === first && !hasState) continue
        const source = t === first ? h0 : h
        const from = t === first ? b * units : (b * time + (reverse ? t + 1 : t - 1)) * units
        const d = (b * time + t) * columns
        for (let u = 0; u < units; u++) {
          for (let first = 0; first < columns; first += units) {
            const factor = source[from + u]! * masks[first + u]!
            const to = u * columns
            for (let j = first; j < Math.min(first + units, columns); j++) dR[to + j]! += factor * dz[d + j]!
          }
        }
      }
    }
  },
  compiled: {
    scratch: (assembly, { units, columns }) => assembly.recurrentKernelGradientScratch(units, columns),
    bind(assembly, { h, h0, dz, dR }, { batch, time, units, columns, reverse, recurrentRate }, scratch) {
      if (recurrentRate > 0) return null
      return () =>
        assembly.recurrentKernelGradient(batch, time, units, columns, reverse, h, h0, dz, dR, scratch)
    },
  },
  flops: ({ batch, time, units, columns }) => 2 * batch * time * units * columns,
})

/** y [B, T, U] = x, with z [B, U] added at one time step. */
export const addLastStep = defineOp({
  kernel: addLastStepKernel,
  shape: ({ x }) => ({ y: x }),
  params: ({ x }, { at }: { readonly at: number }) => ({
    size: sizeOf(x),
    time: x[1] ?? 1,
    units: x[2] ?? 1,
    at,
  }),
  threads: ({ size }) => size,
  cpu({ x, z, y }, { size, time, units, at }) {
    for (let i = 0; i < size; i++) {
      const t = Math.floor(i / units) % time
      y[i] = x[i]! + (t === at ? z[Math.floor(i / (units * time)) * units + (i % units)]! : 0)
    }
  },
})
