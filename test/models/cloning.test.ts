/** `cloneModel`: new layers with the same options, called as those of the model are. */
import { beforeEach, expect, test } from 'vitest'
import {
  Bidirectional,
  cloneModel,
  Dense,
  Dropout,
  Embedding,
  GRU,
  gradients,
  Input,
  Lambda,
  Layer,
  type LayersModel,
  LSTM,
  loadModel,
  Model,
  ops,
  RNN,
  Sequential,
  type SymbolicTensor,
  setBackend,
  setSeed,
  type Tensor,
  TimeDistributed,
} from '../../src/index.ts'
import { goldenCase, goldenNames } from '../support/golden.ts'
import { weightsOf } from '../support/models.ts'
import { OwnLSTMCell } from '../support/ownCells.ts'
import { sampled } from '../support/sampled.ts'
import { uniform } from '../support/values.ts'

beforeEach(() => setBackend('cpu'))

/** A copy with the weights of the model. */
async function sameOf<M extends LayersModel>(model: M): Promise<LayersModel> {
  const copy = await cloneModel(model)
  copy.setWeights(await model.getWeights())
  return copy
}

test.each(sampled(goldenNames, 12))('%s: a copy has its config, and other weights', async (name) => {
  const model = await loadModel(goldenCase(name).modelBytes)
  const copy = await sameOf(model)
  expect(copy.getConfig()).toEqual(model.getConfig())
  expect(copy.weights).toEqual(model.weights)
  expect(copy.layers.filter((layer) => model.layers.includes(layer))).toEqual([])
})

/** A layer of one's own that no file could name. */
class Doubled extends Layer {
  readonly inner: ReturnType<typeof Dense>
  constructor({ units = 2, ...options }: { readonly units?: number } = {}) {
    super(options)
    this.inner = Dense(units)
  }
  override call(x: SymbolicTensor) {
    return ops.multiply(this.inner(x), 2)
  }
  override getConfig() {
    return { ...super.getConfig(), units: 3 }
  }
}

test('layers and functions of one’s own are copied, whether or not files know them', async () => {
  const input = Input([4, 2])
  const shared = Dense(3, { activation: (x: SymbolicTensor) => ops.tanh(ops.multiply(x, 2)) })
  const cells = RNN(new OwnLSTMCell(3), { returnSequences: true })(input)
  const ways = Bidirectional(LSTM(2, { returnSequences: true }), {
    backwardLayer: GRU(2, { returnSequences: true, goBackwards: true }),
  })
  const steps = TimeDistributed(shared)(ops.concatenate([cells, ways(input)], -1))
  const y = Lambda((x: SymbolicTensor) => ops.mean(x, 1))(new Doubled({ units: 3 })(ops.add(steps, 1)))
  const again = Dense(3, { name: 'twice' })
  const model = Model(input, [again(y), again(again(y)), ...gradients(ops.sum(y), [input])])
  model.getLayer('twice').trainable = false
  const copy = await sameOf(model)
  expect(copy.layers.map(({ name }) => name)).toEqual(model.layers.map(({ name }) => name))
  expect(copy.getLayer('twice').trainable).toBe(false)
  expect(copy.weights.length).toBe(model.weights.length)
  const x = uniform([3, 4, 2], -1, 1)
  const [found, expected] = [await copy.predict<Tensor[]>(x), await model.predict<Tensor[]>(x)]
  expect(found.map(({ data }) => data)).toEqual(expected.map(({ data }) => data))
  // Weights are each model's own.
  copy.setWeights((await copy.getWeights()).map(({ data, shape }) => uniform(shape, 1, 2, data.length)))
  const later = await model.predict<Tensor[]>(x)
  expect(later.map(({ data }) => data)).toEqual(expected.map(({ data }) => data))
})

