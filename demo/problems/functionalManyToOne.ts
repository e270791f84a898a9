// Functional: many to one: [N, 6, 1] → [N, 1].

import { Adam, Dense, Input, LSTM, Model } from 'recurra'
import type { Problem } from '../problem.ts'
import { rampTask } from './ramps.ts'

const [epochs, batchSize] = [60, 16]

export const functionalManyToOne: Problem = {
  name: 'functional-many-to-one',
  title: 'Functional: many to one',
  group: 'Shapes of models',
  about:
    'The functional form of a model: layers called on what layers return, the last state of an LSTM read ' +
    'once.',
  seed: 1,
  epochs,
  batchSize,
  shapes: '[N, 6, 1] → [N, 1]',
  quality: { measure: 'RMSE on held-out windows', better: 'below', bound: 0.01 },

  code: {
    data: 'x: windows of six steps; y: the step after them',
  },

  createModel() {
    const input = Input([6, 1])
    const state = LSTM(16)(input)
    const output = Dense(1)(state)
    const model = Model(input, output)
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
