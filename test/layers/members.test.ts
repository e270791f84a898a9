/**
 * What Keras's layers, weights and tensors have beside their calls, and what code of one's own does with it as in Python: children that
 * are built in `build`, masks that are asked for, states that loops start from, types, configs.
 */
import { describe, expect, test } from 'vitest'
import * as api from '../../src/index.ts'
import {
  type CallContext,
  config,
  Dense,
  Embedding,
  GRU,
  Input,
  InputLayer,
  Layer,
  LSTM,
  LSTMCell,
  Masking,
  Model,
  ops,
  RNN,
  Sequential,
  StackedRNNCells,
  type SymbolicTensor,
  tensor,
  type Weight,
} from '../../src/index.ts'
import { onCpuFirst } from '../support/backends.ts'
import { layerModels } from '../support/everyLayer.ts'
import { expectSameTraining } from '../support/sameTraining.ts'
import { uniform } from '../support/values.ts'

const [rows, time, features, units] = [6, 4, 3, 2]
const x = uniform([rows, time, features], -1, 1, 1)
const y = uniform([rows, units], -1, 1, 2)

/** A loop over time as tutorials write it, from the states that the cell says. */
class Loop extends Layer {
  readonly cell = LSTMCell(units)
  override call(x: SymbolicTensor) {
    let states = this.cell.getInitialState(ops.shape(x)[0] ?? null) as readonly SymbolicTensor[]
    let output = x
    for (let t = 0; t < time; t++) [output, states] = this.cell(ops.take(x, t, 1), { states })
    return output
  }
}

/** A layer in Keras's manner: children built in `build`, and `built` at its end. */
class Block extends Layer {
  readonly hidden = Dense(5, { activation: 'tanh', name: 'hidden' })
  last!: ReturnType<typeof Dense>
  scale!: Weight
  override build(inputShape: readonly (number | null)[]) {
    this.hidden.build(inputShape)
    const shape = this.hidden.computeOutputShape(inputShape) as readonly (number | null)[]
    this.last = Dense(units, { name: 'last' })
    this.last.build(shape)
    this.scale = this.addWeight({
      name: 'scale',
      shape: [shape.at(-1) ?? 1],
      initializer: api.initializers.get('ones')!,
    })
    this.built = true
  }
  override call(x: SymbolicTensor) {
    return this.last(ops.multiply(this.hidden(x), ops.cast(this.scale, x.dtype)))
  }
}

/** Words with their positions, whose mask is that of the words. */
class Positions extends Layer {
  readonly words = Embedding(7, 3, { maskZero: true })
  override call(ids: SymbolicTensor, _context: CallContext) {
    const length = ops.cast(ops.arange(time), this.computeDtype)
    return ops.add(this.words(ids), ops.expandDims(length, -1))
  }
  override computeMask(ids: SymbolicTensor) {
    return this.words.computeMask(ids)
  }
}

onCpuFirst(() => {
  test('a loop from getInitialState is the recurrent layer', async () => {
    const loop = Sequential([Input([time, features]), new Loop()])
    await expectSameTraining(loop, Sequential([Input([time, features]), LSTM(units)]), { x, y })
  })

  test('a layer whose children are built in build trains as the chain does', async () => {
    const block = new Block({ name: 'block' })
    const own = Sequential([Input([features]), block], { name: 'own' })
    expect(block.weights.map(({ path }) => path)).toEqual([
      'own/block/scale',
      'own/block/hidden/kernel',
      'own/block/hidden/bias',
      'own/block/last/kernel',
      'own/block/last/bias',
    ])
    const samples = { x: uniform([rows, features], -1, 1, 3), y }
    const { data } = await own.predict<api.Tensor>(samples.x)
    const [scale, ...dense] = await own.getWeights()
    expect(scale?.toArray()).toEqual([1, 1, 1, 1, 1])
    const chain = Sequential([Input([features]), Dense(5, { activation: 'tanh' }), Dense(units)])
    chain.setWeights(dense)
    expect((await chain.predict<api.Tensor>(samples.x)).data).toEqual(data)
  })

  test('a mask that a layer asks of one inside it reaches what follows', async () => {
    const ids = tensor([
      [1, 2, 0, 0],
      [3, 0, 0, 0],
      [4, 5, 6, 1],
    ])
    const input = Input([time], { dtype: 'int32' })
    const positions = new Positions()
    const recurrent = GRU(units)
    const model = Model(input, recurrent(positions(input)))
    const whole = await model.predict(ids)
    const short = Model(input, recurrent(positions(input), { mask: ops.notEqual(input, 0) }))
    expect(whole.data).toEqual((await short.predict(ids)).data)
    const unmasked = Model(input, recurrent(positions(input), { mask: ops.greaterEqual(input, 0) }))
    expect(whole.data).not.toEqual((await unmasked.predict(ids)).data)
  })
})

