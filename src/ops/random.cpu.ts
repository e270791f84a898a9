// The CPU side of random.ts.

import { philox, uniform01 } from '../util/philox.ts'
import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

/** Of the inverse of erf for |x| up to 0.99 (Giles 2010), the highest power first. */
const INVERSE_ERF = [
  2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 0.00021858087, -0.00125372503, -0.00417768164,
  0.246640727, 1.50140941,
]

function inverseErf(x: number): number {
  const w = -Math.log((1 - x) * (1 + x)) - 2.5
  return x * INVERSE_ERF.reduce((sum, coefficient) => sum * w + coefficient, 0)
}

export const random = cpuSide<typeof Kernels.random>({
  cpu({ y }, { size, code, low, high, seed, isFixed }, { iteration }) {
    const bits = new Uint32Array(4)
    const key = [seed, 0]
    const counter = [0, isFixed ? 0 : iteration, 0, 1]
    for (let i = 0; i < size; i++) {
      counter[0] = i
      philox(counter, key, bits)
      const u = uniform01(bits[0]!)
      if (code === 0) y[i] = low + (high - low) * u
      else if (code === 1)
        y[i] = low + high * Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * uniform01(bits[1]!))
      else y[i] = low + high * Math.SQRT2 * inverseErf((2 * u - 1) * 0.9544997361036416)
    }
  },
})
