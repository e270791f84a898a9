// A small model of every class of layer, whatever the test runner and however the package is loaded. Before a layer lies one
// with weights, so that gradients go through it.

import type { CallableLayer, Data, Layer, LayersModel, SymbolicTensor, Tensor } from '../../src/index.ts'
import { expectClose, expectEqual } from './compare.ts'
import { uniform } from './values.ts'

type Recurra = typeof import('../../src/index.ts')
type Attending = ReturnType<Recurra['MultiHeadAttention']>

/** The shape of one sample, what is looked at, and how it is connected, where layers are not a chain. */
type Example = readonly [
  inputShape: readonly number[],
  layers: () => readonly CallableLayer[],
  connect?: ((x: SymbolicTensor, layers: readonly CallableLayer[]) => SymbolicTensor) | null,
  /** Samples that are no floats, for layers that compute on the host. */
  data?: Data,
]

const sequence = [5, 3]
const image = [5, 6, 2]
const volume = [3, 4, 3, 2]

/** Examples by the name of the class. */
function examplesOf(r: Recurra): Readonly<Record<string, Example>> {
  const mix = () => r.Dense(3, { activation: 'tanh' })
  const after = (inputShape: readonly number[], layer: () => CallableLayer): Example => [
    inputShape,
    () => [mix(), layer()],
  ]
  /** A merge of what two layers make of one input. */
  const merging = (layer: () => CallableLayer): Example => [
    sequence,
    () => [mix(), r.Dense(3), layer()],
    (x, [first, second, merge]) => {
      if (!first || !second || !merge) throw new TypeError('three layers')
      return merge([first(x), second(x)])
    },
  ]
  /** Attention of what a layer makes of an input to itself. */
  const attending = (layer: () => Attending): Example => [
    sequence,
    () => [mix(), layer() as Layer as CallableLayer],
    (x, [first, attention]) => {
      if (!first || !attention) throw new TypeError('two layers')
      const mixed = first(x)
      return (attention as Layer as Attending)(mixed, mixed, { useCausalMask: true })
    },
  ]
  /** A layer on the host, and one on the device that reads what it gives. */
  const onHost = (layer: () => Layer, data: Data): Example => [
    [1],
    () => [layer() as CallableLayer, r.Dense(3)],
    null,
    data,
  ]
  /** A time step of a cell, whose states are made of the input too. */
  const stepping = (cell: () => CallableLayer, states: number): Example => [
    [4],
    () => [cell(), r.Dense(3), r.Dense(3)],
    (x, [first, ...others]) => {
      if (!first) throw new TypeError('a cell')
      const [output] = first([
        x,
        ...others.slice(0, states).map((state) => state(x)),
      ]) as unknown as SymbolicTensor[]
      if (!output) throw new TypeError('an output')
      return output
    },
  ]
  return {
    Add: merging(r.Add),
    AdditiveAttention: merging(r.AdditiveAttention),
    Attention: merging(() => r.Attention({ useScale: true })),
    Average: merging(r.Average),
    Concatenate: merging(() => r.Concatenate(1)),
    Dot: merging(() => r.Dot([2, 2], { normalize: true })),
    Maximum: merging(r.Maximum),
    Minimum: merging(r.Minimum),
    Multiply: merging(r.Multiply),
    StringLookup: onHost(() => r.StringLookup({ vocabulary: ['a', 'b'] }), [['a'], ['b'], ['c']]),
    Subtract: merging(r.Subtract),
    TextVectorization: onHost(
      () => r.TextVectorization({ vocabulary: ['a', 'b'], outputMode: 'count' }),
      ['a b', 'b', 'c c'],
    ),
    ActivityRegularization: after(sequence, () => r.ActivityRegularization(0.1, 0.2)),
    AlphaDropout: after([9], () => r.AlphaDropout(0.4)),
    Activation: after([4], () => r.Activation('softmax')),
    AveragePooling1D: after(sequence, () => r.AveragePooling1D(2, { strides: 1, padding: 'same' })),
    AveragePooling2D: after(image, () => r.AveragePooling2D(2)),
    AveragePooling3D: after(volume, () => r.AveragePooling3D(2, { padding: 'same' })),
    BatchNormalization: after([4], () => r.BatchNormalization()),
    Bidirectional: [sequence, () => [r.Bidirectional(r.LSTM(4, { returnSequences: true })), r.LSTM(3)]],
    CategoryEncoding: [
      [2],
      () => [r.Dense(1, { kernelInitializer: 'zeros' }), r.CategoryEncoding(3) as never],
    ],
    CenterCrop: after(image, () => r.CenterCrop(3, 4)),
    Conv1D: after(sequence, () => r.Conv1D(4, 3, { padding: 'causal', activation: 'relu' })),
    Conv1DTranspose: after(sequence, () => r.Conv1DTranspose(2, 3, { strides: 2 })),
    Conv2D: after(image, () => r.Conv2D(4, 3, { padding: 'same', activation: 'tanh' })),
    Conv2DTranspose: after(image, () => r.Conv2DTranspose(2, 3, { strides: 2 })),
    Conv3D: after(volume, () => r.Conv3D(3, 2, { padding: 'same', strides: [1, 2, 1] })),
    Conv3DTranspose: after(volume, () => r.Conv3DTranspose(2, 2, { strides: [2, 1, 1] })),
    ConvLSTM1D: [[3, 5, 2], () => [r.ConvLSTM1D(3, 3, { returnSequences: true, recurrentDropout: 0.25 })]],
    ConvLSTM2D: [[3, 4, 5, 2], () => [r.ConvLSTM2D(2, 3, { padding: 'same' })]],
    ConvLSTM3D: [[2, ...volume], () => [r.ConvLSTM3D(2, 2, { padding: 'same' })]],
    Cropping1D: after(sequence, () => r.Cropping1D(1)),
    Cropping2D: after(image, () => r.Cropping2D(1)),
    Cropping3D: after(volume, () => r.Cropping3D([[1, 0], 1, 0])),
    AdaptiveAveragePooling1D: after(sequence, () => r.AdaptiveAveragePooling1D(3)),
    AdaptiveAveragePooling2D: after(image, () => r.AdaptiveAveragePooling2D([2, 4])),
    AdaptiveAveragePooling3D: after(volume, () => r.AdaptiveAveragePooling3D([2, 4, 2])),
    AdaptiveMaxPooling1D: after(sequence, () => r.AdaptiveMaxPooling1D(3)),
    AdaptiveMaxPooling2D: after(image, () => r.AdaptiveMaxPooling2D([2, 4])),
    AdaptiveMaxPooling3D: after(volume, () => r.AdaptiveMaxPooling3D([2, 4, 2])),
    Dense: after([4], () => r.Dense(7, { activation: 'sigmoid' })),
    DepthwiseConv1D: after(sequence, () => r.DepthwiseConv1D(3, { depthMultiplier: 2 })),
    DepthwiseConv2D: after(image, () => r.DepthwiseConv2D(3)),
    Discretization: after(sequence, () => r.Discretization([-0.4, 0, 0.3], { outputMode: 'count' })),
    Dropout: after([9], () => r.Dropout(0.4)),
    EinsumDense: after(sequence, () =>
      r.EinsumDense('abc,cd->abd', [null, 4], { biasAxes: 'd', activation: 'tanh' }),
    ),
    ELU: after(sequence, () => r.ELU(0.7)),
    Embedding: [[4], () => [r.Dense(5, { kernelInitializer: 'zeros' }), r.Embedding(1, 3)]],
    Flatten: after(sequence, () => r.Flatten()),
    GaussianDropout: after([9], () => r.GaussianDropout(0.2)),
    GaussianNoise: after([9], () => r.GaussianNoise(0.2)),
    GlobalAveragePooling1D: after(sequence, () => r.GlobalAveragePooling1D()),
    GlobalAveragePooling2D: after(image, () => r.GlobalAveragePooling2D()),
    GlobalAveragePooling3D: after(volume, () => r.GlobalAveragePooling3D()),
    GlobalMaxPooling1D: after(sequence, () => r.GlobalMaxPooling1D()),
    GlobalMaxPooling2D: after(image, () => r.GlobalMaxPooling2D()),
    GlobalMaxPooling3D: after(volume, () => r.GlobalMaxPooling3D()),
    GroupNormalization: after([4, 6], () => r.GroupNormalization(3)),
    GRU: [sequence, () => [r.GRU(8, { returnSequences: true }), r.GRU(5, { recurrentDropout: 0.25 })]],
    GroupQueryAttention: attending(() => r.GroupQueryAttention(2, 4, 2)),
    GRUCell: stepping(() => r.GRUCell(3) as never, 1),
    Hashing: onHost(() => r.Hashing(5), [['a'], ['b'], ['c']]),
    Identity: after(sequence, () => r.Identity()),
    LSTM: [sequence, () => [r.LSTM(8, { returnSequences: true }), r.LSTM(5, { recurrentDropout: 0.25 })]],
    LSTMCell: stepping(() => r.LSTMCell(3) as never, 2),
    LayerNormalization: after(sequence, () => r.LayerNormalization()),
    LeakyReLU: after(sequence, () => r.LeakyReLU()),
    Masking: [
      sequence,
      () => [r.Masking({ maskValue: 0.5 }), r.LSTM(3, { returnSequences: true, zeroOutputForMask: true })],
    ],
    MaxPooling1D: after(sequence, () => r.MaxPooling1D(2)),
    MaxPooling2D: after(image, () => r.MaxPooling2D(2, { padding: 'same' })),
    MaxPooling3D: after(volume, () => r.MaxPooling3D([1, 2, 2])),
    MultiHeadAttention: attending(() =>
      r.MultiHeadAttention(2, 3, { valueDim: 2, useGate: true, dropout: 0.2 }),
    ),
    MelSpectrogram: [
      [40],
      () => [
        r.Dense(40),
        r.MelSpectrogram(16, 8, { numMelBins: 3, minFreq: 100, samplingRate: 8000, magExp: 1, minPower: 1 }),
      ],
    ],
    IntegerLookup: onHost(() => r.IntegerLookup({ vocabulary: [7, 9] }), [[7], [8], [9]]),
    Normalization: after(sequence, () => r.Normalization()),
    PReLU: after(sequence, () => r.PReLU({ sharedAxes: 1, alphaInitializer: 'ones' })),
    Permute: after(sequence, () => r.Permute([2, 1])),
    RandomBrightness: after(image, () => r.RandomBrightness(0.5, { valueRange: [-1, 1] })),
    RandomContrast: after(image, () => r.RandomContrast([0.5, 0.9], { valueRange: [-1, 1] })),
    RandomCrop: after(image, () => r.RandomCrop(3, 4)),
    RandomFlip: after(image, () => r.RandomFlip()),
    RandomRotation: after(image, () => r.RandomRotation(0.4)),
    RandomTranslation: after(image, () => r.RandomTranslation(0.3, 0.5, { fillMode: 'wrap' })),
    RandomZoom: after(image, () => r.RandomZoom(0.5, 0.3, { fillMode: 'constant', fillValue: 2 })),
    ReLU: after(sequence, () => r.ReLU({ maxValue: 0.6, negativeSlope: 0.1, threshold: 0.2 })),
    RepeatVector: after([4], () => r.RepeatVector(3)),
    Rescaling: after(sequence, () => r.Rescaling(2, [0.5, 0, -1])),
    Resizing: after(image, () => r.Resizing(4, 8, 'bicubic')),
    ReversibleEmbedding: [
      [4],
      () => [r.ReversibleEmbedding(7, 3) as never, r.Dense(3, { activation: 'tanh' })],
      (x, [embedding, dense]) => {
        if (!embedding || !dense) throw new TypeError('two layers')
        return (embedding as ReturnType<Recurra['ReversibleEmbedding']>)(
          dense(embedding(r.Rescaling(0)(x))),
          {
            reverse: true,
          },
        )
      },
    ],
    Reshape: after([4, 2], () => r.Reshape([3, 4])),
    RMSNormalization: after(sequence, () => r.RMSNormalization([1, 2])),
    RNN: after(sequence, () => r.RNN([r.LSTMCell(4), r.GRUCell(3)])),
    SeparableConv1D: after(sequence, () => r.SeparableConv1D(4, 3)),
    SeparableConv2D: after(image, () => r.SeparableConv2D(4, 3, { strides: 2 })),
    SimpleRNN: [
      sequence,
      () => [r.SimpleRNN(8, { returnSequences: true }), r.SimpleRNN(5, { recurrentDropout: 0.25 })],
    ],
    SimpleRNNCell: stepping(() => r.SimpleRNNCell(3) as never, 1),
    StackedRNNCells: stepping(() => r.StackedRNNCells([r.SimpleRNNCell(3), r.GRUCell(3)]) as never, 2),
    STFTSpectrogram: after([16, 2], () => r.STFTSpectrogram('psd', { frameLength: 5, frameStep: 3 })),
    Softmax: after(sequence, () => r.Softmax(1)),
    SpatialDropout1D: after([3, 9], () => r.SpatialDropout1D(0.4)),
    SpatialDropout2D: after([4, 3, 5], () => r.SpatialDropout2D(0.4, { dataFormat: 'channels_first' })),
    SpatialDropout3D: after(volume, () => r.SpatialDropout3D(0.4)),
    SpectralNormalization: after(image, () => r.SpectralNormalization(r.Conv2D(3, 2), 2)),
    TimeDistributed: after([3, 4, 5, 2], () => r.TimeDistributed(r.Conv2D(2, 3))),
    UnitNormalization: after(sequence, () => r.UnitNormalization()),
    UpSampling1D: after(sequence, () => r.UpSampling1D(2)),
    UpSampling2D: after(image, () => r.UpSampling2D(2, { interpolation: 'bilinear' })),
    UpSampling3D: after(volume, () => r.UpSampling3D([1, 2, 2])),
    ZeroPadding1D: after(sequence, () => r.ZeroPadding1D(1)),
    ZeroPadding2D: after(image, () => r.ZeroPadding2D([1, 2])),
    ZeroPadding3D: after(volume, () => r.ZeroPadding3D([1, [0, 2], 1])),
  }
}

