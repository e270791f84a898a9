/** Layers whose weights a first step makes, since only steps call them, and structures of what calls return. */
import { beforeEach, expect, test } from 'vitest'
import {
  Adam,
  clearSession,
  Dense,
  gradients,
  Input,
  Layer,
  losses,
  Model,
  metrics,
  ops,
  Sequential,
  SGD,
  type SymbolicTensor,
  setSeed,
} from '../../src/index.ts'
import { onCpuFirst } from '../support/backends.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { fill, waves } from '../support/steppedModels.ts'

beforeEach(clearSession)

type Net = ReturnType<typeof Sequential>
const fitting = { ...quiet, epochs: 3, batchSize: 3, shuffle: false } as const
const x = waves(6, 2)
const y = waves(6, 1)

/** Two nets, the second of which is called on what the first has made of the targets. */
class Pair extends Model {
  readonly first: Net
  readonly second: Net
  readonly seen = metrics.Mean({ name: 'seen' })

  constructor(input: readonly [number] | null, target: readonly [number] | null) {
    super()
    this.first = Sequential([...(target ? [Input(target)] : []), Dense(2, { activation: 'tanh' })])
    this.second = Sequential([...(input ? [Input(input)] : []), Dense(2)])
  }

  override trainStep([x, y]: readonly [SymbolicTensor, SymbolicTensor]) {
    const found = this.second(x, { training: true })
    const loss = ops.mean(ops.square(ops.subtract(found, this.first(y))))
    const weights = [...this.first.trainableWeights, ...this.second.trainableWeights]
    this.optimizer?.apply(gradients(loss, weights), weights)
    this.assign(this.first.weights[1] as never, 0.5)
    void this.seen.updateState(loss)
    return { loss, seen: this.seen.result() }
  }
}

