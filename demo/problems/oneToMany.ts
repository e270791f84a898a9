// One to many: from an image: [N, 8, 8, 1] → [N, 8, 1].

import { Adam, Conv2D, Dense, Flatten, LSTM, RepeatVector, Sequential, TimeDistributed } from 'recurra'
import type { Problem } from '../problem.ts'
import { readDigits } from './data.ts'
import { holdOutFifths, sampleTask } from './samples.ts'
import { mean } from './series.ts'

const rowsOfInk = [0, 1, 2, 3, 4, 5, 6, 7]

const inkOf = (pixels: readonly number[]): number[] =>
  rowsOfInk.map((row) => mean(pixels.slice(8 * row, 8 * row + 8)))

const [epochs, batchSize] = [60, 20]

export const oneToMany: Problem = {
  name: 'one-to-many',
  title: 'One to many: from an image',
  group: 'Shapes of models',
  about:
    'One image goes in, a sequence comes out: a convolution encodes a digit, an LSTM unrolls how much ink ' +
    'each of its eight rows holds.',
  seed: 1,
  epochs,
  batchSize,
  shapes: '[N, 8, 8, 1] → [N, 8, 1]',
  quality: {
    measure: 'RMSE on 80 held-out digits, over that of the average digit',
    better: 'below',
    bound: 0.5,
  },

  code: {
    data: 'x: digits; y: the mean shade of each row',
  },

  createModel() {
    const model = Sequential()
    model.add(Conv2D(4, [3, 3], { activation: 'relu', inputShape: [8, 8, 1] }))
    model.add(Flatten())
    model.add(Dense(32, { activation: 'relu' }))
    model.add(RepeatVector(8))
    model.add(LSTM(32, { returnSequences: true }))
    model.add(TimeDistributed(Dense(1)))
    model.compile({ loss: 'mse', optimizer: Adam(0.005) })
    return model
  },

  async load(readText) {
    const digits = (await readDigits(readText)).slice(0, 400)
    const samples = digits.map(({ pixels }) => ({ input: pixels, target: inkOf(pixels) }))
    const { learned, heldOut } = holdOutFifths(samples)
    const average = rowsOfInk.map((_, row) => mean(learned.map(({ target }) => target[row] ?? Number.NaN)))
    return sampleTask({
      learned,
      heldOut,
      inputShape: [8, 8, 1],
      outputShape: [8, 1],
      showsHeldOut: true,
      label: 'CNN and LSTM(32)',
      quantity: 'Ink of a row, ten digits',
      charted: 80,
      naive: { label: 'The average digit', forecast: () => average },
      isRelative: true,
      digits: [3, 3],
      position: 'Row',
      formatPosition: (index) => `${Math.floor(index / 8) + 1}, row ${(index % 8) + 1}`,
    })
  },
}
