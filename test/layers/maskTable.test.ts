// What each layer does with the mask of its input, as in Keras 3.16: what a call says of it, and what the loss of a model sees.
import { beforeAll, describe, expect, test, vi } from 'vitest'
import type { Layer, SymbolicTensor, Tensor } from '../../src/index.ts'
import * as recurra from '../../src/index.ts'
import { chooseBackend } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { everyLayer } from '../support/everyLayer.ts'
import { uniform } from '../support/values.ts'

/**
 * A layer's output has the mask (`passes`), or none: because the layer computes by it (`consumes`), or although time steps may
 * remain, and then the layer says so (`ends`). Some cannot compute by it (`refuses`), and some make a mask (`makes`).
 */
type Behaviour = 'passes' | 'consumes' | 'ends' | 'refuses' | 'makes'

const r = recurra
const sequence = [5, 3]
const image = [4, 5, 2]
const frames = [3, 4, 5, 2]
const volumes = [2, ...frames]
type Row = readonly [Behaviour, connect: (x: SymbolicTensor) => unknown, sample?: readonly number[]]

const both = (merge: (list: SymbolicTensor[]) => unknown) => (x: SymbolicTensor) =>
  merge([x, r.Dropout(0.1)(x)])
/** An input of words, which have no mask. */
const words = () => r.Input({ shape: [2], dtype: 'string' })
/** A cell on a vector, and its states. */
const cell = (layer: Layer, states: number): Row => [
  'ends',
  (x) => (layer as recurra.CallableLayer)([x, ...Array.from({ length: states }, () => r.Input([3]))]),
  [],
]

