// GRU, beside the LSTM of vanilla.ts: [N, 6, 1] → [N, 1].

import { Adam, Dense, GRU, Sequential } from 'recurra'
import type { Problem } from '../problem.ts'
import { rampTask } from './ramps.ts'

const [epochs, batchSize] = [60, 16]

export const gru: Problem = {
  name: 'gru',
  title: 'GRU beside LSTM',
  group: 'One series, one step',
  about:
    'The task of the vanilla LSTM with the other gated layer: a GRU has three gates where an LSTM has four, one state where ' +
    'that has two, and so three quarters of its weights.',
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
    model.add(GRU(16, { inputShape: [6, 1] }))
    model.add(Dense(1))
    model.compile({ loss: 'mse', optimizer: Adam(0.01) })
    return model
  },

  async load() {
    return rampTask(
      { steps: 6, ahead: 1, inputs: [0], outputs: [0] },
      { label: 'GRU(16)', inputShape: [6, 1], outputShape: [1] },
    )
  },
}
