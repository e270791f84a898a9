/**
 * `dataFormat: 'channels_first'`: every layer that has the option computes what it computes with channels last, of which it has the same
 * weights; the setting of the package; errors in the format's words.
 */
import { afterEach, expect, test } from 'vitest'
import * as api from '../../src/index.ts'
import {
  Activation,
  Add,
  AveragePooling2D,
  BatchNormalization,
  Bidirectional,
  type CallableLayer,
  Conv1D,
  Conv2D,
  ConvLSTM1D,
  config,
  Dense,
  Flatten,
  GlobalAveragePooling1D,
  Input,
  type Layer,
  type LayersModel,
  LeakyReLU,
  MaxPooling2D,
  Model,
  modelFromConfig,
  Permute,
  Sequential,
  SGD,
  setSeed,
  type Tensor,
  tensor,
} from '../../src/index.ts'
import { chooseBackend } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { everyLayer, layerModels } from '../support/everyLayer.ts'
import { expectError, untyped } from '../support/expectError.ts'
import { uniform } from '../support/values.ts'

const first = { dataFormat: 'channels_first' } as const

afterEach(() => config.setImageDataFormat('channels_last'))

/** For each axis of a sample, from 1, the one that becomes it, where channels are the axis `at` with channels first. */
function toFirst(rank: number, at: number): number[] {
  const axes = Array.from({ length: rank }, (_, axis) => axis + 1)
  return [...axes.slice(0, at - 1), rank, ...axes.slice(at - 1, -1)]
}

function toLast(rank: number, at: number): number[] {
  const axes = toFirst(rank, at)
  return axes.map((_, k) => axes.indexOf(k + 1) + 1)
}

/** Numbers with their axes in another order. */
function permuted({ data, shape }: Tensor, dims: readonly number[]): Tensor {
  const order = [0, ...dims]
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1))
  const extents = order.map((axis) => shape[axis] ?? 1)
  const values = data.map((_, i) => {
    let rest = i
    let at = 0
    for (let axis = extents.length - 1; axis >= 0; axis--) {
      at += (rest % (extents[axis] ?? 1)) * (strides[order[axis] ?? 0] ?? 0)
      rest = Math.floor(rest / (extents[axis] ?? 1))
    }
    return data[at] ?? 0
  })
  return tensor(values, extents)
}

async function trained(model: LayersModel, x: Tensor, weights: readonly Tensor[] | null) {
  model.compile({ loss: 'mse', optimizer: 'sgd' })
  if (weights) model.setWeights(weights)
  const output = await model.predict<Tensor>(x)
  const gradients = Object.values(await model.gradients(x, uniform(output.shape, -1, 1, 2)))
  return { output, gradients, weights: await model.getWeights() }
}

/** Layers with the option, by class, both with channels last and with channels first. */
const formatted = [...everyLayer(api)].flatMap(([name, layer]) => {
  if (!('dataFormat' in layer.config)) return []
  // Draws of two layers would differ.
  const rates = ['recurrentDropout', 'rate'].filter((name) => name in layer.config)
  const seed = 'seed' in layer.config ? { seed: 3 } : {}
  const plain = {
    dataFormat: 'channels_last',
    ...seed,
    ...Object.fromEntries(rates.map((name) => [name, 0])),
  }
  const make = (options: object): CallableLayer => layer.clone({ ...plain, ...options }) as CallableLayer
  return [[name, make] as const]
})
const examples = layerModels(api)

