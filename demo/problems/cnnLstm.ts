// CNN-LSTM: [N, 2, 4, 1] → [N, 1].

import { Adam, Conv1D, Dense, Flatten, LSTM, MaxPooling1D, Sequential, TimeDistributed } from 'recurra'
import type { Problem } from '../problem.ts'
import { rampTask } from './ramps.ts'

const [epochs, batchSize] = [60, 16]

export const cnnLstm: Problem = {
  name: 'cnn-lstm',
  title: 'CNN-LSTM',
  group: 'One series, one step',
  about:
    'The window falls into two halves of four steps; a convolution reads each half, an LSTM reads what it ' +
    'found in them.',
  seed: 1,
  epochs,
  batchSize,
  shapes: '[N, 2, 4, 1] → [N, 1]',
  quality: { measure: 'RMSE on held-out windows', better: 'below', bound: 0.01 },

  code: {
    data: 'x: windows of eight steps, in two halves; y: the step after them',
  },

  createModel() {
    const model = Sequential()
    model.add(TimeDistributed(Conv1D(16, 2, { activation: 'relu' }), { inputShape: [2, 4, 1] }))
    model.add(TimeDistributed(MaxPooling1D(2)))
    model.add(TimeDistributed(Flatten()))
    model.add(LSTM(16))
    model.add(Dense(1))
    model.compile({ loss: 'mse', optimizer: Adam(0.01) })
    return model
  },

  async load() {
    return rampTask(
      { steps: 8, ahead: 1, inputs: [0], outputs: [0] },
      { label: 'CNN-LSTM', inputShape: [2, 4, 1], outputShape: [1] },
    )
  },
}
