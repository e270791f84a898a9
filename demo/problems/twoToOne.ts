// One series from two: [N, 4, 2] → [N, 1].

import { Adam, Dense, LSTM, Sequential } from 'recurra'
import type { Problem } from '../problem.ts'
import { rampTask } from './ramps.ts'

const [epochs, batchSize] = [60, 16]

export const twoToOne: Problem = {
  name: 'two-to-one',
  title: 'One series from two',
  group: 'Several series',
  about: 'Two ramps go in; half their sum at the last step comes out, a series that the model never sees.',
  seed: 1,
  epochs,
  batchSize,
  shapes: '[N, 4, 2] → [N, 1]',
  quality: { measure: 'RMSE on held-out windows', better: 'below', bound: 0.01 },

  code: {
    data: 'x: four steps of two series; y: half their sum at the last step',
  },

  createModel() {
    const model = Sequential()
    model.add(LSTM(16, { inputShape: [4, 2] }))
    model.add(Dense(1))
    model.compile({ loss: 'mse', optimizer: Adam(0.01) })
    return model
  },

  async load() {
    return rampTask(
      { steps: 4, ahead: 1, inputs: [0, 1], outputs: [2], isParallel: true },
      { label: 'LSTM(16)', inputShape: [4, 2], outputShape: [1] },
    )
  },
}
