// Many to one: [N, 3, 1] → [N, 1].

import { Adam, Dense, LSTM, Sequential } from 'recurra'
import type { Problem } from '../problem.ts'
import { rampTask } from './ramps.ts'

const [epochs, batchSize] = [60, 16]

export const manyToOne: Problem = {
  name: 'many-to-one',
  title: 'Many to one',
  group: 'One series, one step',
  about: 'Three steps of a ramp go in and one number comes out: only the last state of the LSTM is read.',
  seed: 1,
  epochs,
  batchSize,
  shapes: '[N, 3, 1] → [N, 1]',
  quality: { measure: 'RMSE on held-out windows', better: 'below', bound: 0.01 },

  code: {
    data: 'x: windows of three steps; y: the step after them',
  },

  createModel() {
    const model = Sequential()
    model.add(LSTM(16, { inputShape: [3, 1] }))
    model.add(Dense(1))
    model.compile({ loss: 'mse', optimizer: Adam(0.01) })
    return model
  },

  async load() {
    return rampTask(
      { steps: 3, ahead: 1, inputs: [0], outputs: [0] },
      { label: 'LSTM(16)', inputShape: [3, 1], outputShape: [1] },
    )
  },
}