test('layers without a mask say so, and Masking and Embedding make one', () => {
  const found: unknown[] = []
  class Asking extends Layer {
    readonly inner = [Dense(3), Masking(), Embedding(5, 2), LSTM(2)]
    override call(x: SymbolicTensor) {
      const [dense, masking, embedding, lstm] = this.inner
      found.push(
        dense?.computeMask(x),
        masking?.computeMask(x),
        embedding?.computeMask(x),
        lstm?.computeMask(x),
      )
      return x
    }
  }
  new Asking()(Input([time, features]))
  expect(found.map((mask) => (mask as SymbolicTensor | null)?.shape ?? null).slice(0, 4)).toEqual([
    null,
    [null, time],
    null,
    null,
  ])
})

test('masks of data are refused', () => {
  ;new (class Any extends Layer {})()
  expect(() => Embedding(5, 2, { maskZero: true }).computeMask([[1, 0]] as never)).toThrow(
    /^Embedding "embedding\w*"\.computeMask: expected symbolic tensors, got \[1, 0\]/,
  )
})

test('states to start from are zeros, of the shapes of the states', () => {
  const shapes = (states: readonly unknown[]): unknown =>
    states.map((state) => (Array.isArray(state) ? shapes(state) : (state as api.Tensor).shape))
  expect(shapes(LSTM(3).getInitialState(2))).toEqual([
    [2, 3],
    [2, 3],
  ])
  expect(shapes(GRU(3).getInitialState(2))).toEqual([[2, 3]])
  expect(shapes(RNN(LSTMCell(3)).getInitialState(2))).toEqual([
    [2, 3],
    [2, 3],
  ])
  expect(shapes(RNN(StackedRNNCells([LSTMCell(3), api.GRUCell(4)])).getInitialState(2))).toEqual([
    [
      [2, 3],
      [2, 3],
    ],
    [2, 4],
  ])
  expect(shapes(StackedRNNCells([LSTMCell(3), api.GRUCell(4)]).getInitialState(2))).toEqual([
    [
      [2, 3],
      [2, 3],
    ],
    [2, 4],
  ])
  expect((LSTM(3).getInitialState(2)[0] as api.Tensor).data.every((value) => value === 0)).toBe(true)
  const frames = api.ConvLSTM2D(2, 3)
  expect(() => frames.getInitialState(2)).toThrow('expected a layer that was called')
  frames(Input([time, 5, 6, 1]))
  expect(shapes(frames.getInitialState(2))).toEqual([
    [2, 3, 4, 2],
    [2, 3, 4, 2],
  ])
  expect(() => LSTM(3).getInitialState(0)).toThrow(
    'expected batchSize to be an integer of at least 1, got 0.',
  )
})

describe('fromConfig makes a layer with the config of the one before', () => {
  const ofEach = [...layerModels(api)].flatMap(([name, { make }]) =>
    make()
      .layers.filter(({ className }) => className === name)
      .slice(0, 1)
      .map((layer) => [name, layer] as const),
  )
  test.each(ofEach)('%s', (name, layer) => {
    const made = Reflect.get(api, name) as typeof Dense
    expect(made.fromConfig(layer.getConfig()).getConfig()).toEqual(layer.getConfig())
    const { deserialize, serialize } = api.layers
    expect(deserialize(JSON.parse(JSON.stringify(serialize(layer)))).getConfig()).toEqual(layer.getConfig())
  })
})