const table: Readonly<Record<string, readonly Row[]>> = {
  Activation: [['passes', (x) => r.Activation('tanh')(x)]],
  ActivityRegularization: [['passes', (x) => r.ActivityRegularization()(x)]],
  Add: [
    ['passes', both(r.Add())],
    ['consumes', (x) => r.Add()([x, r.Input(sequence)])],
  ],
  AdditiveAttention: [['passes', both(r.AdditiveAttention() as never)]],
  AlphaDropout: [['passes', (x) => r.AlphaDropout(0.5)(x)]],
  Attention: [['passes', both(r.Attention() as never)]],
  Average: [['passes', both(r.Average())]],
  AveragePooling1D: [['ends', (x) => r.AveragePooling1D(2)(x)]],
  AveragePooling2D: [['ends', (x) => r.AveragePooling2D(2)(x), image]],
  AveragePooling3D: [['ends', (x) => r.AveragePooling3D(2)(x), frames]],
  BatchNormalization: [
    ['passes', (x) => r.BatchNormalization()(x)],
    ['passes', (x) => r.BatchNormalization()(x), image],
  ],
  Bidirectional: [
    ['ends', (x) => r.Bidirectional(r.LSTM(2, { returnSequences: true }))(x)],
    ['consumes', (x) => r.Bidirectional(r.LSTM(2))(x)],
  ],
  CategoryEncoding: [['ends', (x) => r.CategoryEncoding(3)(r.Rescaling(0)(x))]],
  CenterCrop: [['ends', (x) => r.CenterCrop(2, 2)(x), image]],
  Concatenate: [
    ['passes', both(r.Concatenate())],
    ['passes', both(r.Concatenate(1))],
  ],
  AdaptiveAveragePooling1D: [['ends', (x) => r.AdaptiveAveragePooling1D(2)(x)]],
  AdaptiveAveragePooling2D: [['ends', (x) => r.AdaptiveAveragePooling2D(2)(x), image]],
  AdaptiveAveragePooling3D: [['ends', (x) => r.AdaptiveAveragePooling3D([2, 1, 1])(x), frames]],
  AdaptiveMaxPooling1D: [['ends', (x) => r.AdaptiveMaxPooling1D(2)(x)]],
  AdaptiveMaxPooling2D: [['ends', (x) => r.AdaptiveMaxPooling2D(2)(x), image]],
  AdaptiveMaxPooling3D: [['ends', (x) => r.AdaptiveMaxPooling3D([2, 1, 1])(x), frames]],
  Conv1D: [['ends', (x) => r.Conv1D(2, 2)(x)]],
  Conv1DTranspose: [['ends', (x) => r.Conv1DTranspose(2, 2)(x)]],
  Conv2D: [['ends', (x) => r.Conv2D(2, 2)(x), image]],
  Conv2DTranspose: [['ends', (x) => r.Conv2DTranspose(2, 2)(x), image]],
  Conv3D: [['ends', (x) => r.Conv3D(2, 2)(x), frames]],
  Conv3DTranspose: [['ends', (x) => r.Conv3DTranspose(2, 2)(x), frames]],
  ConvLSTM1D: [['refuses', (x) => r.ConvLSTM1D(2, 2)(x), image]],
  ConvLSTM2D: [['refuses', (x) => r.ConvLSTM2D(2, 2)(x), frames]],
  ConvLSTM3D: [['refuses', (x) => r.ConvLSTM3D(2, 2)(x), volumes]],
  Cropping1D: [['ends', (x) => r.Cropping1D(1)(x)]],
  Cropping2D: [['ends', (x) => r.Cropping2D(1)(x), image]],
  Cropping3D: [['ends', (x) => r.Cropping3D([1, 1, 0])(x), frames]],
  Dense: [
    ['passes', (x) => r.Dense(2)(x)],
    ['passes', (x) => r.Dense(2)(x), image],
  ],
  DepthwiseConv1D: [['ends', (x) => r.DepthwiseConv1D(2)(x)]],
  DepthwiseConv2D: [['ends', (x) => r.DepthwiseConv2D(2)(x), image]],
  Discretization: [['ends', (x) => r.Discretization([0.7])(x)]],
  Dot: [['consumes', both(r.Dot([2, 2]))]],
  Dropout: [['passes', (x) => r.Dropout(0.5)(x)]],
  EinsumDense: [['ends', (x) => r.EinsumDense('abc,cd->abd', [5, 2])(x)]],
  ELU: [['passes', (x) => r.ELU()(x)]],
  Embedding: [['makes', () => r.Embedding(9, 2, { maskZero: true })(r.Input([5]))]],
  Flatten: [['ends', (x) => r.Flatten()(x)]],
  GRU: [
    ['ends', (x) => r.GRU(2, { returnSequences: true })(x)],
    ['consumes', (x) => r.GRU(2)(x)],
  ],
  GRUCell: [cell(r.GRUCell(3), 1)],
  GaussianDropout: [['passes', (x) => r.GaussianDropout(0.1)(x)]],
  GaussianNoise: [['passes', (x) => r.GaussianNoise(0.1)(x)]],
  GlobalAveragePooling1D: [
    ['consumes', (x) => r.GlobalAveragePooling1D()(x)],
    ['consumes', (x) => r.GlobalAveragePooling1D({ keepdims: true })(x)],
  ],
  GlobalAveragePooling2D: [['ends', (x) => r.GlobalAveragePooling2D()(x), image]],
  GlobalAveragePooling3D: [['ends', (x) => r.GlobalAveragePooling3D()(x), frames]],
  GlobalMaxPooling1D: [['ends', (x) => r.GlobalMaxPooling1D()(x)]],
  GlobalMaxPooling2D: [['ends', (x) => r.GlobalMaxPooling2D()(x), image]],
  GlobalMaxPooling3D: [['ends', (x) => r.GlobalMaxPooling3D()(x), frames]],
  GroupQueryAttention: [['passes', (x) => r.GroupQueryAttention(2, 2, 1)(x, x)]],
  Hashing: [['consumes', () => r.Hashing(3)(words())]],
  GroupNormalization: [['passes', (x) => r.GroupNormalization(-1)(x)]],
  Identity: [['passes', (x) => r.Identity()(x)]],
  IntegerLookup: [
    ['consumes', () => r.IntegerLookup({ vocabulary: [3] })(r.Input({ shape: [2], dtype: 'int32' }))],
  ],
  LSTM: [
    ['ends', (x) => r.LSTM(2, { returnSequences: true })(x)],
    ['consumes', (x) => r.LSTM(2)(x)],
    ['refuses', (x) => r.TimeDistributed(r.LSTM(2))(r.Input(image), { mask: r.Input([4]) }) && x],
  ],
  LSTMCell: [cell(r.LSTMCell(3), 2)],
  LayerNormalization: [['passes', (x) => r.LayerNormalization()(x)]],
  LeakyReLU: [['passes', (x) => r.LeakyReLU()(x)]],
  Masking: [['makes', (x) => r.Masking()(x)]],
  MaxPooling1D: [['ends', (x) => r.MaxPooling1D(2)(x)]],
  MaxPooling2D: [['ends', (x) => r.MaxPooling2D(2)(x), image]],
  MaxPooling3D: [['ends', (x) => r.MaxPooling3D([2, 1, 1])(x), frames]],
  Maximum: [['passes', both(r.Maximum())]],
  MelSpectrogram: [['ends', (x) => r.MelSpectrogram(4, 2, { numMelBins: 2 })(x), []]],
  Minimum: [['passes', both(r.Minimum())]],
  MultiHeadAttention: [
    ['passes', (x) => r.MultiHeadAttention(2, 2)(x, x)],
    ['refuses', (x) => r.MultiHeadAttention(2, 2)(x, x), image],
  ],
  Multiply: [['passes', both(r.Multiply())]],
  Normalization: [['passes', (x) => r.Normalization({ mean: 0.5, variance: 2 })(x)]],
  PReLU: [['passes', (x) => r.PReLU()(x)]],
  Permute: [['ends', (x) => r.Permute([2, 1])(x)]],
  RandomBrightness: [['ends', (x) => r.RandomBrightness(0.5)(x), image]],
  RandomContrast: [['ends', (x) => r.RandomContrast(0.5)(x), image]],
  RandomCrop: [['ends', (x) => r.RandomCrop(2, 2)(x), image]],
  RandomFlip: [['ends', (x) => r.RandomFlip()(x), image]],
  RandomRotation: [['ends', (x) => r.RandomRotation(0.1)(x), image]],
  RandomTranslation: [['ends', (x) => r.RandomTranslation(0.1, 0.1)(x), image]],
  RandomZoom: [['ends', (x) => r.RandomZoom(0.1)(x), image]],
  RMSNormalization: [['ends', (x) => r.RMSNormalization()(x)]],
  RNN: [
    ['ends', (x) => r.RNN([r.GRUCell(2), r.LSTMCell(2)], { returnSequences: true })(x)],
    ['consumes', (x) => r.RNN(r.SimpleRNNCell(2))(x)],
  ],
  ReLU: [['passes', (x) => r.ReLU()(x)]],
  RepeatVector: [['ends', (x) => r.RepeatVector(2)(x), []]],
  Rescaling: [['passes', (x) => r.Rescaling(2, 1)(x)]],
  Resizing: [['ends', (x) => r.Resizing(2, 2)(x), image]],
  ReversibleEmbedding: [
    ['makes', () => r.ReversibleEmbedding(9, 2, { maskZero: true })(r.Input([5]))],
    ['ends', (x) => r.ReversibleEmbedding(9, 3, { maskZero: true })(x, { reverse: true })],
  ],
  Reshape: [['ends', (x) => r.Reshape([3, 5])(x)]],
  SeparableConv1D: [['ends', (x) => r.SeparableConv1D(2, 2)(x)]],
  SeparableConv2D: [['ends', (x) => r.SeparableConv2D(2, 2)(x), image]],
  SimpleRNN: [
    ['ends', (x) => r.SimpleRNN(2, { returnSequences: true })(x)],
    ['consumes', (x) => r.SimpleRNN(2)(x)],
  ],
  SimpleRNNCell: [cell(r.SimpleRNNCell(3), 1)],
  Softmax: [['refuses', (x) => r.Softmax()(x)]],
  SpatialDropout1D: [['passes', (x) => r.SpatialDropout1D(0.5)(x)]],
  SpatialDropout2D: [['passes', (x) => r.SpatialDropout2D(0.5)(x), image]],
  SpatialDropout3D: [['passes', (x) => r.SpatialDropout3D(0.5)(x), frames]],
  SpectralNormalization: [
    ['passes', (x) => r.SpectralNormalization(r.Dense(2))(x)],
    ['ends', (x) => r.SpectralNormalization(r.Conv1D(2, 2))(x)],
  ],
  STFTSpectrogram: [['ends', (x) => r.STFTSpectrogram('psd', { frameLength: 3 })(x)]],
  StackedRNNCells: [cell(r.StackedRNNCells([r.SimpleRNNCell(3), r.GRUCell(3)]), 2)],
  StringLookup: [['consumes', () => r.StringLookup({ vocabulary: ['a'] })(words())]],
  Subtract: [['passes', both(r.Subtract())]],
  TextVectorization: [
    ['consumes', () => r.TextVectorization({ vocabulary: ['a'] })(r.Input({ shape: [1], dtype: 'string' }))],
  ],
  TimeDistributed: [
    ['ends', (x) => r.TimeDistributed(r.Dense(2))(x)],
    ['ends', (x) => r.TimeDistributed(r.LSTM(2))(x), image],
  ],
  UnitNormalization: [['passes', (x) => r.UnitNormalization()(x)]],
  UpSampling1D: [['ends', (x) => r.UpSampling1D(2)(x)]],
  UpSampling2D: [['ends', (x) => r.UpSampling2D(2)(x), image]],
  UpSampling3D: [['ends', (x) => r.UpSampling3D(2)(x), frames]],
  ZeroPadding1D: [['ends', (x) => r.ZeroPadding1D(1)(x)]],
  ZeroPadding2D: [['ends', (x) => r.ZeroPadding2D(1)(x), image]],
  ZeroPadding3D: [['ends', (x) => r.ZeroPadding3D(1)(x), frames]],
}

