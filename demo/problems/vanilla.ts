// Vanilla LSTM: [N, 6, 1] → [N, 1].

import { Adam, Dense, LSTM, Sequential } from 'recurra'
import type { Problem } from '../problem.ts'
import { rampTask } from './ramps.ts'

const [epochs, batchSize] = [60, 16]

export const vanilla: Problem = {
  name: 'vanilla',
  title: 'Vanilla LSTM',
  group: 'One series, one step',
  about: 'One layer of LSTM reads six steps of a ramp and tells the seventh; every fifth window is held out.',
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
    model.add(LSTM(16, { inputShape: [6, 1] }))
    model.add(Dense(1))
    model.compile({ loss: 'mse', optimizer: Adam(0.01) })
    return model
  },

  async load() {
    return rampTask(
      { steps: 6, ahead: 1, inputs: [0], outputs: [0] },
      { label: 'LSTM(16)', inputShape: [6, 1], outputShape: [1] },
    )
  },
}
