/** Tensors as plain data, `{ data, shape }`, wherever a tensor is taken: what a worker sends or a file of JSON holds. */
import { beforeAll, expect, test } from 'vitest'
import { Dataset, StandardScaler } from '../../src/data/index.ts'
import {
  Concatenate,
  Dense,
  Embedding,
  Input,
  Lambda,
  type LayersModel,
  LSTM,
  Model,
  ops,
  Sequential,
  setBackend,
  setSeed,
  type Tensor,
  tensor,
} from '../../src/index.ts'
import { quiet } from '../support/models.ts'
import { uniform } from '../support/values.ts'

beforeAll(() => setBackend('cpu'))

const x = uniform([6, 4, 2], -1, 1)
const y = uniform([6, 1], -1, 1)
const weight = uniform([6], 0, 1)

/** As a worker sends it, and as JSON holds it. */
const clones: readonly (readonly [string, (given: Tensor) => Tensor])[] = [
  ['a structured clone', (given) => structuredClone(given)],
  ['JSON', (given) => JSON.parse(JSON.stringify({ ...given, data: [...given.data] }))],
  ['JSON of a typed array', (given) => JSON.parse(JSON.stringify(given))],
]

function build(): LayersModel {
  setSeed(7)
  const model = Sequential([LSTM(3, { inputShape: [4, 2] }), Dense(1)])
  model.compile({ loss: 'mse', optimizer: 'adam' })
  return model
}

/** All numbers that a model's calls give. */
async function numbersOf(model: LayersModel, of: (given: Tensor) => Tensor): Promise<unknown[]> {
  const { history } = await model.fit(of(x), of(y), {
    ...quiet,
    epochs: 2,
    batchSize: 2,
    sampleWeight: of(weight),
  })
  const plain = await model.fit(of(x), of(y), { ...quiet, epochs: 1, validationData: [of(x), of(y)] })
  const stream = await model.fit([[of(x), of(y)]].values(), null, { ...quiet, epochs: 1 })
  const batches = Dataset.fromTensorSlices([of(x), of(y)]).batch(3)
  const sliced = await model.evaluate(batches, null, { verbose: 0 })
  await model.setWeights((await model.getWeights()).map(of))
  return [
    history,
    plain.history,
    stream.history,
    sliced,
    await model.evaluate(of(x), of(y), { verbose: 0 }),
    await model.trainOnBatch(of(x), of(y)),
    await model.testOnBatch(of(x), of(y)),
    (await model.predict(of(x))).toArray(),
    (await model.predict([of(x)])).toArray(),
    (await model.predictOnBatch(of(x))).toArray(),
    Object.values(await model.gradients(of(x), of(y))).map((gradient) => gradient.toArray()),
  ]
}

test.each(clones)('a model takes %s', async (_, of) => {
  expect(await numbersOf(build(), of)).toEqual(await numbersOf(build(), (given) => given))
})

test.each(clones)(
  'inputs in lists and by name, open models, operations and layers take %s',
  async (_, of) => {
    const [a, b] = [Input([4, 2], { name: 'a' }), Input([4, 2], { name: 'b' })]
    const model = Model([a, b], Concatenate()([a, ops.multiply(b, of(tensor([2, 3], [1, 1, 2])))]))
    const expected = (await model.predict([x, x])).toArray()
    expect((await model.predict([of(x), of(x)])).toArray()).toEqual(expected)
    expect((await model.predict({ a: of(x), b: of(x) })).toArray()).toEqual(expected)

    const open = Sequential([Lambda((given) => ops.add(given, of(tensor([1], [1]))))])
    expect((await open.predict(of(y))).toArray()).toEqual(
      [...y.data].map((value) => [Math.fround(value + 1)]),
    )
    const table = tensor([1, 2, 3, 4], [2, 2])
    const embedding = Sequential([Input([1]), Embedding(2, 2, { weights: of(table) })])
    expect((await embedding.predict(tensor([1, 0], [2, 1]))).toArray()).toEqual([[[3, 4]], [[1, 2]]])
    const scaler = new StandardScaler()
    expect(scaler.fitTransform(of(table)).toArray()).toEqual(
      new StandardScaler().fitTransform(table).toArray(),
    )
    const stateful = Sequential([LSTM(2, { batchShape: [1, 1, 1], stateful: true })])
    const zeros = tensor([0.5, 0.5], [1, 2])
    stateful.resetStates([of(zeros), of(zeros)])
  },
)
