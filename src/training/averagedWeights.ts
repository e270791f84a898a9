// The weights and their moving averages (`useEma`), on the host: what the end of a fit and SwapEMAWeights do with them.

import { fail } from '../errors.ts'
import type { Variable } from '../layers/weights/variable.ts'
import type { Optimizer } from './optimizer.ts'
import { scalingOf } from './scaling.ts'

/** Exchanges the weights that the optimizer trains and their averages. Called again, it takes them back. */
export const swapWithAverages = (optimizer: Optimizer): Promise<void> =>
  change(optimizer, (weight, average) => [average, weight])

/** Makes the weights their averages. */
export const overwriteWithAverages = (optimizer: Optimizer): Promise<void> =>
  change(optimizer, (_weight, average) => [average, average])

/** Makes the averages the weights, as they are. */
export const overwriteAverages = (optimizer: Optimizer): Promise<void> =>
  change(optimizer, (weight) => [weight, weight])

type Change = (weight: Float32Array, average: Float32Array) => readonly [Float32Array, Float32Array]

async function change(given: Optimizer, changed: Change): Promise<void> {
  const optimizer = scalingOf(given)?.innerOptimizer ?? given
  if (!optimizer.rule.slots.some(({ name }) => name === 'average'))
    fail(optimizer.className, { expected: 'useEma: true', got: 'no averages of the weights' })
  // None where all layers are frozen.
  const averages = optimizer.variables.filter(({ slot }) => slot === 'average')
  const all: Variable[] = [...optimizer.weights, ...averages]
  // Values that only a device has are read once for all of them.
  for (let newer = all.find(({ home }) => home); newer; newer = all.find(({ home }) => home))
    await newer.home?.pull()
  optimizer.weights.forEach((weight, i) => {
    const average = averages[i]
    if (!average) return
    const values = changed(weight.value, average.value)
    ;[weight, average].forEach((variable, j) => {
      variable.value = Float32Array.from(values[j] ?? [])
      variable.home = null
    })
  })
}
