// The CPU side of layerNormalization.ts.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

/** Calls `visit` with the first entry of each row, its mean and 1 / √(variance + ε). */
function eachRow(
  x: Float32Array,
  columns: number,
  epsilon: number,
  visit: (first: number, mean: number, scale: number) => void,
): void {
  for (let first = 0; first < x.length; first += columns) {
    // Sums differences from the first entry, so that the mean of a row of equal values is exact.
    let mean = 0
    let variance = 0
    for (let j = first; j < first + columns; j++) mean += x[j]! - x[first]!
    mean = x[first]! + mean / columns
    for (let j = first; j < first + columns; j++) variance += (x[j]! - mean) ** 2 / columns
    visit(first, mean, 1 / Math.sqrt(variance + epsilon))
  }
}

export const layerNormalizationGradient = cpuSide<typeof Kernels.layerNormalizationGradient>({
  compiled: 'layerNormalizationGradient',
  cpu({ x, gamma, dy, dx, products }, { columns, epsilon, hasGamma, hasProducts }) {
    eachRow(x, columns, epsilon, (first, mean, scale) => {
      const normal = (j: number): number => (x[first + j]! - mean) * scale
      const g = (j: number): number => dy[first + j]! * (hasGamma ? gamma[j]! : 1)
      let average = 0
      let along = 0
      for (let j = 0; j < columns; j++) {
        average += g(j) / columns
        along += (g(j) * normal(j)) / columns
      }
      for (let j = 0; j < columns; j++) {
        dx[first + j] = scale * (g(j) - average - normal(j) * along)
        if (hasProducts) products[first + j] = dy[first + j]! * normal(j)
      }
    })
  },
})

export const layerNormalization = cpuSide<typeof Kernels.layerNormalization>({
  compiled: 'layerNormalization',
  cpu({ x, gamma, beta, y }, { columns, epsilon, hasGamma, hasBeta }) {
    eachRow(x, columns, epsilon, (first, mean, scale) => {
      for (let j = 0; j < columns; j++) {
        const normal = (x[first + j]! - mean) * scale
        y[first + j] = normal * (hasGamma ? gamma[j]! : 1) + (hasBeta ? beta[j]! : 0)
      }
    })
  },
})
