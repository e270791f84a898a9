// A cell of the reader's own in RNN, beside the GRU of gru.ts: [N, 6, 1] → [N, 1].

import { Adam, Cell, Dense, Input, ops, RNN, register, Sequential, type SymbolicTensor } from 'recurra'
import type { Problem } from '../problem.ts'
import { rampTask } from './ramps.ts'

class MinimalGatedUnit extends Cell {
  override stateSize = 16
  gate = Dense(16, { activation: 'sigmoid' })
  candidate = Dense(16, { activation: 'tanh' })

  override call(x: SymbolicTensor, [h]: readonly [SymbolicTensor]) {
    const f = this.gate(ops.concatenate([x, h], -1))
    const kept = ops.multiply(f, h)
    const both = ops.concatenate([x, kept], -1)
    const c = this.candidate(both)
    const change = ops.multiply(f, ops.subtract(c, h))
    const next = ops.add(h, change)
    return [next, [next]] as const
  }
}

register('MinimalGatedUnit', MinimalGatedUnit)

const own = {
  typescript: `
class MinimalGatedUnit extends Cell {
  stateSize = 16
  gate = Dense(16, { activation: 'sigmoid' })
  candidate = Dense(16, { activation: 'tanh' })

  call(x, [h]) {
    const f = this.gate(ops.concatenate([x, h], -1))
    const kept = ops.multiply(f, h)
    const both = ops.concatenate([x, kept], -1)
    const c = this.candidate(both)
    const change = ops.multiply(f, ops.subtract(c, h))
    const next = ops.add(h, change)
    return [next, [next]]
  }
}`,

  keras: `
class MinimalGatedUnit(Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.state_size = 16
        self.gate = Dense(16, activation="sigmoid")
        self.candidate = Dense(16, activation="tanh")

    def call(self, x, states):
        [h] = states
        f = self.gate(ops.concatenate([x, h], axis=-1))
        kept = f * h
        both = ops.concatenate([x, kept], axis=-1)
        c = self.candidate(both)
        next = h + f * (c - h)
        return next, [next]`,
}

const [epochs, batchSize] = [60, 16]

export const ownCell: Problem = {
  name: 'own-cell',
  title: 'A cell of your own',
  group: 'One series, one step',
  about:
    'The task of the GRU with a cell that Recurra does not have, the minimal gated unit: one gate says how much of the state is ' +
    'kept and how much is new. Its class is all that there is to write; it is differentiated and compiled like every other cell.',
  seed: 1,
  epochs,
  batchSize,
  shapes: '[N, 6, 1] → [N, 1]',
  quality: { measure: 'RMSE on held-out windows', better: 'below', bound: 0.01 },

  code: {
    data: 'x: windows of six steps; y: the step after them',
    own,
    imports: {
      keras: 'from keras import ops\nfrom keras.layers import Dense, Layer',
      typescript: ['Cell', 'ops'],
    },
  },

  createModel() {
    const model = Sequential()
    model.add(Input([6, 1]))
    model.add(RNN(new MinimalGatedUnit()))
    model.add(Dense(1))
    model.compile({ loss: 'mse', optimizer: Adam(0.01) })
    return model
  },

  async load() {
    return rampTask(
      { steps: 6, ahead: 1, inputs: [0], outputs: [0] },
      { label: 'MinimalGatedUnit(16)', inputShape: [6, 1], outputShape: [1] },
    )
  },
}
