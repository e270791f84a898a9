// The CPU side of masks.ts.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

export const masking = cpuSide<typeof Kernels.masking>({
  cpu({ x, y, mask }, { rows, columns, value }) {
    const masked = Math.fround(value)
    for (let row = 0; row < rows; row++) {
      const values = x.subarray(row * columns, (row + 1) * columns)
      const isValid = values.some((number) => number !== masked)
      mask[row] = Number(isValid)
      if (isValid) y.set(values, row * columns)
      else y.fill(0, row * columns, (row + 1) * columns)
    }
  },
})

export const maskedOutput = cpuSide<typeof Kernels.maskedOutput>({
  cpu({ x, mask, y }, { size, steps, inner, time, units, directions, reverse, leading }) {
    for (let i = 0; i < size; i++) {
      const isReversed = reverse !== Math.floor(i / units) % directions
      const step = Math.floor(i / inner)
      const row = Math.floor(step / steps) * time
      const t = steps > 1 ? step % steps : isReversed ? 0 : time - 1
      let isValid = mask[row + t] !== 0
      const before = isReversed ? time - 1 - t : t
      for (let s = 0; leading && !isValid && s < before; s++)
        isValid = mask[row + (isReversed ? time - 1 - s : s)] !== 0
      y[i] = isValid ? x[i]! : 0
    }
  },
})

export const maskWeights = cpuSide<typeof Kernels.maskWeights>({
  cpu({ mask, weights, scaled, plain }, { size, masks, ofMask, ofWeight, hasWeights, byWeight, ...keeps }) {
    const weightOf = (i: number): number => {
      const isValid = mask[Math.floor(i / ofMask)] !== 0
      return isValid ? (hasWeights ? weights[Math.floor(i / ofWeight)]! : 1) : 0
    }
    const all = byWeight ? size : masks
    let valid = 0
    for (let i = 0; i < all; i++) valid += byWeight ? weightOf(i) : Number(mask[i] !== 0)
    const scale = valid === 0 ? 0 : (byWeight ? 1 : all) / valid
    for (let i = 0; i < size; i++) {
      const weight = weightOf(i)
      if (keeps.keepScaled) scaled[i] = weight * scale
      if (keeps.keepPlain) plain[i] = weight
    }
  },
})
