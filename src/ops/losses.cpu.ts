// The CPU side of losses.ts.

import { elementwiseLossCodes } from './codes.gen.ts'
import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

const EPSILON = Math.fround(1e-7)
const MOST = Math.fround(1 - EPSILON)

interface PointLoss {
  value(p: number, t: number, number: number): number
  slope(p: number, t: number, number: number): number
}

const smoothed = (t: number, smoothing: number): number => t + smoothing * (0.5 - t)

/** Functions of one prediction and one target, by code. */
const pointLosses: Readonly<Record<number, PointLoss>> = {
  [elementwiseLossCodes.meanSquaredError]: { value: (p, t) => (p - t) ** 2, slope: (p, t) => 2 * (p - t) },
  [elementwiseLossCodes.meanAbsoluteError]: {
    value: (p, t) => Math.abs(p - t),
    slope: (p, t) => Math.sign(p - t),
  },
  [elementwiseLossCodes.binaryCrossentropy]: {
    value(p, t, smoothing) {
      const q = Math.min(Math.max(p, EPSILON), MOST)
      const s = smoothed(t, smoothing)
      return -(s * Math.log(q) + (1 - s) * Math.log(1 - q))
    },
    slope: (p, t, smoothing) =>
      p <= EPSILON || p >= MOST ? 0 : (p - smoothed(t, smoothing)) / (p * (1 - p)),
  },
  [elementwiseLossCodes.binaryCrossentropyFromLogits]: {
    value: (p, t, smoothing) =>
      Math.max(p, 0) - p * smoothed(t, smoothing) + Math.log1p(Math.exp(-Math.abs(p))),
    slope: (p, t, smoothing) => 1 / (1 + Math.exp(-p)) - smoothed(t, smoothing),
  },
  [elementwiseLossCodes.huber]: {
    value(p, t, delta) {
      const e = Math.abs(p - t)
      return e <= delta ? 0.5 * e * e : delta * e - 0.5 * delta * delta
    },
    slope: (p, t, delta) => Math.min(Math.max(p - t, -delta), delta),
  },
}

export const elementwiseLoss = cpuSide<typeof Kernels.elementwiseLoss>({
  cpu({ predictions, targets, weights, losses, dPredictions }, p) {
    const { value, slope } = pointLosses[p.code]!
    for (let i = 0; i < p.size; i++) {
      const weight = p.hasWeights ? weights[Math.floor(i / p.group)]! : 1
      const scale = weight / (p.columns * p.size)
      let sum = 0
      for (let j = i * p.columns; j < (i + 1) * p.columns; j++) {
        sum += value(predictions[j]!, targets[j]!, p.number)
        if (p.keepGradient) dPredictions[j] = scale * slope(predictions[j]!, targets[j]!, p.number)
      }
      losses[i] = (weight * sum) / p.columns
    }
  },
})

export const categoricalCrossentropy = cpuSide<typeof Kernels.categoricalCrossentropy>({
  cpu({ predictions, targets, weights, losses, dPredictions }, p) {
    const { columns, size, sparse, fromLogits, smoothing } = p
    const expected = (i: number, j: number): number => {
      if (sparse) return Number(targets[i] === j)
      const t = targets[i * columns + j]!
      return t + smoothing * (1 / columns - t)
    }
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
      // Σ of the derivatives by q, weighted by q: the normalization subtracts it from each entry's derivative.
      let normalizer = 0
      for (let j = 0; j < columns; j++) {
        const t = expected(i, j)
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
        const t = expected(i, j)
        const x = predictions[first + j]!
        const q = x / total
        dPredictions[first + j] = fromLogits
          ? scale * ((normalizer * Math.exp(x - largest)) / total - t)
          : (scale / total) * ((q > EPSILON && q < MOST ? -t / q : 0) - normalizer)
      }
    }
  },
})
