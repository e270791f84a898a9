// Many to many, as a vector: [1, 5, 1] → [1, 5].

import { Adam, Dense, LSTM, Sequential } from 'recurra'
import type { Problem } from '../problem.ts'
import { sampleTask } from './samples.ts'

const [epochs, batchSize] = [300, 1]

export const vectorOutput: Problem = {
  name: 'vector-output',
  title: 'Many to many, as a vector',
  group: 'Echoes',
  about:
    'The LSTM reads five numbers and keeps them in its last state; a dense layer must tell all five from ' +
    'it.',
  seed: 1,
  epochs,
  batchSize,
  shapes: '[1, 5, 1] → [1, 5]',
  quality: { measure: 'RMSE', better: 'below', bound: 0.03 },

  code: {
    data: 'x and y: 0.0, 0.2, 0.4, 0.6, 0.8',
  },

  createModel() {
    const model = Sequential()
    model.add(LSTM(5, { inputShape: [5, 1] }))
    model.add(Dense(5))
    model.compile({ loss: 'mse', optimizer: Adam(0.01) })
    return model
  },

  async load() {
    const sequence = [0, 0.2, 0.4, 0.6, 0.8]
    const learned = [{ input: sequence, target: sequence }]
    return sampleTask({
      learned,
      inputShape: [5, 1],
      outputShape: [5],
      label: 'LSTM(5)',
      quantity: 'Value',
      digits: [1, 3],
      position: 'Step',
    })
  },
}
