// What makes losses, metrics, optimizers, initializers, models and tensors: of which kind arguments and options are.

import * as api from '../../../src/index.ts'
import { untyped } from '../expectError.ts'
import {
  atLeastZero,
  extent,
  finite,
  flag,
  integer,
  kind,
  nullable,
  oneOf,
  positive,
  positiveInteger,
  shape,
  share,
  text,
} from '../kinds.ts'
import { everything, type Options, type PublicCall, plain, seed } from './call.ts'
import { lossOptions } from './losses.ts'
import { learningRate } from './schedules.ts'

const { initializers } = api
const initializersByName: Readonly<Record<string, unknown>> = { ...initializers }
const momentum = kind([0.5], (value) => typeof value === 'number' && value >= 0 && value <= 1)
const isFraction = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value <= 1
const named = { name: text } as const
const sharedByOptimizers: Options = {
  name: text,
  learningRate,
  weightDecay: nullable(atLeastZero),
  clipnorm: nullable(positive),
  clipvalue: nullable(positive),
  globalClipnorm: nullable(positive),
  useEma: flag,
  emaMomentum: kind([0, 0.5, 1], isFraction),
  emaOverwriteFrequency: nullable(positiveInteger),
  lossScaleFactor: nullable(positive),
  gradientAccumulationSteps: nullable(
    kind([2], (value) => Number.isSafeInteger(value) && Number(value) >= 2, [1]),
  ),
}
const moments: Options = { ...sharedByOptimizers, beta1: share, beta2: share, epsilon: atLeastZero }
const notPositive = kind([0, -0.5], (value) => Number.isFinite(value) && Number(value) <= 0)
const axes = nullable(
  kind([[0]], (value) => Array.isArray(value) && value.every(Number.isSafeInteger), [[0.5]]),
)
const variance = { seed, inputAxes: axes, outputAxes: axes }
const normal = { mean: finite, stddev: finite, seed }

/** Functions that take options alone: by name, with the kinds of these. */
const makers: Readonly<Record<string, Options>> = {
  ...lossOptions,
  AdamW: { ...moments, amsgrad: flag },
  Adam: { ...moments, amsgrad: flag },
  Adamax: moments,
  Nadam: moments,
  Adagrad: { ...sharedByOptimizers, initialAccumulatorValue: atLeastZero, epsilon: atLeastZero },
  Adadelta: { ...sharedByOptimizers, rho: share, epsilon: atLeastZero },
  Adafactor: {
    ...sharedByOptimizers,
    beta2Decay: notPositive,
    epsilon1: atLeastZero,
    epsilon2: atLeastZero,
    clipThreshold: positive,
    relativeStep: flag,
  },
  Ftrl: {
    ...sharedByOptimizers,
    learningRatePower: notPositive,
    initialAccumulatorValue: atLeastZero,
    l1RegularizationStrength: atLeastZero,
    l2RegularizationStrength: atLeastZero,
    l2ShrinkageRegularizationStrength: atLeastZero,
    beta: finite,
  },
  Lamb: moments,
  Muon: {
    ...sharedByOptimizers,
    adamBeta1: share,
    adamBeta2: share,
    adamWeightDecay: nullable(atLeastZero),
    epsilon: atLeastZero,
    excludeLayers: kind([[], ['out', 'dense_2/.*']], (value) => Array.isArray(value), [['('], [1], 'out']),
    excludeEmbeddings: flag,
    muonA: finite,
    muonB: finite,
    muonC: finite,
    adamLrRatio: atLeastZero,
    momentum: share,
    nsSteps: integer,
    nesterov: flag,
    rmsRate: nullable(atLeastZero),
  },
  Lion: {
    ...sharedByOptimizers,
    beta1: kind([0.5, 1], (value) => isFraction(value) && value !== 0),
    beta2: share,
  },
  RMSprop: { ...sharedByOptimizers, rho: share, momentum, epsilon: atLeastZero, centered: flag },
  SGD: { ...sharedByOptimizers, momentum: momentum, nesterov: flag },
}

const initializerOptions: Readonly<Record<string, Options>> = {
  Zeros: {},
  Ones: {},
  Constant: {
    value: kind(
      [0.5, [1, 2], new Float32Array(2)],
      (value) =>
        (Array.isArray(value) && value.length > 0 ? value : [value]).every(
          (entry) => typeof entry === 'number' && Number.isFinite(entry),
        ),
      [[Number.NaN], ['1']],
    ),
  },
  Identity: { gain: finite },
  RandomUniform: { minval: finite, maxval: finite, seed },
  RandomNormal: normal,
  TruncatedNormal: normal,
  VarianceScaling: {
    ...variance,
    scale: positive,
    mode: oneOf('fan_in', 'fan_out', 'fan_avg'),
    distribution: oneOf('truncated_normal', 'untruncated_normal', 'uniform'),
  },
  Orthogonal: { gain: finite, seed },
  ...Object.fromEntries(
    ['Glorot', 'He', 'Lecun'].flatMap((who) =>
      [`${who}Uniform`, `${who}Normal`].map((name) => [name, variance]),
    ),
  ),
}

