// Layers as the tests of wrong calls know them: their options, from the layers' own tables, and of which kind each is.

import * as api from '../../../src/index.ts'
import { layerDefinitions } from '../../../src/layers/callable.ts'
import {
  atLeastZero,
  extent,
  extents,
  finite,
  flag,
  isPlainFunction,
  type Kind,
  kind,
  nullable,
  oneOf,
  shape,
  share,
  text,
  unsupported,
} from '../kinds.ts'
import { absent, everything, type Options, type PublicCall, plain, seed } from './call.ts'
import { preprocessing } from './preprocessing.ts'
import { requiredOf } from './requiredOfLayers.ts'
import { constraint, regularizer } from './rules.ts'

const { initializers } = api
const activation = kind(['relu', null], (value) => value === null || isPlainFunction(value))
const initializer = kind(
  ['zeros', initializers.Ones(), { className: 'Constant', config: { value: 2 } }, (shape: unknown) => shape],
  isPlainFunction,
)
const isPair = (value: unknown): boolean =>
  Array.isArray(value) && value.length === 2 && value.every((side) => extent.accepts(side))
const sides = kind([1, [1, 2]], (value) => value === 0 || isPair(value), [[1, 2, 3], [1], [-1, -1]])
const imageSides = kind([1, [1, 2]], (value) => value === 0 || isPair(value), [[1, 2, 3], [[1, 2]], [1]])
const volumeSides = kind(
  [1, [1, 2, 0]],
  (value) => value === 0 || (Array.isArray(value) && value.length === 3 && value.every(Number.isSafeInteger)),
  [[1, 2], [[1, 2]], [1]],
)

/** Tables of two rows and two columns, as themselves or in a list. */
const tables = nullable(
  kind(
    [
      [
        [1, 2],
        [3, 4],
      ],
      [
        [
          [1, 2],
          [3, 4],
        ],
      ],
    ],
    undefined,
    [[[1, 2]], [1, 2], [[[[1]]]]],
  ),
)

/** Layers that may drop everything. */
const DROPPED_WHOLE = ['Dropout', 'SpatialDropout1D', 'SpatialDropout2D', 'SpatialDropout3D']
const dropped = kind([0, 0.25, 1], (value) => typeof value === 'number' && value >= 0 && value <= 1)

/** Bounds may be left out. */
const hasNoFields = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  value.constructor === Object &&
  Object.keys(value).length === 0