export interface LayerModel {
  /** Of one sample. */
  readonly inputShape: readonly number[]
  /** Samples that are no floats. */
  readonly data?: Data | undefined
  /** A compiled model, the same one each time. */
  make(): LayersModel
}

/** A layer of every class, by the class's name. */
export const everyLayer = (recurra: Recurra): ReadonlyMap<string, CallableLayer> =>
  new Map(
    Object.entries(examplesOf(recurra)).flatMap(([name, [, layers]]) =>
      layers()
        // Keras exports GroupedQueryAttention by another name.
        .filter(({ className }) => className.replace('Grouped', 'Group') === name)
        .slice(0, 1)
        .map((layer) => [name, layer]),
    ),
  )

/** Every class of layer by name. */
export function layerModels(recurra: Recurra): ReadonlyMap<string, LayerModel> {
  return new Map(
    Object.entries(examplesOf(recurra)).map(([name, [inputShape, layers, connect, data]]) => {
      const make = () => {
        recurra.setSeed(5)
        const input = recurra.Input([...inputShape])
        const model = connect
          ? recurra.Model(input, connect(input, layers()))
          : recurra.Sequential([...(data ? [] : [input]), ...layers()])
        model.compile({ loss: 'mse', optimizer: recurra.SGD({ learningRate: 0.1, momentum: 0.5 }) })
        return model
      }
      return [name, { inputShape, data, make }]
    }),
  )
}

