/**
 * The state of optimizers in files of Keras 2, with which training goes on as before: of layers of CuDNN, whose slots lie as their weights
 * do, and of the first versions.
 */
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { readHdf5 } from '../../src/formats/hdf5/reader.ts'
import type { Hdf5Node, WrittenDataset, WrittenGroup } from '../../src/formats/hdf5/tree.ts'
import { writeHdf5 } from '../../src/formats/hdf5/writer.ts'
import {
  Adam,
  Dense,
  GRU,
  type LayersModel,
  LSTM,
  loadModel,
  type Optimizer,
  Sequential,
  SGD,
  setBackend,
} from '../../src/node.ts'
import { entriesOf } from '../support/kerasFiles.ts'
import { quiet } from '../support/models.ts'
import { uniform } from '../support/values.ts'

beforeAll(() => setBackend('cpu'))

interface Array2D {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

const UNITS = 3
const settings = { ...quiet, epochs: 2, batchSize: 4, shuffle: false }
const [x, y] = [uniform([8, 4, 2], -1, 1, 1), uniform([8, 1], -1, 1, 2)]

/** Kernels [rows, gates × units], of which CuDNN has each gate's block in another order of its own. */
function blocks({ shape: [rows = 0, width = 0], data }: Array2D, isRecurrent: boolean): Array2D {
  const stored = new Float32Array(data.length)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < width; column++) {
      const [gate, unit] = [Math.floor(column / UNITS), column % UNITS]
      // A block is as high and as wide as here. By columns, its numbers are those of the kernel by rows.
      const n = unit * rows + row
      const [i, j] = isRecurrent ? [unit, row] : [Math.floor(n / UNITS), n % UNITS]
      stored[i * width + gate * UNITS + j] = data[row * width + column] ?? 0
    }
  }
  return { shape: [rows, width], data: stored }
}

/** An LSTM's bias as that of its inputs and that of its states, each a part of it. */
const twice = ({ data }: Array2D, parts: readonly [number, number]): Array2D => ({
  shape: [2 * data.length],
  data: Float32Array.from(parts.flatMap((part) => [...data].map((value) => value * part))),
})

/** Arrays of the weights of LSTM, GRU and Dense as CuDNN's layers have them. */
function asCuDNN(arrays: readonly Array2D[], parts: readonly [number, number]): Array2D[] {
  const [kernel, recurrent, bias, gruKernel, gruRecurrent, gruBias, ...others] = arrays as [
    ...Parameters<(...six: [Array2D, Array2D, Array2D, Array2D, Array2D, Array2D]) => void>,
    ...Array2D[],
  ]
  return [
    blocks(kernel, false),
    blocks(recurrent, true),
    twice(bias, parts),
    blocks(gruKernel, false),
    blocks(gruRecurrent, true),
    { shape: [gruBias.data.length], data: gruBias.data },
    ...others,
  ]
}

const dataset = ({ shape, data }: Array2D): WrittenDataset => ({ shape, dtype: 'float32', data })

/** A group that lists its arrays, which are called by their numbers; counts of steps have their name. */
function listed(arrays: readonly WrittenDataset[]): WrittenGroup {
  const nameOf = ({ shape }: WrittenDataset, i: number): string =>
    shape.length === 0 ? 'iterations:0' : String(i)
  const children = new Map(arrays.map((array, i) => [nameOf(array, i), array]))
  return { attributes: { weight_names: [...children.keys()] }, children }
}

const childOf = (node: Hdf5Node | undefined, name: string): Hdf5Node | undefined =>
  node?.kind === 'group' ? node.children.get(name) : undefined

/** The arrays of a file of Keras 3: weights, and the optimizer's variables behind its iterations and its rate. */
async function arraysOf(model: LayersModel): Promise<Record<'weights' | 'slots', Array2D[]>> {
  const weights = (await model.getWeights()).map(({ shape, data }) => ({
    shape,
    data: Float32Array.from(data),
  }))
  const root: Hdf5Node = await readHdf5(
    'the test',
    entriesOf(await model.save())['model.weights.h5'] as Uint8Array<ArrayBuffer>,
  )
  const vars = childOf(childOf(root, 'optimizer'), 'vars')
  const all = vars?.kind === 'group' ? vars.children : new Map<string, Hdf5Node>()
  const slots = Array.from({ length: all.size - 2 }, (_, i) => {
    const node = all.get(String(i + 2))
    if (node?.kind !== 'dataset') throw new Error('expected a variable')
    const { shape, data } = node.read()
    return { shape, data: Float32Array.from(data as Float32Array) }
  })
  return { weights, slots }
}

const layer = (className: string, config: object): object => ({ class_name: className, config })

const RATE = 0.05
const lstm = { name: 'lstm', units: UNITS, return_sequences: true, batch_input_shape: [null, 4, 2] }
const ofKeras = { recurrent_activation: 'sigmoid', unit_forget_bias: true }
const [cudnnLayers, kerasLayers] = [
  [layer('CuDNNLSTM', lstm), layer('CuDNNGRU', { name: 'gru', units: UNITS })],
  [
    layer('LSTM', { ...lstm, ...ofKeras }),
    layer('GRU', { name: 'gru', units: UNITS, recurrent_activation: 'sigmoid', reset_after: true }),
  ],
].map((layers) => [...layers, layer('Dense', { name: 'dense', units: 1 })]) as [object[], object[]]
const NAMES = ['lstm', 'gru', 'dense']

