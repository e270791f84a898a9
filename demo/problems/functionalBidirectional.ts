// Functional: bidirectional: [N, 6, 1] → [N, 1].

import { Adam, Bidirectional, Dense, Input, LSTM, Model } from 'recurra'
import type { Problem } from '../problem.ts'
import { rampTask } from './ramps.ts'

const [epochs, batchSize] = [60, 16]

export const functionalBidirectional: Problem = {
  name: 'functional-bidirectional',
  title: 'Functional: bidirectional',
  group: 'Shapes of models',
  about: 'Both directions of an LSTM in a functional model; the summary counts the parameters of both.',
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
    const states = Bidirectional(LSTM(12))(input)
    const output = Dense(1)(states)
    const model = Model(input, output)
    model.compile({ loss: 'mse', optimizer: Adam(0.01) })
    return model
  },

  async load() {
    return rampTask(
      { steps: 6, ahead: 1, inputs: [0], outputs: [0] },
      { label: 'Bidirectional LSTM', inputShape: [6, 1], outputShape: [1] },
    )
  },
}
