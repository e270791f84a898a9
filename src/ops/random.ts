// Random numbers, each a pure function of a seed, the training step and its place: both backends draw the same.

import { defineOp } from '../graph/operation.ts'
import { type Shape, sizeOf } from '../util/shape.ts'
import { random as kernel } from './kernels.gen.ts'

const codes = { uniform: 0, normal: 1, truncatedNormal: 2 } as const

export interface RandomAttributes {
  readonly shape: Shape
  readonly fn: keyof typeof codes
  /** The least number, or the mean. */
  readonly low: number
  /** The number that all are below, or the standard deviation. */
  readonly high: number
  /** 32 bits. */
  readonly seed: number
  /** Whether every step draws the same. */
  readonly isFixed: boolean
}

export const random = defineOp({
  kernel,
  dims: {},
  shape: (_inputs, { shape }: RandomAttributes) => ({ y: shape }),
  params: ({ y }, { fn, low, high, seed, isFixed }) => ({
    size: sizeOf(y),
    code: codes[fn],
    low,
    high,
    seed,
    isFixed: Number(isFixed),
  }),
  threads: ({ size }) => size,
})
