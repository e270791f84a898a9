// Digits, row by row: [N, 8, 8] → [N, 10].

import { Adam, Dense, LSTM, Sequential } from 'recurra'
import type { Problem } from '../problem.ts'
import { classesOf, oneHot } from './classes.ts'
import { readDigits } from './data.ts'
import { listing } from './listing.ts'
import { holdOutFifths, sampleTask } from './samples.ts'

const typescript = `
const model = Sequential()
model.add(LSTM(32, { inputShape: [8, 8] }))
model.add(Dense(10, { activation: 'softmax' }))
model.compile({ loss: 'categorical_crossentropy', optimizer: Adam(0.01), metrics: ['accuracy'] })`

const keras = `
model = Sequential()
model.add(LSTM(32, input_shape=(8, 8)))
model.add(Dense(10, activation="softmax"))
model.compile(loss="categorical_crossentropy", optimizer=Adam(0.01), metrics=["accuracy"])`

const [epochs, batchSize] = [30, 32]

export const digits: Problem = {
  name: 'digits',
  title: 'Digits, row by row',
  group: 'Real data',
  about:
    'A handwritten digit is read like a text, one row of eight pixels after another; after the last row ' +
    'the network names it. Every fifth of 1,797 digits is held out, 360 in all.',
  seed: 1,
  epochs,
  batchSize,
  shapes: '[N, 8, 8] → [N, 10]',
  quality: { measure: 'Accuracy on 360 held-out digits', better: 'above', bound: 0.95 },

  code: listing({
    layers: 'Dense, LSTM',
    kerasImports: ['from keras import Sequential', 'from keras.optimizers import Adam'],
    names: 'Adam, Dense, LSTM, Sequential',
    data: 'x: 8 rows of 8 pixels, from 0 to 1; y: the class, one-hot',
    keras,
    typescript,
    epochs,
    batchSize,
  }),

  createModel() {
    const model = Sequential()
    model.add(LSTM(32, { inputShape: [8, 8] }))
    model.add(Dense(10, { activation: 'softmax' }))
    model.compile({ loss: 'categorical_crossentropy', optimizer: Adam(0.01), metrics: ['accuracy'] })
    return model
  },

  async load(readText) {
    const digits = await readDigits(readText)
    const samples = digits.map(({ pixels, label }) => ({ input: pixels, target: [label] }))
    const { learned, heldOut } = holdOutFifths(samples)
    return sampleTask({
      learned,
      // By class, so that a miss stands out from its step.
      heldOut: [...heldOut].sort((a, b) => (a.target[0] ?? 0) - (b.target[0] ?? 0)),
      inputShape: [8, 8],
      outputShape: [10],
      showsHeldOut: true,
      label: 'LSTM(32)',
      quantity: 'Class',
      measure: 'accuracy',
      encode: oneHot,
      decode: classesOf,
      digits: [0, 0],
      position: 'Digit',
    })
  },
}