test.each(formatted)('%s computes what it computes with channels last', async (name, make) => {
  await chooseBackend('cpu')
  setSeed(4)
  const sample = examples.get(name)?.inputShape ?? []
  const at = name.startsWith('ConvLSTM') ? 2 : 1
  /** To channels last; an output may have lost the axis of time, or all of space. */
  const back = (rank: number): number[] => (rank > 1 ? toLast(rank, at + rank - sample.length) : [1])

  // Between Permutes, which cancel; a product before shows the gradient of the input.
  const x = uniform([2, ...sample], -1, 1, 1)
  const models = [true, false].map((isFirst) => {
    const input = Input(sample)
    const mixed = Dense(sample.at(-1) ?? 1)(input)
    if (!isFirst) return Model(input, make({})(mixed))
    const y = make(first)(Permute(toFirst(sample.length, at))(mixed))
    return Model(input, Permute(back(y.shape.length - 1))(y))
  })
  const [found, plain] = models
  if (!found || !plain) throw new TypeError('two models')
  const expected = await trained(plain, x, null)
  const got = await trained(found, x, expected.weights)
  expect(got.output.shape).toEqual(expected.output.shape)
  expectClose('output', got.output.data, expected.output.data, 1e-6)
  expected.gradients.forEach(({ data }, i) => {
    expectClose(`gradient ${i}`, got.gradients[i]?.data, data, 1e-6)
  })

  // On data in its format.
  const turned = permuted(x, toFirst(sample.length, at))
  const [bare, bareFirst] = [
    Sequential([Input(sample), make({})]),
    Sequential([Input(turned.shape.slice(1)), make(first)]),
  ] as const
  for (const model of [bare, bareFirst]) model.setWeights(expected.weights.slice(2))
  const output = await bareFirst.predict<Tensor>(turned)
  const { data, shape } = permuted(output, back(output.shape.length - 1))
  const whole = await bare.predict<Tensor>(x)
  expect(shape).toEqual(whole.shape)
  expectClose('on data', data, whole.data, 1e-6)
  // A file says the format.
  expect(make(first).getConfig()).toMatchObject(first)
  expect(make({}).getConfig()).toMatchObject({ dataFormat: 'channels_last' })
})

test('a network with channels first trains on both backends to the numbers of one with channels last', async () => {
  const make = (format: 'channels_first' | 'channels_last'): LayersModel => {
    setSeed(7)
    config.setImageDataFormat(format)
    const axis = format === 'channels_first' ? 1 : -1
    const input = Input(format === 'channels_first' ? [2, 5, 6] : [5, 6, 2])
    const x = Conv2D(3, 3, { padding: 'same' })(input)
    const a = Activation('relu')(BatchNormalization({ axis })(x))
    const b = Add()([a, Conv2D(3, 1)(LeakyReLU()(a))])
    const model = Model(input, Dense(2)(Flatten()(AveragePooling2D(2)(b))))
    model.compile({ loss: 'mse', optimizer: SGD({ learningRate: 0.1, momentum: 0.5 }) })
    return model
  }
  const x = uniform([4, 5, 6, 2], -1, 1, 1)
  const y = uniform([4, 2], -1, 1, 2)
  const results: Float32Array[] = []
  for (const backend of ['cpu', 'webgpu'] as const) {
    await chooseBackend(backend)
    for (const format of ['channels_last', 'channels_first'] as const) {
      const model = make(format)
      const data = format === 'channels_first' ? permuted(x, [3, 1, 2]) : x
      for (let step = 0; step < 3; step++) await model.trainOnBatch(data, y)
      results.push(Float32Array.from((await model.getWeights()).flatMap(({ data }) => [...data])))
      model.dispose()
    }
  }
  const [expected = [], ...others] = results
  others.forEach((weights, i) => {
    expectClose(`weights ${i}`, weights, expected, 1e-5)
  })
})

test.each([1, 2, -2])('BatchNormalization over axis %i is that of the last axis, moved', async (axis) => {
  await chooseBackend('cpu')
  const k = axis < 0 ? axis + 4 : axis
  const dims = [1, 2, 3].filter((other) => other !== k).concat(k)
  const back = [1, 2, 3].map((other) => dims.indexOf(other) + 1)
  const x = uniform([3, 2, 5, 4], -1, 1, 1)
  const models = [
    Sequential([Input([2, 5, 4]), BatchNormalization({ axis })]),
    Sequential([Input([2, 5, 4]), Permute(dims), BatchNormalization(), Permute(back)]),
  ]
  const [got, expected] = [
    await trained(models[0] as LayersModel, x, null),
    await trained(models[1] as LayersModel, x, null),
  ]
  expect(got.weights.map(({ shape }) => shape[0])).toEqual(Array(4).fill(x.shape[k]))
  expectClose('output', got.output.data, expected.output.data, 1e-6)
  expected.gradients.forEach(({ data }, i) => {
    expectClose(`gradient ${i}`, got.gradients[i]?.data, data, 1e-6)
  })
})