test('the table has every layer', () => {
  expect(Object.keys(table).sort()).toEqual([...everyLayer(recurra).keys()].sort())
})

/** An input, and what it becomes with a mask: of ids where a sample is a vector. */
function maskedInput(sample: readonly number[]): [input: SymbolicTensor, masked: SymbolicTensor] {
  const input = r.Input([...sample])
  return [input, sample.length === 0 ? r.Embedding(9, 3, { maskZero: true })(input) : r.Masking()(input)]
}

const BATCH = 2
/** Which places of the first axes are not valid. */
const isMasked = (place: number): boolean => place % 4 === 1

/** The loss of an output against zeros, and what it is by definition over valid places. */
async function losses(
  input: SymbolicTensor,
  output: SymbolicTensor,
  passes: boolean,
): Promise<[number, number]> {
  const [, ...sample] = input.shape as readonly number[]
  const features = sample.at(-1) ?? 1
  const x = uniform([BATCH, ...sample], 0.5, 1, 1)
  const places = x.data.length / features
  for (let place = 0; place < places; place++)
    if (isMasked(place)) x.data.fill(0, place * features, (place + 1) * features)
  const model = r.Model(input, output)
  model.compile({ loss: 'mse', optimizer: 'sgd' })
  const { data, shape } = await model.predict<Tensor>(x)
  const loss = [
    await model.evaluate(x, r.tensor(new Float32Array(data.length), shape), { verbose: 0 }),
  ].flat()
  model.dispose()
  // The output has the places of the input, or those twice, one sample's after another.
  const [time, width] = [sample.slice(0, -1).reduce((a, b) => a * b, 1), shape.at(-1) ?? 1]
  const steps = data.length / width / BATCH
  const valid = [...data].filter((_, i) => {
    const row = Math.floor(i / width)
    return !passes || !isMasked(Math.floor(row / steps) * time + ((row % steps) % time))
  })
  return [loss[0] ?? Number.NaN, valid.reduce((sum, value) => sum + value ** 2, 0) / valid.length]
}

