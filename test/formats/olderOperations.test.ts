/** Functions of TensorFlow in models of Keras 2, which are layers of their own in its files. */
import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../../src/formats/config/json.ts'
import { modelFromConfig } from '../../src/formats/config/modelConfig.ts'
import { operationReader } from '../../src/formats/config/operationReader.ts'
import { operations } from '../../src/formats/config/operations.ts'
import { configOfOlder } from '../../src/formats/keras/olderConfig.ts'
import { FUNCTIONS } from '../../src/formats/keras/olderOperations.ts'
import { setBackend } from '../../src/index.ts'
import { callable } from '../../src/layers/callable.ts'
import type { CallableModel } from '../../src/models/model.ts'
import { expectClose } from '../support/compare.ts'
import { quiet } from '../support/models.ts'

const WHERE = 'loadModel'
const SAMPLE = [
  [0.5, -1, 2],
  [1.5, 0.25, -3],
]

/** A function of TensorFlow, or an operation as `node_def` and constants; and its call. */
type Item = readonly [what: string | readonly [node: JsonObject, constants: JsonObject], inbound: Json]

function layerOf([what, inbound]: Item, i: number): JsonObject {
  const name = `tf.${i}`
  const own = { name, trainable: true, dtype: 'float32' }
  if (typeof what !== 'string') {
    const [node, constants] = what
    const config = { ...own, name: 'op', node_def: { name: 'op', ...node }, constants }
    return { class_name: 'TensorFlowOpLayer', config, name, inbound_nodes: [inbound] }
  }
  const className = what === '__operators__.getitem' ? 'SlicingOpLambda' : 'TFOpLambda'
  return { class_name: className, config: { ...own, function: what }, name, inbound_nodes: [inbound] }
}

function written(items: readonly Item[]): JsonObject {
  const config = { batch_input_shape: [null, 2, 3], dtype: 'float32', name: 'x' }
  const input = { class_name: 'InputLayer', config, name: 'x', inbound_nodes: [] }
  return {
    class_name: 'Functional',
    config: {
      name: 'model',
      layers: [input, ...items.map(layerOf)],
      input_layers: [['x', 0, 0]],
      output_layers: [[`tf.${items.length - 1}`, 0, 0]],
    },
  }
}

/** What a model of the layers predicts of the sample. */
async function predicted(...items: readonly Item[]): Promise<readonly number[]> {
  await setBackend('cpu')
  const config = configOfOlder(written(items), WHERE)
  const read = modelFromConfig(config, WHERE, await operationReader(config))
  const model: CallableModel = callable(read)
  const { data } = await model.predict([SAMPLE], quiet)
  model.dispose()
  return [...data]
}

const close = async (items: readonly Item[], expected: readonly number[]) =>
  expectClose(JSON.stringify(items), await predicted(...items), expected, 1e-6)

const ALL = { start: null, stop: null, step: null }
const x = (rest: JsonObject = {}): Json => ['x', 0, 0, rest]
const rows = SAMPLE.flat()

test('each function is one that ops has', () => {
  const targets = Object.values(FUNCTIONS).map((text) => text.split(' ')[0] as string)
  expect(targets.filter((target) => !operations.has(target))).toEqual([])
})

test('tensors and numbers as arguments, in either place', async () => {
  await close(
    [
      ['math.multiply', x({ y: 2, name: null })],
      ['__operators__.add', ['tf.0', 0, 0, { y: ['x', 0, 0], name: null }]],
    ],
    rows.map((value) => 3 * value),
  )
  await close(
    [['math.subtract', ['_CONSTANT_VALUE', -1, 1, { y: ['x', 0, 0], name: null }]]],
    rows.map((value) => 1 - value),
  )
  await close(
    [['clip_by_value', x({ clip_value_min: -0.5, clip_value_max: 1 })]],
    [0.5, -0.5, 1, 1, 0.25, -0.5],
  )
  await close(
    [
      ['math.greater', x({ y: 0 })],
      ['where', ['tf.0', 0, 0, { x: ['x', 0, 0], y: -7 }]],
    ],
    [0.5, -7, 2, 1.5, 0.25, -7],
  )
})

test('shapes, axes, lists of tensors, products with a transposed tensor', async () => {
  await close([['math.reduce_mean', x({ axis: 1, keepdims: true })]], [1, -0.375, -0.5])
  await close([['compat.v1.transpose', x({ perm: [0, 2, 1] })]], [0.5, 1.5, -1, 0.25, 2, -3])
  await close(
    [
      ['reshape', x({ shape: [-1, 3, 2] })],
      ['math.reduce_sum', ['tf.0', 0, 0, { axis: -1 }]],
    ],
    [-0.5, 3.5, -2.75],
  )
  await close([['concat', [x({ axis: 1 }), x({ axis: 1 })]]], [...rows, ...rows])
  await close([['linalg.matmul', x({ b: ['x', 0, 0], transpose_b: true })]], [5.25, -5.5, -5.5, 11.3125])
})

test('what stands in brackets', async () => {
  const sliced = async (spec: Json, expected: readonly number[]) =>
    expect(await predicted(['__operators__.getitem', x({ slice_spec: spec })])).toEqual(expected)
  await sliced([ALL, -1, ALL], [1.5, 0.25, -3])
  await sliced([{ class_name: '__ellipsis__' }, { start: 1, stop: 3, step: null }], [-1, 2, 0.25, -3])
  await sliced([ALL, null, 0], [0.5, -1, 2])
})

test('operations of a graph, with constants at their places', async () => {
  const op = (name: string, constants: JsonObject = {}, attr: JsonObject = {}): Item[0] => [
    { op: name, input: [], attr },
    constants,
  ]
  const one = ['x', 0, 0, {}]
  await close(
    [[op('RealDiv', { '0': 2 }), [one]]],
    rows.map((value) => 2 / value),
  )
  await close([[op('Mean', { '1': [1, 2] }, { keep_dims: { b: true } }), [one]]], [1.5 / 3 / 2 - 1.25 / 6])
  await close([[op('ConcatV2', { '2': 1 }, { N: { i: '2' } }), [one, one]]], [...rows, ...rows])
  await close([[op('BatchMatMulV2', {}, { adj_y: { b: true } }), [one, one]]], [5.25, -5.5, -5.5, 11.3125])
  const last = { begin_mask: { i: '1' }, end_mask: { i: '5' }, shrink_axis_mask: { i: '2' } }
  await close(
    [[op('StridedSlice', { '1': [0, 1, 1], '2': [0, 2, 0], '3': [1, 1, 1] }, last), [one]]],
    [0.25, -3],
  )
})

test('other functions and arguments are named', async () => {
  await expect(predicted(['signal.stft', x()])).rejects.toThrow(
    'loadModel, TFOpLambda "tf.0": expected a function of TensorFlow that ops has, got "signal.stft".',
  )
  await expect(predicted(['math.cumsum', x({ axis: 1, reverse: true })])).rejects.toThrow(
    'expected arguments among axis, got reverse: true.',
  )
  await expect(predicted([[{ op: 'MatrixInverse' }, {}], [['x', 0, 0, {}]]])).rejects.toThrow(
    'loadModel, TensorFlowOpLayer "tf.0": expected an operation of TensorFlow that ops has, got "MatrixInverse".',
  )
})
