// The CPU side of random.ts.

import { philox, uniform01 } from '../util/philox.ts'
import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'
import { standardNormal } from './normal.ts'

/** How often a number beyond two deviations is drawn anew. */
const TRIES = 16
const { fround } = Math

export const random = cpuSide<typeof Kernels.random>({
  cpu({ y }, { size, code, low, high, seed, isFixed }, { iteration }) {
    const bits = new Uint32Array(4)
    const key = [seed, 0]
    const counter = [0, isFixed ? 0 : iteration, 0, 1]
    const draw = (i: number, again: number): void => {
      counter[0] = i
      counter[2] = again
      philox(counter, key, bits)
    }
    const normalOf = (i: number): number => {
      for (let again = 0; again < TRIES; again++) {
        draw(i, again)
        const normal = standardNormal(bits[0]!, bits[1]!)
        if (code === 1 || Math.abs(normal) <= 2) return normal
      }
      return 0
    }
    const mean = fround(low)
    const scale = code === 0 ? fround(fround(high) - mean) : fround(high)
    for (let i = 0; i < size; i++) {
      if (code === 0) draw(i, 0)
      y[i] = mean + fround(scale * (code === 0 ? uniform01(bits[0]!) : normalOf(i)))
    }
  },
})
