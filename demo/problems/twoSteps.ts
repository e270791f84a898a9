// Several steps from two series: [N, 4, 2] → [N, 2].

import { Adam, Dense, LSTM, Sequential } from 'recurra'
import type { Problem } from '../problem.ts'
import { rampTask } from './ramps.ts'

const [epochs, batchSize] = [60, 16]

export const twoSteps: Problem = {
  name: 'two-steps',
  title: 'Several steps from two series',
  group: 'Several steps',
  about:
    'Two ramps go in; two steps of half their sum come out, from the last step seen to the one after it.',
  seed: 1,
  epochs,
  batchSize,
  shapes: '[N, 4, 2] → [N, 2]',
  quality: { measure: 'RMSE on held-out windows', better: 'below', bound: 0.01 },

  code: {
    data: 'x: four steps of two series; y: half their sum,\nat the last step and at the next',
  },

  createModel() {
    const model = Sequential()
    model.add(LSTM(16, { inputShape: [4, 2] }))
    model.add(Dense(2))
    model.compile({ loss: 'mse', optimizer: Adam(0.01) })
    return model
  },

  async load() {
    return rampTask(
      { steps: 4, ahead: 2, inputs: [0, 1], outputs: [2], isParallel: true },
      { label: 'LSTM(16)', inputShape: [4, 2], outputShape: [2] },
    )
  },
}