describe('each layer', () => {
  beforeAll(() => chooseBackend('cpu'))

  const rows = Object.entries(table).flatMap(([name, all]) =>
    all.map((row, i): [string, Row] => [`${name} ${i + 1}: ${row[0]}`, row]),
  )
  test.each(rows)('%s', async (_title, [behaviour, connect, sample = sequence]) => {
    const [input, masked] = maskedInput(sample)
    const warn = vi.spyOn(console, 'warn').mockReturnValue()
    try {
      if (behaviour === 'refuses') {
        expect(() => connect(masked)).toThrow('mask')
        return
      }
      const output = [connect(masked)].flat()[0] as SymbolicTensor
      expect(warn).toHaveBeenCalledTimes(behaviour === 'ends' ? 1 : 0)
      const passes = behaviour === 'passes' || behaviour === 'makes'
      expect(output.maskAxes ?? 0).toBe(passes ? output.shape.length - 1 : 0)
      // Models whose outputs depend on the one input; ids have no places that are not valid here.
      if (sample.length > 0 && behaviour !== 'makes' && dependsOn(output, input)) {
        const [loss, expected] = await losses(input, output, passes)
        expectClose('loss', [loss], [expected], 1e-5)
      }
    } finally {
      warn.mockRestore()
    }
  })
})

/** Whether a tensor needs no other input. */
function dependsOn(tensor: SymbolicTensor, input: SymbolicTensor): boolean {
  const node = tensor.layer.nodes[tensor.nodeIndex]
  return (
    tensor === input ||
    (!!node && node.inputs.length > 0 && node.inputs.every((each) => dependsOn(each, input)))
  )
}
