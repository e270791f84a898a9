/** Models of one's own: what their class computes, trains and keeps is what the same functional model does, to the bit. */
import { expect, test } from 'vitest'
import {
  type CallContext,
  config,
  Dense,
  Dropout,
  Embedding,
  Input,
  Layer,
  type LayersModel,
  type LossName,
  LSTM,
  Model,
  ops,
  Sequential,
  type SymbolicTensor,
  type Tensor,
  TimeDistributed,
  tensor,
} from '../../src/index.ts'
import { onCpuFirst } from '../support/backends.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { functionalNet, Net, Pair, Tagger, Twin } from '../support/subclassedModels.ts'
import { uniform } from '../support/values.ts'

const x = uniform([6, 5, 3], -1, 1, 1)
const y = uniform([6, 2], -1, 1, 2)
const [a, b] = [uniform([6, 2], -1, 1, 3), uniform([6, 2], -1, 1, 4)]
const [left, right] = [uniform([6, 3], -1, 1, 5), uniform([6, 2], -1, 1, 6)]

type Given = Parameters<LayersModel['fit']>

/** Trains; what comes out, in plain numbers. */
async function train(model: LayersModel, [inputs, targets]: readonly [Given[0], Given[1]]) {
  const gradients = await model.gradients(inputs as never, targets as never)
  const { history } = await model.fit(inputs, targets, { ...quiet, epochs: 2, batchSize: 3, shuffle: false })
  const evaluated = await model.evaluate(inputs, targets, quiet)
  const batch = await model.trainOnBatch(inputs as never, targets as never)
  return {
    gradients: Object.values(gradients).map(({ data }) => data),
    history,
    evaluated,
    batch,
    weights: await weightsOf(model),
  }
}

/** The lines of a summary behind its title. */
function tableOf(model: LayersModel): string[] {
  let text = ''
  const printFn = (printed: string) => {
    text = printed
  }
  model.summary({ printFn })
  return text.split('\n').slice(1)
}

/** Trains two models from the same weights, and expects the same bits of the same number of launches. */
async function expectSame(
  own: LayersModel,
  built: LayersModel,
  [ownData, data]: readonly [readonly [Given[0], Given[1]], readonly [Given[0], Given[1]]],
  loss: LossName | null = 'mse',
) {
  const settings = { optimizer: 'adam', ...(loss ? { loss } : {}) } as const
  own.compile(settings)
  built.compile(settings)
  own.setWeights(await built.getWeights())
  for (const training of [true, false])
    expect(own.plan({ batchSize: 3, training }).dispatches).toBe(
      built.plan({ batchSize: 3, training }).dispatches,
    )
  const [first, second] = [await train(own, ownData), await train(built, data)]
  expect(first).toEqual(second)
}