test('a function says what stands for a layer', async () => {
  setSeed(1)
  const inner = Sequential([Dense(3, { name: 'inside', inputShape: [3] }), Dropout(0.5)], { name: 'block' })
  const input = Input([3])
  const model = Model(input, Dense(1, { name: 'out' })(inner(Dense(3, { name: 'in' })(input))))
  const asked: string[] = []
  const wide = await cloneModel(model, {
    cloneFunction(layer) {
      asked.push(layer.name)
      if (layer.name === 'in') return layer
      return layer.name === 'out' ? Dense(5, { name: 'out' }) : null
    },
  })
  expect(asked).toEqual(['in', 'block', 'out'])
  expect(wide.outputs[0]?.shape).toEqual([null, 5])
  expect(wide.getLayer('in')).toBe(model.getLayer('in'))
  expect(wide.getLayer('block')).not.toBe(model.getLayer('block'))
  asked.length = 0
  const deep = await cloneModel(model, {
    recursive: true,
    cloneFunction(layer) {
      asked.push(layer.name)
      return layer instanceof Dropout ? Dropout(0.1, { name: layer.name }) : null
    },
  })
  expect(asked).toEqual(['in', 'inside', expect.stringMatching(/^dropout/), 'out'])
  const block = deep.getLayer('block') as unknown as LayersModel
  expect(block.layers.at(-1)?.getConfig().rate).toBe(0.1)
})

test('a copy reads other tensors', async () => {
  const model = Sequential([Dense(2, { inputShape: [3] }), Dense(1)])
  const input = Input([3], { name: 'other' })
  const copy = await cloneModel(model, { inputTensors: input })
  expect(copy.inputs[0]).toBe(input)
  const [a, b] = [Input([2]), Input([2])]
  const two = Model([a, b], ops.subtract(a, b))
  const both = [Input([2]), Input([2])]
  expect((await cloneModel(two, { inputTensors: both })).inputs).toEqual(both)
  await expect(cloneModel(two, { inputTensors: input })).rejects.toThrow(
    'cloneModel: expected inputTensors: 2 symbolic tensors, got 1.',
  )
})

test('models that know no input yet stay open', async () => {
  const open = await cloneModel(Sequential([Embedding(5, 2), GRU(3), Dense(1)]))
  expect(open.built).toBe(false)
  const model = Sequential([GRU(3), Dense(1)])
  await model.predict(uniform([2, 4, 1], -1, 1))
  const copy = await sameOf(model)
  const longer = uniform([2, 7, 1], -1, 1)
  expect((await copy.predict<Tensor>(longer)).data).toEqual((await model.predict<Tensor>(longer)).data)
})

test('what cannot be copied is refused', async () => {
  const model = Sequential([Dense(2, { inputShape: [3] })])
  const wrong = (options: object) => cloneModel(model, options as never)
  await expect(wrong({ cloneFunction: () => 3 })).rejects.toThrow(
    'cloneModel, cloneFunction: expected a layer',
  )
  await expect(wrong({ cloneFunction: Dense(1) })).rejects.toThrow(
    'expected cloneFunction to be a function of a layer',
  )
  await expect(wrong({ inputs: [] })).rejects.toThrow("'inputs'")
  class Own extends Model {
    override call(x: SymbolicTensor) {
      return x
    }
  }
  await expect(cloneModel(new Own(), { cloneFunction: () => null })).rejects.toThrow(
    'cloneModel: expected no options for a model of a class of your own, which makes its layers itself',
  )
  const weighted = Dense(2)
  const input = Input([3])
  const y = weighted(input)
  const [kernel] = weighted.weights
  const scaled = Model(input, ops.matmul(y, ops.transpose(kernel as never)))
  await expect(cloneModel(scaled)).rejects.toThrow('Call ops on weights in the call of a Layer that has them')
  expect(await weightsOf(model as never)).toHaveLength(8)
})

test('what models share, their copies share', async () => {
  const input = Input([2])
  const hidden = Dense(3, { name: 'hidden' })
  const inner = Model(input, hidden(input), { name: 'inner' })
  const outer = Model(input, [inner(input), hidden(input)])
  const copy = await sameOf(outer)
  expect(copy.weights).toEqual(outer.weights)
  expect((copy.getLayer('inner') as unknown as LayersModel).getLayer('hidden')).toBe(copy.getLayer('hidden'))
  expect(copy.getConfig()).toEqual(outer.getConfig())
  const x = uniform([2, 2], -1, 1)
  const [one, other] = await copy.predict<Tensor[]>(x)
  expect(one?.data).toEqual(other?.data)
})