const BATCH = 3
const STEPS = 3

/** Expects a model to train on WebGPU to the CPU's numbers. */
export async function checkLayerModel(
  recurra: Recurra,
  model: LayerModel,
  device?: GPUDevice,
): Promise<void> {
  await recurra.setBackend('cpu')
  const expected = await trained(recurra, model)
  await recurra.setBackend('webgpu', device ? { device } : {})
  const got = await trained(recurra, model)
  expectEqual('number of results', got.length, expected.length)
  got.forEach((data, i) => {
    // Inputs and slopes are about 1, and weights move by a tenth of those.
    expectClose(`result ${i}`, data, expected[i] ?? [], 1e-5, 0.1)
  })
}

/** Predictions before and after a few steps, the losses of those, and the weights. */
async function trained(recurra: Recurra, { make, inputShape, data }: LayerModel): Promise<Float32Array[]> {
  const model = make()
  const random = (shape: readonly number[], seed: number): Tensor =>
    recurra.tensor(uniform(shape, -1, 1, seed).data, shape)
  const x = data ?? random([BATCH, ...inputShape], 1)
  const before = await model.predict<Tensor>(x)
  const y = random(before.shape, 2)
  const losses: number[] = []
  for (let step = 0; step < STEPS; step++)
    losses.push([await model.trainOnBatch(x, y)].flat()[0] ?? Number.NaN)
  const after = await model.predict<Tensor>(x)
  const weights = await model.getWeights()
  model.dispose()
  return [before.data, Float32Array.from(losses), after.data, ...weights.map(({ data }) => data)]
}