onCpuFirst(() => {
  test.each(['arrays', 'a stream'])(
    'a step on %s makes weights, and trains as where they were made before',
    async (kind) => {
      const histories: unknown[] = []
      const weights: (readonly number[])[] = []
      for (const isOpen of [true, false]) {
        const model = isOpen ? new Pair(null, null) : new Pair([2], [1])
        model.compile({ optimizer: SGD({ learningRate: 0.3 }) })
        const stream = function* () {
          yield [ops.slice(x, [0, 0], [3, 2]), ops.slice(y, [0, 0], [3, 1])] as const
          yield [ops.slice(x, [3, 0], [3, 2]), ops.slice(y, [3, 0], [3, 1])] as const
        }
        const train = async () =>
          kind === 'arrays' ? model.fit(x, y, fitting) : model.fit(stream, { ...quiet, epochs: 3 })
        await train()
        for (const [i, net] of [model.first, model.second].entries()) fill(net, 30 * i)
        histories.push((await train()).history)
        weights.push([...(await weightsOf(model.first)), ...(await weightsOf(model.second))])
      }
      expect(histories[0]).toEqual(histories[1])
      expect(weights[0]).toEqual(weights[1])
      expect(weights[0]?.length).toBe(4 + 6)
    },
  )

  test('a class without a call lists the weights of its layers, and gives them to steps', async () => {
    class Parts extends Model {
      readonly encoder = Sequential([Input([2]), Dense(2)])
      readonly decoder = Dense(2)
      decode(code: SymbolicTensor) {
        return this.decoder(code)
      }
    }
    class Trainer extends Model {
      readonly parts_ = new Parts()
      override trainStep(x: SymbolicTensor) {
        const loss = ops.mean(ops.square(ops.subtract(this.parts_.decode(this.parts_.encoder(x)), x)))
        const weights = this.parts_.trainableWeights
        this.optimizer?.apply(gradients(loss, weights), weights)
        return { loss }
      }
    }
    setSeed(2)
    const model = new Trainer()
    expect(model.parts_.weights.length).toBe(2)
    model.compile({ optimizer: Adam({ learningRate: 0.05 }) })
    const { history } = await model.fit(x, null, { ...fitting, epochs: 20 })
    expect(model.parts_.weights.length).toBe(4)
    expect(history.loss?.at(-1)).toBeLessThan((history.loss?.[0] ?? 0) / 2)
  })

  test('targets of a class without a call have any shape, and any loss', async () => {
    class Captions extends Model {
      readonly net = Sequential([Input([2]), Dense(3)])
      readonly judge = losses.SparseCategoricalCrossentropy({ fromLogits: true, reduction: 'none' })
      override trainStep([x, y]: readonly [SymbolicTensor, SymbolicTensor]) {
        const logits = this.net(x)
        const values = [0, 1].map((i) => this.judge(ops.take(y, i, 1), logits))
        const loss = ops.mean(ops.add(values[0] as SymbolicTensor, values[1] as SymbolicTensor))
        this.optimizer?.minimize(loss, this.net.trainableWeights)
        return { loss }
      }
    }
    const model = new Captions()
    model.compile({ optimizer: 'sgd', loss: losses.MeanSquaredError({ reduction: 'none' }) })
    fill(model.net, 1)
    const ids = [
      [0, 1],
      [2, 0],
      [1, 1],
      [2, 2],
      [0, 2],
      [1, 0],
    ]
    const before = await model.net.predict(x)
    const { history } = await model.fit(x, ids, { ...fitting, epochs: 1, batchSize: 6 })
    const expected = (before.toArray() as number[][]).map((logits, row) => {
      const sum = Math.log(logits.reduce((total, value) => total + Math.exp(value), 0))
      return (ids[row] as number[]).reduce((total, id) => total + sum - (logits[id] ?? 0), 0)
    })
    expect(history.loss?.[0]).toBeCloseTo(expected.reduce((total, value) => total + value, 0) / 6, 5)
  })

  test('a metric that a step updates several times counts all of these', async () => {
    class Twice extends Model {
      readonly net = Sequential([Dense(3)])
      readonly accuracy = metrics.SparseCategoricalAccuracy({ name: 'accuracy' })
      readonly joint = metrics.SparseCategoricalAccuracy({ name: 'joint' })
      readonly auc = metrics.AUC({ name: 'auc' })
      readonly jointAuc = metrics.AUC({ name: 'joint_auc' })
      override trainStep([x, y]: readonly [SymbolicTensor, SymbolicTensor]) {
        const logits = this.net(x)
        const loss = ops.mean(ops.square(logits))
        this.optimizer?.minimize(loss, this.net.trainableWeights)
        const others = ops.negative(logits)
        const weights = ops.add(ops.squeeze(ops.square(y), -1), 0.5)
        void this.accuracy.updateState(y, logits)
        void this.accuracy.updateState(y, others, { sampleWeight: weights })
        void this.joint.updateState(ops.concatenate([y, y], 0), ops.concatenate([logits, others], 0), {
          sampleWeight: ops.concatenate([ops.onesLike(weights), weights], 0),
        })
        const [a, b] = [ops.sigmoid(logits), ops.sigmoid(others)]
        const truth = ops.cast(ops.greater(logits, 0.1), 'float32')
        void this.auc.updateState(truth, a)
        void this.auc.updateState(truth, b)
        void this.jointAuc.updateState(ops.concatenate([truth, truth], 0), ops.concatenate([a, b], 0))
        return { loss, ...this.computeMetrics(null, null, []) }
      }
    }
    setSeed(5)
    const model = new Twice()
    model.compile({ optimizer: SGD({ learningRate: 0.1 }) })
    const { history } = await model.fit(x, [[0], [1], [2], [0], [2], [1]], { ...fitting, epochs: 2 })
    expect(history.accuracy).toEqual(history.joint)
    expect(history.auc).toEqual(history.joint_auc)
    expect(history.accuracy?.[0]).toBeGreaterThan(0)
  })

  test('one array of targets serves a class without a call that has two inputs', async () => {
    class Two extends Model {
      readonly net = Sequential([Input([2]), Dense(1)])
      override trainStep([[a, b], y]: readonly [readonly [SymbolicTensor, SymbolicTensor], SymbolicTensor]) {
        const loss = ops.mean(ops.square(ops.subtract(ops.add(this.net(a), this.net(b)), y)))
        this.optimizer?.minimize(loss, this.net.trainableWeights)
        return { loss }
      }
    }
    const model = new Two()
    model.compile({ optimizer: SGD({ learningRate: 0.1 }) })
    const { history } = await model.fit([x, waves(6, 2)], y, { ...fitting, epochs: 9 })
    expect(history.loss?.at(-1)).toBeLessThan(history.loss?.[0] ?? 0)
  })

  test('what a call returns may be nested, and so may what it is called on', async () => {
    class Inner extends Layer {
      override call([a, { b, rest }]: readonly [
        SymbolicTensor,
        { readonly b: SymbolicTensor; readonly rest: readonly [SymbolicTensor] },
      ]) {
        return [ops.add(a, b), { rest: [ops.multiply(b, 2), rest[0]], a }] as const
      }
    }
    class Outer extends Layer {
      readonly inner = new Inner()
      override call(x: SymbolicTensor) {
        const [sum, { rest, a }] = this.inner([
          x,
          { b: ops.square(x), rest: [ops.negative(x)] },
        ] as never) as unknown as readonly [
          SymbolicTensor,
          { readonly rest: readonly [SymbolicTensor, SymbolicTensor]; readonly a: SymbolicTensor },
        ]
        return { sum, both: [ops.add(rest[0], rest[1]), a] }
      }
    }
    const input = Input([2])
    const outputs = new Outer()(input) as unknown as {
      readonly sum: SymbolicTensor
      readonly both: readonly [SymbolicTensor, SymbolicTensor]
    }
    const model = Model(input, [outputs.sum, ...outputs.both])
    const found = (await model.predict([[3, -1]])) as unknown as readonly { toArray(): unknown }[]
    expect(found.map((output) => output.toArray())).toEqual([[[12, 0]], [[15, 3]], [[3, -1]]])
  })
})

test('what a call returns that is no tensor is refused in lists of lists, too', () => {
  class Wrong extends Layer {
    override call(x: SymbolicTensor) {
      return [x, { a: null }] as never
    }
  }
  expect(() => new Wrong()(Input([2]))).toThrow(
    'Wrong "wrong".call: expected to return a symbolic tensor, a list or an object of them',
  )
})
