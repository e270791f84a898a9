// The same bidirectional LSTM, its directions merged in four ways: [N, 6, 1] → [N, 1].

import { Adam, Bidirectional, type BidirectionalOptions, Dense, LSTM, Sequential } from 'recurra'
import type { Problem } from '../problem.ts'
import { rampTask } from './ramps.ts'

type MergeMode = NonNullable<BidirectionalOptions['mergeMode']>

const [epochs, batchSize] = [200, 16]

const mergeMode = (mode: MergeMode, what: string): Problem => ({
  name: `merge-${mode}`,
  title: `Directions merged: ${mode}`,
  group: 'Shapes of models',
  about: `An LSTM reads the window from both ends, and the two states are ${what}.`,
  seed: 1,
  epochs,
  batchSize,
  shapes: '[N, 6, 1] → [N, 1]',
  quality: { measure: 'RMSE on held-out windows', better: 'below', bound: 0.01 },
  code: {
    data: 'x: windows of six steps; y: the step after them',
  },

  createModel() {
    const model = Sequential()
    model.add(Bidirectional(LSTM(12), { mergeMode: mode, inputShape: [6, 1] }))
    model.add(Dense(1))
    model.compile({ loss: 'mse', optimizer: Adam(0.02) })
    return model
  },

  async load() {
    return rampTask(
      { steps: 6, ahead: 1, inputs: [0], outputs: [0] },
      { label: 'Bidirectional LSTM', inputShape: [6, 1], outputShape: [1] },
    )
  },
})

export const mergeModes: readonly Problem[] = [
  mergeMode('concat', 'laid side by side'),
  mergeMode('sum', 'added'),
  mergeMode('mul', 'multiplied'),
  mergeMode('ave', 'averaged'),
]