test('a stateful ConvLSTM keeps its states in its format', async () => {
  await chooseBackend('cpu')
  const x = uniform([2, 3, 5, 2], -1, 1, 1)
  const models = (['channels_last', 'channels_first'] as const).map((dataFormat) => {
    const shape = dataFormat === 'channels_first' ? [2, 3, 2, 5] : [2, 3, 5, 2]
    return Sequential([Input({ batchShape: shape }), ConvLSTM1D(4, 3, { dataFormat, stateful: true })])
  })
  const [last, turned] = models
  if (!last || !turned) throw new TypeError('two models')
  turned.setWeights(await last.getWeights())
  expect(turned.states.map(({ shape }) => shape)).toEqual([
    [2, 4, 3],
    [2, 4, 3],
  ])
  for (let call = 0; call < 2; call++) {
    const expected = await last.predict<Tensor>(x)
    const found = await turned.predict<Tensor>(permuted(x, [1, 3, 2]))
    expectClose(`call ${call}`, found.data, permuted(expected, [2, 1]).data, 1e-6)
  }
  const [h, c] = await last.getStates()
  const found = await turned.getStates()
  for (const [i, state] of [h, c].entries())
    if (state) expectClose(`state ${i}`, found[i]?.data, permuted(state, [2, 1]).data, 1e-6)
})

test('layers keep the format that they were made with', async () => {
  config.setImageDataFormat('channels_first')
  expect(config.imageDataFormat()).toBe('channels_first')
  const inner = ConvLSTM1D(2, 3) as Layer
  const model = Sequential([Input([3, 8]), Conv1D(2, 3)])
  config.setImageDataFormat('channels_last')
  expect(inner.config).toMatchObject(first)
  const [way] = Bidirectional(inner).parts
  expect(way?.config).toMatchObject(first)
  const [read] = (await modelFromConfig(model.getConfig())).layers
  expect(read?.config).toMatchObject(first)
})

test.each<[string, () => unknown, string]>([
  [
    'another word',
    () => Conv2D(2, 3, { dataFormat: untyped('channels_middle') }),
    `Conv2D: expected dataFormat to be one of 'channels_last', 'channels_first', got "channels_middle".`,
  ],
  [
    'another setting',
    () => config.setImageDataFormat(untyped('first')),
    `config.setImageDataFormat: expected dataFormat to be one of 'channels_last', 'channels_first', got "first".`,
  ],
  [
    'another rank',
    () => Conv2D(2, 3, first)(Input([3, 8])),
    'Conv2D "conv2d": expected input [batch, channels, height, width], got [batch, 3, 8].',
  ],
  [
    'a window that is too large',
    () => MaxPooling2D(4, first)(Input([5, 7, 3])),
    `MaxPooling2D "max_pooling2d": expected an input of at least 4 along axis 3, got 3 (input [batch, 5, 7, 3]). Use a smaller window, or padding: 'same'.`,
  ],
  [
    'unknown channels',
    () => Conv2D(2, 3, first)(Input([null, 8, 8])),
    'Conv2D "conv2d": expected a known number of channels (axis 1), got [batch, null, 8, 8]. Give it in inputShape.',
  ],
  [
    'a mask of channels',
    () => GlobalAveragePooling1D(first)(Input([4, 3]), { mask: Input([4]) }),
    'GlobalAveragePooling1D "global_average_pooling1d": expected a mask [batch, timesteps] for [batch, 4, 3], got [batch, 4].',
  ],
  [
    'a mask where channels are not last',
    () => BatchNormalization({ axis: 1 })(Input([4, 3]), { mask: Input([4]) }),
    'BatchNormalization "batch_normalization": expected no mask with channels along another axis than the last, got axis 1.',
  ],
  [
    'the batch as channels',
    () => BatchNormalization({ axis: 0 })(Input([4, 3])),
    'BatchNormalization "batch_normalization": expected axis to name axes of [batch, 4, 3] beside the batch, each once, got 0.',
  ],
  [
    'other channels than the weights are for',
    () => {
      const layer = BatchNormalization({ axis: 1 })
      layer(Input([4, 3]))
      layer(Input([5, 3]))
    },
    'BatchNormalization "batch_normalization": expected 4 channels along axis 1, for which it has its weights, got [batch, 5, 3]. Make another layer for other channels.',
  ],
  [
    'a state with channels last',
    () => ConvLSTM1D(2, 3, first)(Input([4, 3, 8]), { initialState: [Input([6, 2]), Input([6, 2])] }),
    'ConvLSTM1D "conv_lstm1d": expected initialState as [h, c], each [batch, 2, ...space], got [batch, 6, 2] and [batch, 6, 2].',
  ],
])('%s', (_, attempt, message) => expectError(attempt, message))
