// Many to many, TimeDistributed: [1, 5, 1] → [1, 5, 1].

import { Adam, Dense, LSTM, Sequential, TimeDistributed } from 'recurra'
import type { Problem } from '../problem.ts'
import { sampleTask } from './samples.ts'

const [epochs, batchSize] = [400, 1]

export const timeDistributed: Problem = {
  name: 'time-distributed',
  title: 'Many to many, TimeDistributed',
  group: 'Echoes',
  about: 'One dense layer serves every step of the LSTM: five numbers in, the same five out, step by step.',
  seed: 1,
  epochs,
  batchSize,
  shapes: '[1, 5, 1] → [1, 5, 1]',
  quality: { measure: 'RMSE', better: 'below', bound: 0.03 },

  code: {
    data: 'x and y: 0.0, 0.2, 0.4, 0.6, 0.8',
  },

  createModel() {
    const model = Sequential()
    model.add(LSTM(5, { returnSequences: true, inputShape: [5, 1] }))
    model.add(TimeDistributed(Dense(1)))
    model.compile({ loss: 'mse', optimizer: Adam(0.01) })
    return model
  },

  async load() {
    const sequence = [0, 0.2, 0.4, 0.6, 0.8]
    const learned = [{ input: sequence, target: sequence }]
    return sampleTask({
      learned,
      inputShape: [5, 1],
      outputShape: [5, 1],
      label: 'LSTM(5)',
      quantity: 'Value',
      digits: [1, 3],
      position: 'Step',
    })
  },
}
