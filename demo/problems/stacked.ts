// Stacked LSTM: [N, 6, 1] → [N, 1].

import { Adam, Dense, LSTM, Sequential } from 'recurra'
import type { Problem } from '../problem.ts'
import { rampTask } from './ramps.ts'

const [epochs, batchSize] = [60, 16]

export const stacked: Problem = {
  name: 'stacked',
  title: 'Stacked LSTM',
  group: 'One series, one step',
  about: 'Two layers of LSTM: the first hands every step to the second, which tells the step after the last.',
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
    model.add(LSTM(12, { returnSequences: true, inputShape: [6, 1] }))
    model.add(LSTM(12))
    model.add(Dense(1))
    model.compile({ loss: 'mse', optimizer: Adam(0.01) })
    return model
  },

  async load() {
    return rampTask(
      { steps: 6, ahead: 1, inputs: [0], outputs: [0] },
      { label: 'Stacked LSTM', inputShape: [6, 1], outputShape: [1] },
    )
  },
}
