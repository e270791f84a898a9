/** Files of Keras 2 with layers of CuDNN: with the state of the optimizer, whose slots lie as the weights do, training goes on as before. */
import { beforeAll, expect, test } from 'vitest'
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

/** A group that lists its arrays, which are called by their numbers. */
function listed(arrays: readonly WrittenDataset[]): WrittenGroup {
  const children = new Map(arrays.map((array, i) => [String(i), array]))
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

test.each([
  ['Adam', Adam({ learningRate: 0.05 }), { lr: 0.05, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7 }],
  ['SGD', SGD({ learningRate: 0.05, momentum: 0.5 }), { lr: 0.05, momentum: 0.5, nesterov: false }],
])('%s', async (className, optimizer, config) => {
  const model = Sequential([LSTM(UNITS, { inputShape: [4, 2], returnSequences: true }), GRU(UNITS), Dense(1)])
  model.compile({ loss: 'mse', optimizer })
  await model.fit(x, y, settings)
  const { weights, slots } = await arraysOf(model)
  const perWeight = slots.length / weights.length
  expect(perWeight).toBe(className === 'Adam' ? 2 : 1)

  const names = ['lstm', 'gru', 'dense']
  const stored = asCuDNN(weights, [0.25, 0.75])
  // Keras 2 had a slot of all weights after the other. The gradients of both biases are the same, and so are their slots.
  const state = Array.from({ length: perWeight }, (_, slot) =>
    asCuDNN(
      weights.map((_, i) => slots[i * perWeight + slot] as Array2D),
      [1, 1],
    ),
  ).flat()
  const iterations: WrittenDataset = { shape: [], dtype: 'int64', data: BigInt64Array.of(4n) }
  const pieces = writeHdf5({
    attributes: {
      model_config: JSON.stringify(
        layer('Sequential', {
          name: 'model',
          layers: [
            layer('CuDNNLSTM', {
              name: 'lstm',
              units: UNITS,
              return_sequences: true,
              batch_input_shape: [null, 4, 2],
            }),
            layer('CuDNNGRU', { name: 'gru', units: UNITS }),
            layer('Dense', { name: 'dense', units: 1 }),
          ],
        }),
      ),
      training_config: JSON.stringify({
        loss: 'mse',
        metrics: [],
        optimizer_config: layer(className, config),
      }),
      keras_version: '2.2.4',
      backend: 'tensorflow',
    },
    children: new Map([
      [
        'model_weights',
        {
          attributes: { layer_names: names },
          children: new Map(
            names.map((name, i) => [name, listed(stored.slice(3 * i, 3 * i + 3).map(dataset))]),
          ),
        },
      ],
      ['optimizer_weights', listed([iterations, ...state.map(dataset)])],
    ]),
  })
  const loaded = await loadModel(new Uint8Array(Buffer.concat(pieces)))
  expect(loaded.layers.map((each) => each.className)).toEqual(['LSTM', 'GRU', 'Dense'])
  expect(loaded.optimizer?.iterations).toBe(4)
  const [{ history: expected }, { history: found }] = [
    await model.fit(x, y, settings),
    await loaded.fit(x, y, settings),
  ]
  expect(found.loss).toHaveLength(2)
  found.loss?.forEach((loss, epoch) => {
    expect(loss).toBeCloseTo(expected.loss?.[epoch] as number, 6)
  })
})
