// The echo problem: a sequence of five numbers, taken as five samples of one step, [5, 1, 1] -> [5, 1]. The smallest
// thing that an LSTM can learn, and so the first to try.

import { Dense, LSTM, Sequential, tensor } from 'recurra'
import type { Problem } from '../problem.ts'

const sequence = [0, 0.2, 0.4, 0.6, 0.8]

const data = {
  keras: `
sequence = array([0.0, 0.2, 0.4, 0.6, 0.8])
x = sequence.reshape(5, 1, 1)
y = sequence.reshape(5, 1)
`,
  typescript: `
const sequence = [0.0, 0.2, 0.4, 0.6, 0.8]
const x = tensor(sequence, [5, 1, 1])
const y = tensor(sequence, [5, 1])
`,
}

export const echo: Problem = {
  name: 'echo',
  title: 'Echo',
  group: 'Echoes',
  about:
    'Say back what you hear. Five numbers go in, one at a time, and the same five must come out: the smallest problem ' +
    'that an LSTM can learn, and 146 parameters learn it.',
  seed: 2,
  epochs: 1000,
  batchSize: 5,
  shapes: '[5, 1, 1] → [5, 1]',
  quality: { measure: 'Largest error', better: 'below', bound: 0.05 },
  code: { data, imports: { keras: 'from numpy import array', typescript: ['tensor'] } },

  createModel() {
    const model = Sequential()
    model.add(LSTM(5, { inputShape: [1, 1] }))
    model.add(Dense(1))
    model.compile({ loss: 'mse', optimizer: 'adam' })
    return model
  },

  async load() {
    const x = tensor(sequence, [5, 1, 1])
    return {
      x,
      y: tensor(sequence, [5, 1]),
      inputs: x,
      truth: {
        position: 'Step',
        quantity: 'Value',
        positions: sequence.map((_, step) => step),
        values: sequence,
        predictedFrom: 0,
        heldOutFrom: null,
        digits: [1, 3],
        formatPosition: (step) => String(step),
      },
      decode: ({ data }) => [...data],
      score(predictions) {
        const errors = sequence.map((value, step) => Math.abs(value - (predictions[step] ?? Number.NaN)))
        const quality = Math.max(...errors)
        const rows = [{ label: 'LSTM(5)', value: quality.toFixed(3), isModel: true }]
        return { quality, caption: 'Largest error', rows }
      },
    }
  },
}
