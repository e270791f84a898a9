// ConvLSTM: [N, 2, 1, 4, 1] → [N, 1].

import { Adam, ConvLSTM2D, Dense, Flatten, Sequential } from 'recurra'
import type { Problem } from '../problem.ts'
import { rampTask } from './ramps.ts'

const [epochs, batchSize] = [150, 16]

export const convLstm: Problem = {
  name: 'conv-lstm',
  title: 'ConvLSTM',
  group: 'One series, one step',
  about:
    'An LSTM whose products are convolutions reads two subsequences of four steps, each taken as an image ' +
    'one pixel high.',
  seed: 1,
  epochs,
  batchSize,
  shapes: '[N, 2, 1, 4, 1] → [N, 1]',
  quality: { measure: 'RMSE on held-out windows', better: 'below', bound: 0.01 },

  code: {
    data: 'x: windows of eight steps, in two rows; y: the step after them',
  },

  createModel() {
    const model = Sequential()
    model.add(ConvLSTM2D(8, [1, 2], { activation: 'relu', inputShape: [2, 1, 4, 1] }))
    model.add(Flatten())
    model.add(Dense(1))
    model.compile({ loss: 'mse', optimizer: Adam(0.02) })
    return model
  },

  async load() {
    return rampTask(
      { steps: 8, ahead: 1, inputs: [0], outputs: [0] },
      { label: 'ConvLSTM2D(8)', inputShape: [2, 1, 4, 1], outputShape: [1] },
    )
  },
}
