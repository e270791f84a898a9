// Functional: many to many: [N, 6, 2] → [N, 6, 1].

import { Adam, Dense, Input, LSTM, Model, TimeDistributed } from 'recurra'
import type { Problem } from '../problem.ts'
import { rampTask } from './ramps.ts'

const [epochs, batchSize] = [150, 16]

export const functionalManyToMany: Problem = {
  name: 'functional-many-to-many',
  title: 'Functional: many to many',
  group: 'Shapes of models',
  about:
    'Two ramps go in; the LSTM returns its whole sequence, and each step tells half their sum six steps on.',
  seed: 1,
  epochs,
  batchSize,
  shapes: '[N, 6, 2] → [N, 6, 1]',
  quality: { measure: 'RMSE on held-out windows', better: 'below', bound: 0.01 },

  code: {
    data: 'x: six steps of two series; y: half their sum, six steps on',
  },

  createModel() {
    const input = Input([6, 2])
    const states = LSTM(16, { returnSequences: true })(input)
    const output = TimeDistributed(Dense(1))(states)
    const model = Model(input, output)
    model.compile({ loss: 'mse', optimizer: Adam(0.02) })
    return model
  },

  async load() {
    return rampTask(
      { steps: 6, ahead: 6, inputs: [0, 1], outputs: [2] },
      { label: 'LSTM(16)', inputShape: [6, 2], outputShape: [6, 1] },
    )
  },
}
