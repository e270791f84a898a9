// A model of one dense layer, and data for it.

import { type CompileOptions, Dense, Sequential, type SequentialModel, setSeed } from '../../src/index.ts'
import { uniform } from '../support/values.ts'

export const x = uniform([8, 3], -1, 1, 1)
export const y = uniform([8, 1], -1, 1, 2)
export const options = { verbose: 0, batchSize: 4, shuffle: false } as const

export function line(metrics: NonNullable<CompileOptions['metrics']> = []): SequentialModel {
  setSeed(7)
  const model = Sequential([Dense(1, { inputShape: [3] })])
  model.compile({ loss: 'mse', optimizer: 'sgd', metrics })
  return model
}
