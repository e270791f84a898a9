// Encoder and decoder, sigmoid outputs: [N, 6, 1] → [N, 4, 1].

import { Adam, Dense, LSTM, RepeatVector, Sequential, TimeDistributed } from 'recurra'
import type { Problem } from '../problem.ts'
import { holdOutFifths, sampleTask } from './samples.ts'

const [epochs, batchSize] = [150, 16]

export const sigmoidDecoder: Problem = {
  name: 'sigmoid-decoder',
  title: 'Encoder and decoder, sigmoid outputs',
  group: 'Shapes of models',
  about:
    'Six bits go in; the last four of them come out in reverse order, each as the probability of a one. ' +
    'Every fifth of the 64 words is held out.',
  seed: 1,
  epochs,
  batchSize,
  shapes: '[N, 6, 1] → [N, 4, 1]',
  quality: { measure: 'Accuracy on held-out words', better: 'above', bound: 0.9 },

  code: {
    data: 'x: six bits; y: the last four of them, reversed',
  },

  createModel() {
    const model = Sequential()
    model.add(LSTM(24, { inputShape: [6, 1] }))
    model.add(RepeatVector(4))
    model.add(LSTM(24, { returnSequences: true }))
    model.add(TimeDistributed(Dense(1, { activation: 'sigmoid' })))
    model.compile({ loss: 'binary_crossentropy', optimizer: Adam(0.01), metrics: ['accuracy'] })
    return model
  },

  async load() {
    const words = Array.from({ length: 64 }, (_, word) =>
      Array.from({ length: 6 }, (_, bit) => (word >> bit) & 1),
    )
    const samples = words.map((bits) => ({ input: bits, target: bits.slice(2).reverse() }))
    return sampleTask({
      ...holdOutFifths(samples),
      inputShape: [6, 1],
      outputShape: [4, 1],
      showsHeldOut: true,
      label: 'Encoder-decoder',
      quantity: 'Bit',
      measure: 'accuracy',
      digits: [0, 2],
      position: 'Bit',
    })
  },
}
