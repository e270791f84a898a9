// Four layers: [N, 6, 1] → [N, 1].

import { Adam, Dense, LSTM, Sequential } from 'recurra'
import type { Problem } from '../problem.ts'
import { rampTask } from './ramps.ts'

const [epochs, batchSize] = [80, 16]

export const fourLayers: Problem = {
  name: 'four-layers',
  title: 'Four layers',
  group: 'One series, one step',
  about:
    'A stack of four LSTMs, each one reading every step of the one below, for a ramp that one of them ' +
    'could learn.',
  seed: 1,
  epochs,
  batchSize,
  shapes: '[N, 6, 1] → [N, 1]',
  quality: { measure: 'RMSE on held-out windows', better: 'below', bound: 0.012 },

  code: {
    data: 'x: windows of six steps; y: the step after them',
  },

  createModel() {
    const model = Sequential()
    model.add(LSTM(10, { returnSequences: true, inputShape: [6, 1] }))
    model.add(LSTM(10, { returnSequences: true }))
    model.add(LSTM(10, { returnSequences: true }))
    model.add(LSTM(10))
    model.add(Dense(1))
    model.compile({ loss: 'mse', optimizer: Adam(0.01) })
    return model
  },

  async load() {
    return rampTask(
      { steps: 6, ahead: 1, inputs: [0], outputs: [0] },
      { label: 'Four LSTMs', inputShape: [6, 1], outputShape: [1] },
    )
  },
}
