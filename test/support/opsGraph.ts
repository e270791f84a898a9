// Random models of functions of `ops` between layers, also in the `call` of a layer of one's own. All functions are smooth, as the
// differences of checkGraph ask, and keep numbers of about 1 at that size.

import {
  Conv1D,
  Dense,
  Input,
  Layer,
  LayerNormalization,
  LSTM,
  Model,
  ops,
  type SymbolicTensor,
  setSeed,
  tensor,
} from '../../src/index.ts'
import { Generator } from '../../src/util/generator.ts'
import type { Case } from './checkGraph.ts'
import { uniform } from './values.ts'

const BATCH = 3
type Draw = (below: number) => number

const extent = (x: SymbolicTensor, axis: number): number => Number(x.shape.at(axis))

/** A function of a sequence that keeps its shape, [batch, timesteps, features]. */
const keeping: readonly ((x: SymbolicTensor, draw: Draw) => SymbolicTensor)[] = [
  (x) => ops.tanh(x),
  (x) => ops.multiply(x, ops.sigmoid(x)),
  (x) => ops.softmax(x, 1),
  (x) => ops.logSoftmax(ops.multiply(0.5, x)),
  (x) => ops.exp(ops.negative(ops.square(x))),
  (x) => ops.sin(ops.add(x, 0.3)),
  (x) => ops.sqrt(ops.add(ops.square(x), 0.5)),
  (x) => ops.log(ops.add(ops.square(x), 1.5)),
  (x) => ops.divide(x, ops.add(1.5, ops.square(x))),
  (x) => ops.subtract(x, ops.mean(x, 1, true)),
  (x) => ops.divide(x, ops.sqrt(ops.add(ops.var(x, -1, true), 0.5))),
  (x) => ops.multiply(0.5, ops.cumsum(x, 1)),
  (x, draw) => ops.roll(x, 1 + draw(2), 1),
  (x, draw) => ops.flip(x, 1 + draw(2)),
  (x) => ops.transpose(ops.transpose(ops.multiply(x, 0.7), [0, 2, 1]), [0, 2, 1]),
  // Both have the slope 1 at 0, so that differences across 0 are right.
  (x) => ops.where(ops.greater(x, 0), ops.tanh(x), x),
  (x) => ops.einsum('bti,btj->btj', ops.multiply(0.3, x), x),
  (x) => ops.multiply(0.5, ops.matmul(ops.softmax(ops.matmul(x, ops.transpose(x, [0, 2, 1])), -1), x)),
  (x) => ops.softplus(x),
  (x) => ops.logsumexp(ops.stack([x, ops.multiply(0.5, x)], 0), 0),
]

/** The functions in a layer, whose weight is an operand of them. */
class Mixing extends Layer {
  constructor(readonly steps: readonly ((x: SymbolicTensor) => SymbolicTensor)[]) {
    super()
  }
  readonly factor = this.addWeight({ name: 'factor', initializer: 'ones' })
  override call(x: SymbolicTensor) {
    return this.steps.reduce((y, step) => step(y), ops.multiply(x, this.factor))
  }
}

/** A sequence made of one. */
function next(x: SymbolicTensor, draw: Draw): SymbolicTensor {
  const some = (): ((y: SymbolicTensor) => SymbolicTensor) => {
    const [which, seed] = [draw(keeping.length), draw(1000)]
    return (y) => keeping[which]?.(y, (below) => seed % below) ?? y
  }
  switch (draw(12)) {
    case 0:
      return Dense(1 + draw(4), { activation: 'tanh' })(x)
    case 1:
      return LSTM(1 + draw(3), { returnSequences: true })(x)
    case 2:
      return Conv1D(1 + draw(3), 2, { padding: 'causal' })(x)
    case 3:
      return LayerNormalization({ epsilon: 0.1 })(x)
    case 4:
      return new Mixing([some(), some(), some()])(x)
    case 5:
      return ops.concatenate([x, some()(x)], draw(2) === 0 ? -1 : 1)
    case 6: {
      const half = Math.ceil(extent(x, 1) / 2)
      return ops.getItem(x, [null, [0, half]])
    }
    case 7:
      return ops.pad(x, [
        [0, 0],
        [draw(2), 1],
        [0, draw(2)],
      ])
    case 8:
      return ops.repeat(x, 2, 1 + draw(2))
    case 9:
      return ops.take(x, [extent(x, 1) - 1, 0, 0], 1)
    case 10:
      return ops.add(some()(x), some()(x))
    default:
      return some()(x)
  }
}

/** Three to six functions and layers between a sequence and a number or a vector a sample. */
export function drawOpsCase(seed: number): Case {
  setSeed(seed)
  const generator = new Generator(seed)
  const draw: Draw = (below) => generator.below(below)
  const [time, features] = [2 + draw(4), 1 + draw(3)]
  const input = Input([time, features])
  let x = Dense(1 + draw(4))(input)
  for (let steps = 3 + draw(4); steps > 0; steps--) x = next(x, draw)
  const reduced = draw(2) === 0 ? ops.mean(x, 1) : ops.reshape(x, [-1, extent(x, 1) * extent(x, 2)])
  const output = Dense(1 + draw(2))(reduced)
  const model = Model(input, output)
  model.compile({ loss: 'mse', optimizer: 'adam' })
  return {
    model,
    x: [uniform([BATCH, time, features], -1, 1, seed + 100)].map(({ data, shape }) => tensor(data, shape)),
    y: [uniform([BATCH, extent(output, -1)], -1, 1, seed + 200)],
  }
}
