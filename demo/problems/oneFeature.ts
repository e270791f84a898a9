// Many to many, one at a time: [5, 1, 1] → [5, 1].

import { Adam, Dense, LSTM, Sequential } from 'recurra'
import type { Problem } from '../problem.ts'
import { sampleTask } from './samples.ts'

const [epochs, batchSize] = [400, 5]

export const oneFeature: Problem = {
  name: 'one-feature',
  title: 'Many to many, one at a time',
  group: 'Echoes',
  about:
    'A sequence of five numbers as five samples of one step: each is echoed without a memory of the ' +
    'others.',
  seed: 1,
  epochs,
  batchSize,
  shapes: '[5, 1, 1] → [5, 1]',
  quality: { measure: 'RMSE', better: 'below', bound: 0.03 },

  code: {
    data: 'x and y: 0.0, 0.2, 0.4, 0.6, 0.8',
  },

  createModel() {
    const model = Sequential()
    model.add(LSTM(5, { inputShape: [1, 1] }))
    model.add(Dense(1))
    model.compile({ loss: 'mse', optimizer: Adam(0.01) })
    return model
  },

  async load() {
    const sequence = [0, 0.2, 0.4, 0.6, 0.8]
    const learned = sequence.map((value) => ({ input: [value], target: [value] }))
    return sampleTask({
      learned,
      inputShape: [1, 1],
      outputShape: [1],
      label: 'LSTM(5)',
      quantity: 'Value',
      digits: [1, 3],
      position: 'Step',
    })
  },
}
