/** Configs of models: those of Keras's files, written anew to the same values, and models made of them. */
import { beforeAll, expect, test } from 'vitest'
import type { JsonObject } from '../../src/formats/config/json.ts'
import { readKerasArchive } from '../../src/formats/keras/kerasArchive.ts'
import { configOfLayer } from '../../src/formats/layerConfigWriter.ts'
import {
  Add,
  Attention,
  Bidirectional,
  cloneModel,
  Dense,
  Dot,
  Dropout,
  type FunctionalModel,
  GRU,
  GRUCell,
  Input,
  LSTM,
  LSTMCell,
  loadModel,
  Model,
  MultiHeadAttention,
  modelFromConfig,
  modelFromJSON,
  RNN,
  Sequential,
  SimpleRNNCell,
  Subtract,
  type SymbolicTensor,
  setBackend,
  setSeed,
  type Tensor,
} from '../../src/index.ts'
import { differences } from '../support/configDifferences.ts'
import { goldenCase, goldenNames } from '../support/golden.ts'
import { uniform } from '../support/values.ts'

const cases = await Promise.all(
  goldenNames.map(async (name) => {
    const { config } = await readKerasArchive(name, goldenCase(name).modelBytes)
    return [name, config as JsonObject] as const
  }),
)

test.each(cases)('%s has the config of its file', async (name, theirs) => {
  const model = await loadModel(goldenCase(name).modelBytes)
  const written = JSON.parse(JSON.stringify(configOfLayer(model))) as JsonObject
  expect(differences(written, theirs, name)).toEqual([])
})

test('a difference is seen', () => {
  expect(differences({ a: [1], c: 1 }, { a: [2], b: 1, d: null }, 'x')).toEqual([
    "x.c is not in Keras's",
    'x.a[0]: 1 for 2',
    'x.b is missing: 1',
  ])
})

/** Graphs of what files seldom hold: each with data of its inputs. */
const graphs: Readonly<Record<string, () => { model: FunctionalModel; inputs: number[][] }>> = {
  'states, nested and by themselves, and a call as in a prediction': () => {
    const [x, h] = [Input([3, 2]), Input([4])]
    const [, h1, [h2, c2]] = RNN([GRUCell(4), LSTMCell(3)], { returnState: true })(x) as unknown as [
      SymbolicTensor,
      SymbolicTensor,
      [SymbolicTensor, SymbolicTensor],
    ]
    const a = RNN([GRUCell(4), LSTMCell(3)])(x, { initialState: [h1, [h2, c2]] })
    const b = GRU(4)(x, { initialState: h })
    const c = Dropout(0.5)(LSTM(3)(x, { initialState: [h2, c2] }), { training: false })
    return {
      model: Model([x, h], [a, b, c]),
      inputs: [
        [2, 3, 2],
        [2, 4],
      ],
    }
  },
  'masks by name and by place': () => {
    const [x, valid] = [Input([3, 4]), Input([3])]
    const attended = MultiHeadAttention(2, 2)(x, x, { mask: [valid, null], useCausalMask: true })
    const both = Attention()([attended, x], { mask: [null, valid] })
    const output = LSTM(2)(both, { mask: valid })
    const seen = MultiHeadAttention(1, 2)(x, x, { key: x, attentionMask: Dot(2)([x, x]) })
    return {
      model: Model([x, valid], [output, seen]),
      inputs: [
        [2, 3, 4],
        [2, 3],
      ],
    }
  },
  'shared layers and models, of which other models have calls too': () => {
    const shared = Dense(3, { name: 'shared' })
    const other = Input([3])
    Model(other, shared(other))
    const [a, b] = [Input([3]), Input([3])]
    const inner = Model([a, b], [shared(a), Subtract()([a, b])], { name: 'inner' })
    const [x, y] = [Input([3]), Input([3])]
    const [p, q] = inner([x, y]) as unknown as SymbolicTensor[]
    const [r] = inner([y, x]) as unknown as SymbolicTensor[]
    const end = Sequential([Dense(2), Dense(1)], { trainable: false })
    const outputs = [end(shared(r as SymbolicTensor)), Add()([p, q] as SymbolicTensor[])]
    return {
      model: Model([x, y], outputs),
      inputs: [
        [2, 3],
        [2, 3],
      ],
    }
  },
  'models that are outputs, called more than once': () => {
    const [i, x, y] = [Input([3]), Input([3]), Input([3])]
    const inner = Model(i, Dense(2)(i), { name: 'inner' })
    const chain = Sequential([Dense(2)], { name: 'chain' })
    const [first, second, chained] = [inner(x), inner(y), chain(x)]
    const outputs = [second, first, Add()([first, second]), chain(y), chained] as SymbolicTensor[]
    return {
      model: Model([x, y], outputs),
      inputs: [
        [2, 3],
        [2, 3],
      ],
    }
  },
  'a part of a graph, and a cell': () => {
    const x = Input([4])
    const hidden = Dense(3)(x)
    const whole = Model(x, Dense(2)(Dense(3, { activation: 'relu' })(hidden)))
    const part = Model(hidden, whole.output as SymbolicTensor)
    const [h] = SimpleRNNCell(2)(part.output as SymbolicTensor, [part.output as SymbolicTensor])
    return { model: Model(part.input as SymbolicTensor, h), inputs: [[2, 3]] }
  },
}

