// Several steps: encoder and decoder: [N, 5, 1] → [N, 3, 1].

import { Adam, Dense, LSTM, RepeatVector, Sequential, TimeDistributed } from 'recurra'
import type { Problem } from '../problem.ts'
import { rampTask } from './ramps.ts'

const [epochs, batchSize] = [80, 16]

export const stepsDecoder: Problem = {
  name: 'steps-decoder',
  title: 'Several steps: encoder and decoder',
  group: 'Several steps',
  about: 'One LSTM sums the window up in its state, another unrolls three steps from it.',
  seed: 1,
  epochs,
  batchSize,
  shapes: '[N, 5, 1] → [N, 3, 1]',
  quality: { measure: 'RMSE on held-out windows', better: 'below', bound: 0.02 },

  code: {
    data: 'x: five steps; y: the three after them',
  },

  createModel() {
    const model = Sequential()
    model.add(LSTM(16, { inputShape: [5, 1] }))
    model.add(RepeatVector(3))
    model.add(LSTM(16, { returnSequences: true }))
    model.add(TimeDistributed(Dense(1)))
    model.compile({ loss: 'mse', optimizer: Adam(0.01) })
    return model
  },

  async load() {
    return rampTask(
      { steps: 5, ahead: 3, inputs: [0], outputs: [0] },
      { label: 'Encoder-decoder', inputShape: [5, 1], outputShape: [3, 1] },
    )
  },
}