interface Written {
  readonly layers: readonly object[]
  readonly optimizer: object
  readonly weights: readonly Array2D[]
  /** Iterations and slots. */
  readonly state: readonly WrittenDataset[]
}

/** A file of Keras 2, of LSTM, GRU and Dense. */
function fileOf({ layers, optimizer, weights, state }: Written): Uint8Array {
  const groups = NAMES.map((name, i) => [name, listed(weights.slice(3 * i, 3 * i + 3).map(dataset))] as const)
  const pieces = writeHdf5({
    attributes: {
      model_config: JSON.stringify(layer('Sequential', { name: 'model', layers })),
      training_config: JSON.stringify({ loss: 'mse', metrics: [], optimizer_config: optimizer }),
      keras_version: '2.2.4',
      backend: 'tensorflow',
    },
    children: new Map([
      ['model_weights', { attributes: { layer_names: NAMES }, children: new Map(groups) }],
      ['optimizer_weights', listed(state)],
    ]),
  })
  return new Uint8Array(Buffer.concat(pieces))
}

/** A model that was trained for four steps, its weights, and its slots: those of all weights, one kind after the other, as in Keras 2. */
async function trained(optimizer: Optimizer) {
  const model = Sequential([LSTM(UNITS, { inputShape: [4, 2], returnSequences: true }), GRU(UNITS), Dense(1)])
  model.compile({ loss: 'mse', optimizer })
  await model.fit(x, y, settings)
  const { weights, slots } = await arraysOf(model)
  const perWeight = slots.length / weights.length
  const kinds = Array.from({ length: perWeight }, (_, kind) =>
    weights.map((_, i) => slots[i * perWeight + kind] as Array2D),
  )
  return { model, weights, kinds }
}

async function expectSameTraining(model: LayersModel, loaded: LayersModel): Promise<void> {
  const [{ history: expected }, { history: found }] = [
    await model.fit(x, y, settings),
    await loaded.fit(x, y, settings),
  ]
  expect(found.loss).toHaveLength(2)
  found.loss?.forEach((loss, epoch) => {
    expect(loss).toBeCloseTo(expected.loss?.[epoch] as number, 6)
  })
}

const iterations: WrittenDataset = { shape: [], dtype: 'int64', data: BigInt64Array.of(4n) }
const adam = layer('Adam', { lr: RATE, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7 })

describe('layers of CuDNN', () => {
  test.each([
    ['Adam', Adam(RATE), adam, 2],
    [
      'SGD',
      SGD({ learningRate: RATE, momentum: 0.5 }),
      layer('SGD', { lr: RATE, momentum: 0.5, nesterov: false }),
      1,
    ],
  ] as const)('%s', async (_, made, optimizer, count) => {
    const { model, weights, kinds } = await trained(made)
    expect(kinds).toHaveLength(count)
    // The gradients of both biases are the same, and so are their slots.
    const slots = kinds.flatMap((kind) => asCuDNN(kind, [1, 1])).map(dataset)
    const file = { layers: cudnnLayers, optimizer, weights: asCuDNN(weights, [0.25, 0.75]) }
    const loaded = await loadModel(fileOf({ ...file, state: [iterations, ...slots] }))
    expect(loaded.layers.map((each) => each.className)).toEqual(['LSTM', 'GRU', 'Dense'])
    expect(loaded.optimizer?.iterations).toBe(4)
    await expectSameTraining(model, loaded)
  })
})

describe('the first versions', () => {
  test('count steps in a float, and have the weights of a slot by their names', async () => {
    const { model, weights, kinds } = await trained(Adam(RATE))
    // dense: kernel and bias, gru and lstm: kernel, recurrent kernel and bias.
    const byName = [7, 6, 5, 3, 4, 2, 0, 1]
    const slots = kinds.flatMap((kind) => byName.map((i) => dataset(kind[i] as Array2D)))
    const count: WrittenDataset = { shape: [], dtype: 'float32', data: Float32Array.of(4) }
    const file = { layers: kerasLayers, optimizer: adam, weights, state: [count, ...slots] }
    const loaded = await loadModel(fileOf(file))
    expect(loaded.optimizer?.iterations).toBe(4)
    await expectSameTraining(model, loaded)
  })

  test('a state that does not fit is left out, and the console says so', async () => {
    const { model, weights, kinds } = await trained(Adam(RATE))
    const slots = kinds.flat().map(dataset)
    const state = [iterations, ...slots.slice(1), slots[0] as WrittenDataset]
    const told = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const loaded = await loadModel(fileOf({ layers: kerasLayers, optimizer: adam, weights, state }))
    expect(told.mock.calls).toEqual([
      [
        expect.stringMatching(
          /optimizer slot ".*kernel\/momentum": expected shape .* The optimizer starts anew\.$/,
        ),
      ],
    ])
    told.mockRestore()
    expect(loaded.optimizer?.iterations).toBe(0)
    expect((await loaded.predict(x)).data).toEqual((await model.predict(x)).data)
  })
})
