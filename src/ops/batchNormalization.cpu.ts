// The CPU side of batchNormalization.ts.

import { activationOf } from './activationFunctions.ts'
import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

export const moments = cpuSide<typeof Kernels.moments>({
  compiled: 'moments',
  cpu({ x, weights, mean, variance }, { rows, columns, hasWeights }) {
    // Rows of weight 0 do not count, whatever they hold.
    const weightOf = (row: number): number => (hasWeights ? weights[row]! : 1)
    for (let c = 0; c < columns; c++) {
      // Sums differences from the first row, so that the mean of a column of equal values is exact.
      let origin = x[c]!
      if (hasWeights) {
        let sum = 0
        for (let i = 0; i < rows; i++) if (weightOf(i) !== 0) sum += weightOf(i) * x[i * columns + c]!
        origin = sum / rows
      }
      let sum = 0
      for (let i = 0; i < rows; i++)
        if (weightOf(i) !== 0) sum += weightOf(i) * (x[i * columns + c]! - origin)
      const center = origin + sum / rows
      let squares = 0
      for (let i = 0; i < rows; i++)
        if (weightOf(i) !== 0) squares += weightOf(i) * (x[i * columns + c]! - center) ** 2
      mean[c] = center
      variance[c] = squares / rows
    }
  },
})

export const batchNormalization = cpuSide<typeof Kernels.batchNormalization>({
  compiled: 'batchNormalization',
  cpu({ x, mean, variance, gamma, beta, y }, { size, columns, epsilon, hasGamma, hasBeta, ACTIVATION = 0 }) {
    const { apply } = activationOf(ACTIVATION)
    for (let i = 0; i < size; i++) {
      const c = i % columns
      const value = (x[i]! - mean[c]!) / Math.sqrt(variance[c]! + epsilon)
      y[i] = apply((hasGamma ? gamma[c]! : 1) * value + (hasBeta ? beta[c]! : 0))
    }
  },
})

export const batchNormalizationSums = cpuSide<typeof Kernels.batchNormalizationSums>({
  compiled: 'batchNormalizationSums',
  cpu({ x, mean, variance, dy, dGamma, dBeta }, { rows, columns, epsilon }) {
    for (let c = 0; c < columns; c++) {
      const scale = 1 / Math.sqrt(variance[c]! + epsilon)
      let gammaSum = 0
      let betaSum = 0
      for (let i = c; i < rows * columns; i += columns) {
        gammaSum += dy[i]! * (x[i]! - mean[c]!) * scale
        betaSum += dy[i]!
      }
      dGamma[c] = gammaSum
      dBeta[c] = betaSum
    }
  },
})

export const batchNormalizationGradient = cpuSide<typeof Kernels.batchNormalizationGradient>({
  compiled: 'batchNormalizationGradient',
  cpu({ x, mean, variance, gamma, dy, dGamma, dBeta, dx }, { size, columns, epsilon, hasGamma, ofBatch }) {
    for (let i = 0; i < size; i++) {
      const c = i % columns
      const scale = 1 / Math.sqrt(variance[c]! + epsilon)
      const normalized = (x[i]! - mean[c]!) * scale
      const taken = ofBatch ? ((dBeta[c]! + normalized * dGamma[c]!) * columns) / size : 0
      dx[i] = scale * (hasGamma ? gamma[c]! : 1) * (dy[i]! - taken)
    }
  },
})