test('calls of a functional model are counted from 1 among outputs alone, as in Keras', () => {
  const { model } = graphs['models that are outputs, called more than once']?.() ?? {}
  const { layers, outputLayers } = model?.getConfig() ?? {}
  expect(outputLayers).toEqual([
    ['inner', 2, 0],
    ['inner', 1, 0],
    ['add', 0, 0],
    ['chain', 1, 0],
    ['chain', 0, 0],
  ])
  const add = (layers as { name: string; inboundNodes: unknown }[]).find(({ name }) => name === 'add')
  expect(JSON.stringify(add?.inboundNodes)).toMatch(/"inner",0,0\].*"inner",1,0\]/)
})

test('outputs under keys are predicted by them, in the order of the keys, and written under them again', async () => {
  const i = Input([2], { name: 'i' })
  const plain = Model(i, [Dense(1, { name: 'a' })(i), Dense(2, { name: 'b' })(i)])
  const given = JSON.parse(await plain.toJSON())
  given.config.input_layers = { i: ['i', 0, 0] }
  given.config.output_layers = { value: ['b', 0, 0], Flag: ['a', 0, 0] }
  const model = await modelFromJSON(JSON.stringify(given))
  const predicted = await model.predict<Record<string, Tensor>>([[1, 2]])
  expect(Object.entries(predicted).map(([key, { shape }]) => [key, shape])).toEqual([
    ['Flag', [1, 1]],
    ['value', [1, 2]],
  ])
  const text = await model.toJSON()
  expect(text).toContain('"input_layers": {"i": ["i", 0, 0]}')
  expect(text).toContain('"output_layers": {"Flag": ["a", 0, 0], "value": ["b", 0, 0]}')
})

beforeAll(() => setBackend('cpu'))

test('inputs under keys that are not their names are given by the keys, as in Keras', async () => {
  const [x1, x2] = [Input([2], { name: 'x1' }), Input([2], { name: 'x2' })]
  const named = Model({ x1, x2 }, Subtract()([x1, x2]))
  const config = named.getConfig()
  const swapped = { ...config, inputLayers: { b: ['x1', 0, 0], x1: ['x2', 0, 0] } }
  const model = await modelFromConfig({ className: 'Functional', config: swapped })
  const copy = await loadModel(await model.save())
  const data = { b: [[5, 7]], x1: [[1, 2]] }
  for (const each of [model, copy, await cloneModel(model)]) {
    expect((await each.predict<Tensor>(data)).toArray()).toEqual([[4, 5]])
    expect(each.getConfig().inputLayers).toEqual(swapped.inputLayers)
    each.compile({ loss: 'mse', optimizer: 'sgd' })
    const { loss } = await each.evaluate(data, [[4, 6]], { returnDict: true, verbose: 0 })
    expect(loss).toBe(0.5)
    await expect(each.predict({ x1: [[1, 2]], x2: [[1, 2]] } as never)).rejects.toThrow(
      'expected the names b, x1, got x1, x2.',
    )
  }
  const [p, q] = [Input([2]), Input([2])]
  const outer = Model([p, q], model({ b: p, x1: q }))
  expect((await outer.predict<Tensor>([[[5, 7]], [[1, 2]]])).toArray()).toEqual([[4, 5]])
})

test.each(Object.entries(graphs))('%s: made again from the config', async (_name, build) => {
  setSeed(3)
  const { model, inputs } = build()
  const weights = await model.getWeights()
  const data = inputs.map((shape, i) => uniform(shape, 0.1, 1, i))
  const expected = await model.predict<Tensor[]>(data)
  const config = model.getConfig()
  const written = JSON.parse(JSON.stringify(configOfLayer(model))) as JsonObject
  for (const given of [config, JSON.parse(JSON.stringify(config)), written, written.config]) {
    const again = await modelFromConfig(given as JsonObject)
    expect(again.getConfig()).toEqual(config)
    again.setWeights(weights)
    expect(await again.predict(data)).toEqual(expected)
    expect(again.weights.map(({ trainable }) => trainable)).toEqual(
      model.weights.map(({ trainable }) => trainable),
    )
  }
})

test('a Sequential is made again from its config', async () => {
  const model = Sequential([Input([3, 2]), Bidirectional(LSTM(2)), Sequential([Dense(2)])], { name: 'chain' })
  const again = await modelFromConfig(model.getConfig())
  expect(again.className).toBe('Sequential')
  expect(again.getConfig()).toEqual(model.getConfig())
  again.setWeights(await model.getWeights())
  const x = uniform([2, 3, 2], -1, 1, 1)
  expect(await again.predict(x)).toEqual(await model.predict(x))
})

test.each<[unknown, string]>([
  [3, 'modelFromConfig: expected the config of a model, got 3.'],
  [{ name: 'a' }, 'modelFromConfig: expected the config of a model, with its layers, got { name }.'],
  [{ name: 'a', layers: [{ className: 'Densely', config: { name: 'd' } }] }, 'Densely "d"'],
])('%j is refused', async (config, message) => {
  await expect(modelFromConfig(config as JsonObject)).rejects.toThrow(message)
})