/** Kinds of layers' options by name; where layers differ, by class and name. */
const layerOptions: Options = {
  name: nullable(text),
  trainable: flag,
  dtype: oneOf('float32', null),
  inputShape: nullable(shape),
  batchShape: nullable(shape),
  batchSize: nullable(extent),
  'InputLayer.shape': shape,
  'InputLayer.batchShape': kind([null], (value) => value === null, [shape.valid[0]]), // beside a shape
  sparse: unsupported(false),
  'InputLayer.dtype': oneOf('float32', 'int32', 'string', null),
  inputDim: extent,
  outputDim: extent,
  maskZero: flag,
  maskValue: finite,
  'Embedding.weights': tables,
  'ReversibleEmbedding.weights': tables,
  inputLength: nullable(
    kind([2, [2, 3]], (value) => extent.accepts(value) || shape.accepts(value), [0, [0]]),
  ),
  useScale: flag,
  scoreMode: oneOf('dot', 'concat'),
  useGate: flag,
  slidingWindow: nullable(extent),
  flashAttention: absent,
  attentionAxes: nullable(
    kind(
      [1, [1]],
      (value) =>
        Number.isSafeInteger(value) ||
        (Array.isArray(value) && value.length > 0 && value.every(Number.isSafeInteger)),
      [[]],
    ),
  ),
  outputShape: nullable(
    kind(
      [2, [2, 3]],
      (value) =>
        extent.accepts(value) ||
        (Array.isArray(value) && value.length > 0 && value.every((each) => extent.accepts(each))),
      [[], [0]],
    ),
  ),
  valueDim: nullable(extent),
  'EinsumDense.equation': kind(['ab,bc->ac', '...b,bc->...c']),
  'EinsumDense.outputShape': kind(
    [2, [2], [null]],
    (value) =>
      extent.accepts(value) ||
      (Array.isArray(value) && value.every((each) => each === null || extent.accepts(each))),
    [[0]],
  ),
  biasAxes: nullable(kind(['c'], (value) => typeof value === 'string' && /^[a-z]+$/i.test(value))),
  gptqUnpackedColumnSize: absent,
  ...preprocessing,
  numHeads: extent,
  keyDim: extent,
  headDim: extent,
  numQueryHeads: extent,
  // They divide the heads of queries.
  numKeyValueHeads: kind([1, 2], (value) => extent.accepts(value) && 2 % (value as number) === 0),
  units: extent,
  filters: extent,
  n: extent,
  rate: share,
  ...Object.fromEntries(DROPPED_WHOLE.map((name) => [`${name}.rate`, dropped])),
  dropout: dropped,
  recurrentDropout: dropped,
  powerIterations: extent,
  stddev: kind([0, 0.5, 1], (value) => typeof value === 'number' && value >= 0 && value <= 1),
  'SpectralNormalization.layer': kind([api.Dense(2)]),
  l1: atLeastZero,
  l2: atLeastZero,
  seed,
  noiseShape: nullable(shape),
  activation,
  recurrentActivation: activation,
  padding: oneOf('valid', 'same'),
  'ZeroPadding1D.padding': sides,
  'ZeroPadding2D.padding': imageSides,
  'ZeroPadding3D.padding': volumeSides,
  'Cropping1D.cropping': sides,
  'Cropping2D.cropping': imageSides,
  'Cropping3D.cropping': volumeSides,
  'GroupNormalization.groups': kind([1, -1], (value) => value === -1 || value === 1),
  groups: kind([1], (value) => value === 1),
  depthMultiplier: extent,
  dataFormat: oneOf('channels_last', null),
  interpolation: oneOf('nearest', 'bilinear', 'bicubic', 'lanczos3', 'lanczos5'),
  keepdims: flag,
  synchronized: unsupported(false),
  rmsScaling: flag,
  'UpSampling1D.size': extent,
  'UpSampling2D.size': extents(2),
  'UpSampling3D.size': extents(3),
  targetShape: kind(
    [[6], [-1]],
    (value) => Array.isArray(value) && (value.length === 0 || (value[0] === -1 && value[1] === 2)),
    [[0], [-1, -1], [1.5]],
  ),
  dims: kind([[1], [2, 1]], undefined, [
    [0, 1],
    [1, 1],
    [2, 3],
  ]),
  layer: kind([api.LSTM(2)]),
  cell: kind([api.LSTMCell(2), [api.GRUCell(2)]]),
  cells: kind([[api.LSTMCell(2), api.GRUCell(2)]]),
  backwardLayer: nullable(kind([api.LSTM(2, { goBackwards: true })])),
  mergeMode: oneOf('concat', 'sum', 'mul', 'ave', null),
  weights: absent,
  ...Object.fromEntries(
    ['LayerNormalization', 'RMSNormalization', 'UnitNormalization', 'Softmax'].map((name) => [
      `${name}.axis`,
      kind(
        [-1, [-1]],
        (value) => Number.isSafeInteger(value) || (Array.isArray(value) && value.every(Number.isSafeInteger)),
      ),
    ]),
  ),
  axis: kind([-1], Number.isSafeInteger),
  axes: kind(
    [-1, [1, 2]],
    (value) =>
      Number.isSafeInteger(value) ||
      (Array.isArray(value) && value.length === 2 && value.every(Number.isSafeInteger)),
    [[1], [1, 2, 3]],
  ),
  normalize: flag,
  maxValue: nullable(atLeastZero),
  'LeakyReLU.negativeSlope': finite,
  negativeSlope: atLeastZero,
  threshold: atLeastZero,
  alpha: finite,
  sharedAxes: nullable(
    kind(
      [1, [1], []],
      (value) =>
        (Array.isArray(value) ? value : [value]).every((axis) => Number.isSafeInteger(axis) && axis > 0),
      [0, [0], [1.5]],
    ),
  ),
  renorm: flag,
  renormClipping: nullable(
    kind([{ rmin: 0.5, rmax: 2, dmax: 1 }, {}], hasNoFields, [
      { rmin: 2, rmax: 1 },
      { dmax: -1 },
      { r: 1 },
      { rmax: Number.NaN },
      3,
    ]),
  ),
  renormMomentum: finite,
  momentum: kind([0.5], (value) => typeof value === 'number' && value >= 0 && value <= 1),
  epsilon: atLeastZero,
  center: flag,
  scale: flag,
  unroll: flag,
  useCudnn: kind(['auto', true, false], (value) => ['auto', true, false].includes(value as never)),
  ...Object.fromEntries(
    [
      'useBias',
      'unitForgetBias',
      'returnSequences',
      'returnState',
      'goBackwards',
      'stateful',
      'resetAfter',
      'zeroOutputForMask',
    ].map((name) => [name, flag]),
  ),
}

const rankOf = (className: string): number => Number(/(\d)D/.exec(className)?.[1] ?? 1)

/** Whether the outputs of a layer are no part of a step. */
const isOutside = (className: string): boolean =>
  /Cells?$|^(InputLayer|StringLookup|IntegerLookup|Hashing|HashedCrossing|Discretization|TextVectorization)$/.test(
    className,
  )

function layerOption(className: string, name: string): Kind {
  const found = layerOptions[`${className}.${name}`] ?? layerOptions[name]
  if (found) return found
  if (/Initializer$/.test(name)) return initializer
  if (/^(kernelSize|poolSize|outputSize)$/.test(name)) return extents(rankOf(className))
  if (name === 'strides')
    return /Pooling/.test(className) ? nullable(extents(rankOf(className))) : extents(rankOf(className))
  if (name === 'dilationRate') return extents(rankOf(className))
  if (name === 'outputPadding') return nullable(kind([], (value) => value === 0))
  if (/Constraint$/.test(name)) return constraint
  if (/Regularizer$/.test(name))
    return name === 'activityRegularizer' && isOutside(className) ? absent : regularizer
  if (/^(lora(Rank|Alpha)|quantizationConfig)$/.test(name)) return absent
  throw new Error(`no kind for ${className}.${name}`)
}

/** Layers, made by keywords; Lambda is code of one's own (ownCode.ts), and some are of `recurra/applications`. */
const made = [...layerDefinitions].filter(
  ([className]) => className !== 'Lambda' && (className === 'InputLayer' || className in everything),
)

export const layers = made.map(([className, { table }]): PublicCall => {
  const name = className === 'InputLayer' ? 'Input' : className
  const base = requiredOf(className)
  const options = Object.fromEntries(
    Object.keys(table).map((option) => [option, layerOption(className, option)]),
  )
  return { name, args: [], options, base, isKeyword: true, call: plain(everything[name]) }
})
