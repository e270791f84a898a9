// Functional: many to one: [N, 6, 1] → [N, 1].

import { Adam, Dense, Input, LSTM, Model } from 'recurra'
import type { Problem } from '../problem.ts'
import { listing } from './listing.ts'
import { rampTask } from './ramps.ts'

const typescript = `
const input = Input([6, 1])
const state = LSTM(16)(input)
const output = Dense(1)(state)
const model = Model(input, output)
model.compile({ loss: 'mse', optimizer: Adam(0.01) })`

const keras = `
inputs = Input(shape=(6, 1))
state = LSTM(16)(inputs)
outputs = Dense(1)(state)
model = Model(inputs, outputs)
model.compile(loss="mse", optimizer=Adam(0.01))`

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

  code: listing({
    layers: 'Dense, Input, LSTM',
    kerasImports: ['from keras import Model', 'from keras.optimizers import Adam'],
    names: 'Adam, Dense, Input, LSTM, Model',
    data: 'x: windows of six steps; y: the step after them',
    keras,
    typescript,
    epochs,
    batchSize,
  }),

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
