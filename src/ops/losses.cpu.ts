// The CPU side of losses.ts.

import { elementwiseLossCodes } from './codes.gen.ts'
import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'
import { rareLossCodes } from './rareLossCodes.gen.ts'

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
}

/** The difference of logarithms of 1 + p and 1 + t. */
const logarithmicError = (p: number, t: number): number =>
  Math.log1p(Math.max(p, EPSILON)) - Math.log1p(Math.max(t, EPSILON))
const share = (x: number): number => Math.min(Math.max(x, EPSILON), 1)

/** The same of the kernel for other losses. */
const rareLosses: Readonly<Record<number, PointLoss>> = {
  [rareLossCodes.meanAbsolutePercentageError]: {
    value: (p, t) => (100 * Math.abs(t - p)) / Math.max(Math.abs(t), EPSILON),
    slope: (p, t) => (100 * Math.sign(p - t)) / Math.max(Math.abs(t), EPSILON),
  },
  [rareLossCodes.meanSquaredLogarithmicError]: {
    value: (p, t) => logarithmicError(p, t) ** 2,
    slope: (p, t) => (p < EPSILON ? 0 : (2 * logarithmicError(p, t)) / (1 + p)),
  },
  [rareLossCodes.logCosh]: {
    value: (p, t) => Math.abs(p - t) + Math.log1p(Math.exp(-2 * Math.abs(p - t))) - Math.LN2,
    slope: (p, t) => Math.tanh(p - t),
  },
  [rareLossCodes.poisson]: {
    value: (p, t) => p - t * Math.log(p + EPSILON),
    slope: (p, t) => 1 - t / (p + EPSILON),
  },
  [rareLossCodes.klDivergence]: {
    value: (p, t, columns) => columns * share(t) * Math.log(share(t) / share(p)),
    slope: (p, t, columns) => (p < EPSILON || p > 1 ? 0 : (-columns * share(t)) / p),
  },
  [rareLossCodes.binaryCrossentropy]: {
    value(p, t, smoothing) {
      const q = Math.min(Math.max(p, EPSILON), MOST)
      const s = smoothed(t, smoothing)
      return -(s * Math.log(q) + (1 - s) * Math.log(1 - q))
    },
    slope: (p, t, smoothing) =>
      p <= EPSILON || p >= MOST ? 0 : (p - smoothed(t, smoothing)) / (p * (1 - p)),
  },
  [rareLossCodes.binaryCrossentropyFromLogits]: {
    value: (p, t, smoothing) =>
      Math.max(p, 0) - p * smoothed(t, smoothing) + Math.log1p(Math.exp(-Math.abs(p))),
    slope: (p, t, smoothing) => 1 / (1 + Math.exp(-p)) - smoothed(t, smoothing),
  },
  [rareLossCodes.huber]: {
    value(p, t, delta) {
      const e = Math.abs(p - t)
      return e <= delta ? 0.5 * e * e : delta * e - 0.5 * delta * delta
    },
    slope: (p, t, delta) => Math.min(Math.max(p - t, -delta), delta),
  },
}

const means = (
  functions: Readonly<Record<number, PointLoss>>,
): Parameters<typeof cpuSide<typeof Kernels.elementwiseLoss>>[0] => ({
  cpu({ predictions, targets, weights, losses, dPredictions }, p) {
    const { value, slope } = functions[p.code]!
    for (let i = 0; i < p.size; i++) {
      const weight = p.hasWeights ? weights[Math.floor(i / p.group)]! : 1
      const scale = (weight * p.scale) / p.columns
      let sum = 0
      for (let j = i * p.columns; j < (i + 1) * p.columns; j++) {
        sum += value(predictions[j]!, targets[j]!, p.number)
        if (p.keepGradient) dPredictions[j] = scale * slope(predictions[j]!, targets[j]!, p.number)
      }
      losses[i] = (weight * sum) / p.columns
    }
  },
})

export const elementwiseLoss = cpuSide<typeof Kernels.elementwiseLoss>(means(pointLosses))
export const rareElementwiseLoss = cpuSide<typeof Kernels.rareElementwiseLoss>(means(rareLosses))

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
      const scale = weight * p.scale
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
