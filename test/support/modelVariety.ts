// Models that ask for kernels, and variants of them, which those of test/support/everyLayer.ts and the golden cases leave out.

import type { CallableLayer, CompileOptions, LayersModel, SymbolicTensor } from '../../src/index.ts'
import { activations } from '../../src/ops/activations.ts'
import type { Optimizer } from '../../src/training/optimizer.ts'

type Recurra = typeof import('../../src/index.ts')

/** Each made anew, under the dtype policy in force; batches are of `rows`. */
export function varietyOf(r: Recurra, rows: number): readonly (() => LayersModel)[] {
  const compiled = (model: LayersModel, optimizer: CompileOptions['optimizer'] = 'sgd'): LayersModel => {
    model.compile({ loss: 'mse', optimizer })
    return model
  }
  const sequential = (inputShape: number[], ...layers: CallableLayer[]) =>
    compiled(r.Sequential([r.Input(inputShape), ...layers]))
  const names = Object.keys(activations).filter((name) => name !== 'softmax') as (keyof typeof activations)[]
  const averaged: readonly ((options: { readonly useEma: true }) => Optimizer)[] = [
    ...[r.Adadelta, r.Adafactor, r.Adagrad, r.Adam, r.Adamax],
    ...[r.Ftrl, r.Lamb, r.Lion, r.Muon, r.Nadam, r.RMSprop, r.SGD],
  ]
  return [
    // Sums so long that they are split.
    () => sequential([6000 / rows], r.Dense(3)),
    () => sequential([6000 / rows, 3], r.LSTM(8, { returnSequences: true }), r.Dense(2)),
    // Counts at thresholds.
    () => {
      const model = r.Sequential([r.Dense(1, { inputShape: [3], activation: 'sigmoid' })])
      model.compile({ loss: 'binary_crossentropy', optimizer: 'sgd', metrics: [r.AUC(), r.Precision()] })
      return model
    },
    // A gradient of all steps and one of the last.
    () => {
      const input = r.Input([5, 3])
      const [h, last] = r.LSTM(8, { returnSequences: true, returnState: true })(input)
      return compiled(r.Model(input, [h, last]))
    },
    // A constraint and a metric of one's own.
    () => {
      class Total extends r.Metric {
        total = this.addVariable({ name: 'total' })
        override updateState(_yTrue: SymbolicTensor, yPred: SymbolicTensor): void {
          this.total.assignAdd(r.ops.sum(yPred))
        }
        override result() {
          return this.total
        }
      }
      const kernelConstraint = (weights: SymbolicTensor) => r.ops.abs(weights)
      const model = r.Sequential([r.Dense(2, { inputShape: [3], kernelConstraint })])
      model.compile({ loss: 'mse', optimizer: 'sgd', metrics: [new Total()] })
      return model
    },
    // Updates that take turns.
    () => {
      class Turns extends r.Model {
        readonly first = r.Sequential([r.Input([3]), r.Dense(3)])
        readonly second = r.Sequential([r.Input([3]), r.Dense(2)])
        readonly other = r.SGD()
        override call(x: SymbolicTensor) {
          return this.second(this.first(x))
        }
        override trainStep([x, y]: readonly [SymbolicTensor, SymbolicTensor]) {
          const judged = () => r.ops.mean(r.ops.square(r.ops.subtract(this.call(x), y)))
          this.optimizer?.minimize(judged(), this.first.trainableWeights)
          this.other.minimize(judged(), this.second.trainableWeights)
          return { loss: judged() }
        }
      }
      const model = new Turns()
      model.build([null, 3])
      model.compile({ optimizer: 'sgd', autoScaleLoss: false })
      return model
    },
    // A mask that reaches the loss.
    () => sequential([3, 2], r.Masking(), r.Dense(2)),
    // More ids than a block that is sorted by itself.
    () => sequential([300 / rows], r.Embedding(7, 3), r.Flatten(), r.Dense(2)),
    // Tables of which a step updates the rows of its ids alone.
    ...(['sgd', 'adam'] as const).map(
      (optimizer) => () =>
        compiled(r.Sequential([r.Input([4]), r.Embedding(2 ** 14, 4), r.Flatten(), r.Dense(2)]), optimizer),
    ),
    // Averages of weights: in the launch of their update, or behind it.
    ...averaged.map(
      (make) => () => compiled(r.Sequential([r.Dense(2, { inputShape: [3] })]), make({ useEma: true })),
    ),
    // Operations between layers.
    () => {
      const { ops } = r
      const input = r.Input([5, 3])
      const h = r.LSTM(4, { returnSequences: true })(input)
      const chosen = ops.take(ops.cumsum(ops.tanh(ops.subtract(h, ops.max(h, 1, true))), 1), [4, 0, 0], 1)
      const places = ops.multiply(ops.argmax(chosen, -1, true), 0.5)
      return compiled(r.Model(input, r.Dense(1)(ops.flip(ops.concatenate([chosen, places], -1), 1))))
    },
    // Noise, the order of entries, and labels at no known time.
    () => {
      const { ops } = r
      const input = r.Input([5, 3])
      const h = r.Dense(3)(input)
      const lengths = ops.add(ops.multiply(ops.sum(input, [1, 2]), 0), 1)
      const loss = ops.ctcLoss(ops.expandDims(lengths, 1), h, lengths, ops.multiply(lengths, 5))
      const sorted = ops.sort(ops.add(h, r.random.normal(h)), 1)
      return compiled(r.Model(input, ops.multiply(sorted, ops.reshape(loss, [-1, 1, 1]))))
    },
    // Integers in an expression.
    () => {
      const input = r.Input([4], { dtype: 'int32' })
      return compiled(r.Model(input, r.Dense(1)(r.ops.multiply(input, 0.5))))
    },
    // One of two directions that are cut apart.
    () => {
      const input = r.Input([5, 3])
      const [forward] = r.Bidirectional(r.LSTM(4), { mergeMode: null })(input)
      return compiled(r.Model(input, forward))
    },
    // A cell with strategies of its own.
    () => sequential([3, 2], r.GRU(4, { resetAfter: false })),
    // Sizes of a recurrence's workgroups.
    ...[1, 33, 64, 100].map((units) => () => sequential([3, 2], r.LSTM(units, { returnSequences: true }))),
    ...[16, 260].map(
      (units) => () => sequential([3, 2], r.Bidirectional(r.LSTM(units, { returnSequences: true }))),
    ),
    ...names.flatMap((activation, i) => [
      () => sequential([3, 4], r.Dense(4, { activation }), r.Activation(activation)),
      () => sequential([7, 4], r.Conv1D(4, 3, { activation })),
      () =>
        sequential(
          [3, 4],
          r.LSTM(4, { activation, recurrentActivation: names[(i + 1) % names.length] ?? 'sigmoid' }),
        ),
    ]),
  ]
}