test('models say how their configs are read', () => {
  const remedy = 'Write await modelFromConfig(config).'
  expect(() => Sequential.fromConfig({})).toThrow(remedy)
  expect(() => Model.fromConfig({})).toThrow(remedy)
})

test('classes of the own are made of their configs', () => {
  class Scaled extends Layer {
    readonly by: number
    constructor({ by = 1, ...options }: api.LayerOptions & { readonly by?: number } = {}) {
      super(options)
      this.by = by
    }
    override call(x: SymbolicTensor) {
      return ops.multiply(x, this.by)
    }
    override getConfig() {
      return { ...super.getConfig(), by: this.by }
    }
  }
  api.register('members>Scaled', Scaled)
  const written = api.layers.serialize(api.TimeDistributed(new Scaled({ by: 3 })))
  const read = api.layers.deserialize(JSON.parse(JSON.stringify(written)))
  expect(read.getConfig()).toMatchObject({ layer: { className: 'members>Scaled', config: { by: 3 } } })
  const scaled = Scaled.fromConfig(new Scaled({ by: 3, name: 'three' }).getConfig())
  expect(scaled).toBeInstanceOf(Scaled)
  expect(scaled.getConfig()).toMatchObject({ by: 3, name: 'three' })
})

test('weights, tensors and layers have names and types', () => {
  const dense = Dense(3, { name: 'dense' })
  const out = dense(Input([2]))
  expect([dense.kernel.name, dense.kernel.dtype, dense.kernel.ndim]).toEqual(['kernel', 'float32', 2])
  expect(dense.weights.map(({ name, path }) => [name, path])).toEqual([
    ['kernel', 'dense/kernel'],
    ['bias', 'dense/bias'],
  ])
  expect([out.dtype, out.ndim]).toEqual(['float32', 2])
  expect([dense.dtype, dense.variableDtype, dense.computeDtype]).toEqual(['float32', 'float32', 'float32'])
  config.setDtypePolicy('mixed_float16')
  const mixed = Dense(3)
  config.setDtypePolicy('float32')
  expect([mixed.dtype, mixed.computeDtype]).toEqual(['float32', 'float16'])
  expect([config.floatx(), config.epsilon()]).toEqual(['float32', 1e-7])
})

test('models have the shapes of their ends', () => {
  const [a, b] = [Input([3]), Input([time, features])]
  const model = Model([a, b], Dense(2)(a))
  expect(model.inputShape).toEqual([
    [null, 3],
    [null, time, features],
  ])
  expect(model.outputShape).toEqual([null, 2])
  expect(Sequential([Input([3]), Dense(4)]).outputShape).toEqual([null, 4])
})

test.each([
  ['by place', () => InputLayer([5, 1])],
  ['by name', () => InputLayer({ shape: [5, 1] })],
  ['by its name in Keras 2', () => InputLayer({ inputShape: [5, 1], name: 'window' })],
  ['with its batch', () => InputLayer({ batchShape: [null, 5, 1] })],
])('InputLayer is the first layer of a Sequential, %s', (_what, make) => {
  const model = Sequential()
  model.add(make())
  model.add(LSTM(2))
  expect([model.inputShape, model.outputShape, model.layers.length]).toEqual([[null, 5, 1], [null, 2], 1])
  const { output } = make() as { readonly output: SymbolicTensor }
  expect(Model(output, Dense(2)(output)).outputShape).toEqual([null, 5, 2])
})

test('a layer of the own that is no cell is told what it lacks', () => {
  class Bare extends Layer {
    override call(x: SymbolicTensor) {
      return x
    }
  }
  expect(() => RNN(new Bare() as never)).toThrow(
    'Give Bare a stateSize, and call(x, states) that returns [output, states], as a class that extends Cell has.',
  )
  expect(() => RNN(Dense(3) as never)).toThrow(/got Dense "\w+"\.$/)
})
