// What takes code of the user's own: of which kind arguments and options are.

import * as api from '../../../src/index.ts'
import { flag, isPlainFunction, kind, nullable, oneOf, shape, text } from '../kinds.ts'
import { type PublicCall, plain } from './call.ts'

class State extends api.Cell {
  override readonly stateSize = 2
  override call(x: api.SymbolicTensor, states: readonly [api.SymbolicTensor]) {
    return [x, states] as const
  }
}

class Difference extends api.Loss {
  override call(yTrue: api.SymbolicTensor, yPred: api.SymbolicTensor) {
    return api.ops.mean(api.ops.subtract(yPred, yTrue), -1)
  }
}

class Count extends api.Metric {
  readonly count = this.addVariable()
  override updateState(yTrue: api.SymbolicTensor) {
    this.count.assignAdd(api.ops.sum(yTrue))
  }
  override result() {
    return this.count
  }
}

export const ownCode: readonly PublicCall[] = [
  {
    name: 'Lambda',
    args: [kind([(x: api.SymbolicTensor) => x], isPlainFunction)],
    options: {
      name: nullable(text),
      trainable: flag,
      outputShape: nullable(shape),
      mask: nullable(kind([() => null], isPlainFunction)),
      arguments: nullable(
        kind(
          [{ factor: 2 }],
          (value) =>
            Object.prototype.toString.call(value) === '[object Object]' &&
            Object.getPrototypeOf(Object.getPrototypeOf(value) ?? {}) === null,
        ),
      ),
    },
    call: plain(api.Lambda),
  },
  {
    name: 'Cell',
    args: [],
    options: { name: nullable(text), trainable: flag },
    call: (_model, ...args) => new State(...(args as [])),
  },
  {
    name: 'Loss',
    args: [],
    options: {
      name: text,
      reduction: nullable(oneOf('sum_over_batch_size', 'sum', 'mean', 'mean_with_sample_weight', 'none')),
    },
    call: (_model, ...args) => new Difference(...(args as [])),
  },
  {
    name: 'Metric',
    args: [],
    options: { name: nullable(text), dtype: nullable(text) },
    call: (_model, ...args) => new Count(...(args as [])),
  },
  {
    name: 'register',
    args: [text, kind([class Known {}], (value) => typeof value === 'function')],
    call: plain(api.register),
  },
]