onCpuFirst(() => {
  test('a class with LSTM and Dense, built by its first data', async () => {
    const net = new Net({ name: 'net' })
    expect(net).toBeInstanceOf(Model)
    net.compile({ optimizer: 'adam', loss: 'mse' })
    await net.predict(x, quiet)
    expect(net.weights.map(({ path }) => path)).toEqual([
      'net/lstm/lstm_cell/kernel',
      'net/lstm/lstm_cell/recurrent_kernel',
      'net/lstm/lstm_cell/bias',
      'net/out/kernel',
      'net/out/bias',
    ])
    expect(net.layers).toEqual([net.lstm, net.out])
    expect(net.getLayer('out')).toBe(net.out)
    await expectSame(net, functionalNet(), [
      [x, y],
      [x, y],
    ])
  })

  test('ids with masks, dropout, layers in a list, a loss', async () => {
    const ids = tensor([
      [1, 2, 3, 0],
      [4, 5, 0, 0],
      [6, 0, 0, 0],
      [1, 1, 2, 3],
      [2, 0, 0, 0],
      [3, 6, 4, 0],
    ])
    class Decay extends Layer {
      override call(last: SymbolicTensor) {
        this.addLoss(ops.multiply(ops.sum(ops.square(last)), 0.01))
        return last
      }
    }
    const input = Input([4])
    const last = LSTM(3)(
      LSTM(4, { returnSequences: true })(Embedding(7, 3, { maskZero: true })(input)) as SymbolicTensor,
    )
    const built = Model(input, Dense(2)(Dropout(0.4, { seed: 5 })(new Decay()(last))))
    const own = new Tagger()
    own.build([null, 4])
    await expectSame(own, built, [
      [ids, y],
      [ids, y],
    ])
  })

  test('lists and objects of inputs and outputs', async () => {
    const inputs = [Input([2], { name: 'a' }), Input([2], { name: 'b' })] as const
    const built = Model(inputs, [
      Dense(3, { name: 'output_1' })(ops.concatenate(inputs, -1)),
      Dense(2, { name: 'output_2' })(ops.subtract(inputs[0], inputs[1])),
    ])
    const pair = new Pair()
    pair.compile({ optimizer: 'adam', loss: ['mse', 'mae'] })
    const { history } = await pair.fit([a, b], [left, right], quiet)
    expect(Object.keys(history)).toEqual(['loss', 'output_1_loss', 'output_2_loss'])
    await expectSame(pair, built, [
      [
        [a, b],
        [left, right],
      ],
      [{ a, b }, [left, right]],
    ])
    const twin = new Twin()
    twin.compile({
      optimizer: 'adam',
      loss: { sum: 'mse', difference: 'mae' },
      metrics: { sum: ['mae'] },
    })
    const named = await twin.fit({ a, b }, { sum: left, difference: right }, quiet)
    expect(Object.keys(named.history)).toEqual(['difference_loss', 'loss', 'sum_loss', 'sum_mae'])
    twin.setWeights(await built.getWeights())
    const [sum, difference] = await built.predict<Tensor[]>({ a, b }, quiet)
    expect(await twin.predict<Record<string, Tensor>>({ b, a }, quiet)).toEqual({ sum, difference })
  })

  test('within functional models, Sequentials and other classes', async () => {
    class Outer extends Model {
      readonly net = new Net({ name: 'net' })
      readonly last = Dense(1)
      override call(x: SymbolicTensor) {
        return this.last(this.net(x))
      }
    }
    const [input, inner] = [Input([5, 3]), new Net()]
    const functional = Model(input, Dense(1)(inner(input)))
    const chain = Sequential([new Net({ name: 'net' }), Dense(1)])
    chain.build([null, 5, 3])
    expect(chain.weights.map(({ path }) => path)[3]).toBe(`${chain.name}/net/out/kernel`)
    const outer = new Outer({ name: 'outer' })
    outer.build([null, 5, 3])
    expect(outer.weights.map(({ path }) => path).slice(3)).toEqual([
      'outer/net/out/kernel',
      'outer/net/out/bias',
      `outer/${outer.last.name}/kernel`,
      `outer/${outer.last.name}/bias`,
    ])
    const plain = Sequential([...functionalNet().layers, Dense(1)])
    plain.build([null, 5, 3])
    const predicted = await plain.predict(x, quiet)
    for (const model of [functional, chain, outer]) {
      model.setWeights(await plain.getWeights())
      expect((await model.predict(x, quiet)).data).toEqual(predicted.data)
    }
    const targets = uniform([6, 1], -1, 1, 7)
    await expectSame(outer, functional, [
      [x, targets],
      [x, targets],
    ])
    const each = TimeDistributed(new Net({ name: 'net' }), { name: 'each' })
    const series = Sequential([Input([2, 5, 3]), each], { name: 'series' })
    expect(series.weights.map(({ path }) => path)[3]).toBe('series/each/net/out/kernel')
    series.setWeights((await plain.getWeights()).slice(0, 5))
    const folded = tensor(x.data.slice(0, 60), [2, 2, 5, 3])
    const part = functionalNet()
    part.setWeights(await series.getWeights())
    expect((await series.predict(folded, quiet)).data).toEqual(
      (await part.predict(x, quiet)).data.slice(0, 8),
    )
    expect(new Net({ name: 'net' }).clone({})).toBeInstanceOf(Net)
    // An object of outputs stays one where the model is called.
    const [p, q] = [Input([2]), Input([2])]
    const { sum, difference } = new Twin()({ a: p, b: q })
    expect(Model([p, q], [sum, difference]).outputs.map(({ shape }) => shape)).toEqual([
      [null, 3],
      [null, 2],
    ])
  })

  test('stateful recurrences, and weights of the model itself', async () => {
    class Stateful extends Model {
      readonly lstm = LSTM(4, { stateful: true })
      readonly scale = this.addWeight({ name: 'scale', shape: [4], initializer: 'ones' })
      readonly seen = this.addWeight({ name: 'seen', shape: [4], initializer: 'zeros', trainable: false })
      override call(x: SymbolicTensor, { training }: CallContext) {
        const last = this.lstm(x)
        if (training) this.assign(this.seen, ops.mean(last, 0))
        return ops.multiply(last, this.scale)
      }
    }
    const net = new Stateful({ name: 'net' })
    net.build([6, 5, 3])
    expect(net.weights.map(({ path }) => path).slice(0, 2)).toEqual(['net/scale', 'net/seen'])
    const plain = Sequential([Input({ batchShape: [6, 5, 3] }), LSTM(4, { stateful: true })])
    plain.setWeights((await net.getWeights()).slice(2))
    for (let call = 0; call < 2; call++)
      expect((await net.predict(x, quiet)).data).toEqual((await plain.predict(x, quiet)).data)
    net.resetStates()
    plain.resetStates()
    expect((await net.predict(x, quiet)).data).toEqual((await plain.predict(x, quiet)).data)
    net.compile({ optimizer: 'sgd', loss: 'mse' })
    await net.fit(x, uniform([6, 4], -1, 1, 8), { ...quiet, batchSize: 6 })
    expect((await net.getWeights())[1]?.data.some(Boolean)).toBe(true)
    net.dispose()
    await expect(net.predict(x, quiet)).rejects.toThrow('got one that was disposed')
  })

  test('trainable, and mixed precision', async () => {
    const net = new Net()
    net.build([null, 5, 3])
    expect(tableOf(net)).toEqual(tableOf(functionalNet()))
    net.out.trainable = false
    expect(net.trainableWeights).toHaveLength(3)
    net.trainable = false
    expect([net.lstm.trainable, net.trainableWeights.length]).toEqual([false, 0])
    config.setDtypePolicy('mixed_float16')
    try {
      const [own, built] = [new Net(), functionalNet()]
      own.build([null, 5, 3])
      await expectSame(own, built, [
        [x, y],
        [x, y],
      ])
    } finally {
      config.setDtypePolicy('float32')
    }
  })
})

test('a method of Keras that no step calls is refused', () => {
  class Gan extends Net {
    predictStep(): void {}
  }
  expect(() => new Gan()).toThrow(
    'Gan: expected trainStep, testStep, computeLoss or computeMetrics, which steps call, got a method predictStep. What a step computes is said in trainStep and testStep, predictions in call: docs/own-code.md.',
  )
})
