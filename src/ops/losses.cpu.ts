// What the operations of losses.ts do on the CPU.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

const EPSILON = Math.fround(1e-7)
const MOST = Math.fround(1 - EPSILON)

interface PointLoss {
  value(p: number, t: number): number
  slope(p: number, t: number): number
}

/** Functions of one prediction and one target, by the codes of shaders/lib/loss.wgsl. */
const pointLosses: readonly PointLoss[] = [
  { value: (p, t) => (p - t) ** 2, slope: (p, t) => 2 * (p - t) },
  { value: (p, t) => Math.abs(p - t), slope: (p, t) => Math.sign(p - t) },
  {
    value(p, t) {
      const q = Math.min(Math.max(p, EPSILON), MOST)
      return -(t * Math.log(q) + (1 - t) * Math.log(1 - q))
    },
    slope: (p, t) => (p <= EPSILON || p >= MOST ? 0 : (p - t) / (p * (1 - p))),
  },
  {
    value: (p, t) => Math.max(p, 0) - p * t + Math.log1p(Math.exp(-Math.abs(p))),
    slope: (p, t) => 1 / (1 + Math.exp(-p)) - t,
  },
]

export const elementwiseLoss = cpuSide<typeof Kernels.elementwiseLoss>({
  cpu({ predictions, targets, weights, losses, dPredictions }, p) {
    const { value, slope } = pointLosses[p.code]!
    for (let i = 0; i < p.size; i++) {
      const weight = p.hasWeights ? weights[Math.floor(i / p.group)]! : 1
      const scale = weight / (p.columns * p.size)
      let sum = 0
      for (let j = i * p.columns; j < (i + 1) * p.columns; j++) {
        sum += value(predictions[j]!, targets[j]!)
        if (p.keepGradient) dPredictions[j] = scale * slope(predictions[j]!, targets[j]!)
      }
      losses[i] = (weight * sum) / p.columns
    }
  },
})

export const categoricalCrossentropy = cpuSide<typeof Kernels.categoricalCrossentropy>({
  cpu({ predictions, targets, weights, losses, dPredictions }, p) {
    const { columns, size, sparse, fromLogits } = p
    for (let i = 0; i < size; i++) {
      const first = i * columns
      const weight = p.hasWeights ? weights[Math.floor(i / p.group)]! : 1
      let largest = fromLogits ? -Infinity : 0
      if (fromLogits) for (let j = 0; j < columns; j++) largest = Math.max(largest, predictions[first + j]!)
      let total = 0
      for (let j = 0; j < columns; j++) {
        const x = predictions[first + j]!
        total += fromLogits ? Math.exp(x - largest) : x
      }
      let loss = 0
      // Σ of the slopes by q, weighted by q: what normalization takes back from each entry.
      let normalizer = 0
      for (let j = 0; j < columns; j++) {
        const t = sparse ? Number(targets[i] === j) : targets[first + j]!
        const x = predictions[first + j]!
        if (fromLogits) {
          loss -= t * (x - largest - Math.log(total))
          normalizer += t
        } else {
          const q = x / total
          loss -= t * Math.log(Math.min(Math.max(q, EPSILON), MOST))
          if (q > EPSILON && q < MOST) normalizer -= t
        }
      }
      losses[i] = weight * loss
      if (!p.keepGradient) continue
      const scale = weight / size
      for (let j = 0; j < columns; j++) {
        const t = sparse ? Number(targets[i] === j) : targets[first + j]!
        const x = predictions[first + j]!
        const q = x / total
        dPredictions[first + j] = fromLogits
          ? scale * ((normalizer * Math.exp(x - largest)) / total - t)
          : (scale / total) * ((q > EPSILON && q < MOST ? -t / q : 0) - normalizer)
      }
    }
  },
})