const input = api.Input([4, 2])
const output = api.LSTM(2)(input)
const merged = kind([[input, input]], undefined, [[output, [input]], api.Dense(2), [[[1, 2]]]])
const mergeOptions: Options = {
  name: nullable(text),
  trainable: flag,
  dtype: oneOf('float32', null),
  inputShape: nullable(shape),
  batchShape: nullable(shape),
  batchSize: nullable(extent),
}
/** Axes of two inputs of rank three. */
const dotAxes = kind(
  [1, 2, -1, [1, 1], [-1, 2]],
  (value) =>
    value === -1 || (Array.isArray(value) && value.length === 2 && value[0] === -1 && value[1] === 2),
  [3, -3, [1, 2], [0, 0], [2], [1, 1, 1]],
)
/** Functions that are neither layers nor methods. */
export const functions: readonly PublicCall[] = [
  ...Object.entries(makers).map(
    ([name, made]): PublicCall => ({
      name,
      args: [],
      options: made,
      call: plain(everything[name]),
    }),
  ),
  ...Object.entries(initializerOptions).map(
    ([name, made]): PublicCall => ({
      name: `initializers.${name}`,
      args: [],
      options: made,
      call: plain(initializersByName[name]),
    }),
  ),
  ...Object.entries({
    ...Object.fromEntries(
      ['add', 'subtract', 'multiply', 'average', 'maximum', 'minimum'].map((name) => [name, {}]),
    ),
    concatenate: { axis: kind([1, 2, -1, -2], (value) => value === undefined || value === -1, [3, -4]) },
    dot: { axes: dotAxes, normalize: flag },
  }).map(
    ([name, options]): PublicCall => ({
      name,
      args: [merged],
      options: { ...mergeOptions, ...options },
      call: plain(everything[name]),
    }),
  ),
  {
    name: 'LossScaleOptimizer',
    args: [kind([api.SGD()], undefined, ['sgd', api.LossScaleOptimizer(api.SGD())])],
    options: { ...named, initialScale: positive, dynamicGrowthSteps: positiveInteger },
    call: plain(api.LossScaleOptimizer),
  },
  {
    name: 'Model',
    args: [
      kind([input, output], undefined, [[input, 1]]),
      kind([output], undefined, [api.LSTM(2), [output, null]]),
    ],
    options: { name: nullable(text), trainable: flag },
    call: plain(api.Model),
  },
  {
    name: 'Sequential',
    args: [
      kind(
        [[api.Dense(2)], []],
        (value) => value === undefined || value === null || (Array.isArray(value) && value.length === 0),
        [api.Dense(2), [api.Dense], [1]],
      ),
    ],
    options: { name: nullable(text), trainable: flag },
    call: plain(api.Sequential),
  },
  {
    name: 'tensor',
    args: [
      kind([[1, 2], [[1, 2]], new Float32Array(2), new BigInt64Array(2), 1], (value) => isNumbers(value), [
        new BigInt64Array([2n ** 60n]),
      ]),
    ],
    call: plain(api.tensor),
  },
  {
    name: 'tensor of a shape',
    args: [
      kind([[1, 2, 3, 4, 5, 6]], undefined, [[[1, 2, 3]], [1, 2]]),
      kind([[2, 3], [6], [1, 6]], (value) => value === undefined || value === null, [
        [2, 2],
        [2 ** 53, 2 ** 53],
      ]),
    ],
    // A number, alone or in a list, is a scalar.
    agree: ([data, shape]) => Array.isArray(shape) && shape.length === 0 && [data].flat().length === 1,
    call: plain(api.tensor),
  },
  { name: 'setSeed', args: [integer], call: plain(api.setSeed) },
  {
    name: 'config.setDtypePolicy',
    args: [oneOf('float32')],
    call: (_model, policy) => api.config.setDtypePolicy(untyped(policy)),
  },
  {
    name: 'config.setImageDataFormat',
    args: [oneOf('channels_last')],
    call: (_model, format) => api.config.setImageDataFormat(untyped(format)),
  },
  {
    name: 'layer call',
    args: [kind([input, [[[1, 2]]]], undefined, [[input, input], api.LSTM(2), [[1], [1, 2]]])],
    options: {
      initialState: nullable(kind([], undefined, [input, [input, input]])),
      training: nullable(flag),
      // What Dense is, which takes none.
      mask: nullable(kind([], undefined, [input, [input], [null]])),
    },
    call: plain(api.Dense(2)),
  },
  {
    name: 'modelFromConfig',
    args: [
      kind([api.Sequential([api.Dense(2, { inputShape: [3] })]).getConfig()], isEmptyChain, [
        { layers: [3] },
      ]),
    ],
    call: plain(api.modelFromConfig),
  },
]
const isNumbers = (value: unknown): boolean =>
  typeof value === 'number' ||
  value instanceof Float32Array ||
  (Array.isArray(value) &&
    value.every((item) => typeof item === 'number' || (Array.isArray(item) && item.length === 0)))

/** A config of a model without layers. */
function isEmptyChain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('layers' in value)) return false
  return Array.isArray(value.layers) && value.layers.length === 0
}
