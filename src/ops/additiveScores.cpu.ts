// The CPU side of additiveScores.ts.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

export const additiveScores = cpuSide<typeof Kernels.additiveScores>({
  compiled: 'additiveScores',
  cpu({ q, k, scale, y }, { size, queries, keys, features, hasScale }) {
    for (let i = 0; i < size; i++) {
      const query = Math.floor(i / keys)
      const key = Math.floor(query / queries) * keys + (i % keys)
      let sum = 0
      for (let f = 0; f < features; f++) {
        const value = Math.tanh(q[query * features + f]! + k[key * features + f]!)
        sum += hasScale ? scale[f]! * value : value
      }
      y[i] = sum
    }
  },
})

export const additiveScoresGradient = cpuSide<typeof Kernels.additiveScoresGradient>({
  compiled: 'additiveScoresGradient',
  cpu({ own, other, scale, dy, dOwn, bent }, p) {
    const { size, count, others, features } = p
    for (let i = 0; i < size; i++) {
      const f = i % features
      const place = Math.floor(i / features)
      const sample = Math.floor(place / count)
      const first = sample * count * others + (place % count) * p.ownStride
      let slopes = 0
      let sum = 0
      for (let j = 0; j < others; j++) {
        const d = dy[first + j * p.otherStride]!
        const value = Math.tanh(own[i]! + other[(sample * others + j) * features + f]!)
        slopes += d * (1 - value * value)
        sum += d * value
      }
      dOwn[i] = p.hasScale ? scale[f]! * slopes : slopes
      if (p.hasBent) bent[i] = sum
    }
  },
})
