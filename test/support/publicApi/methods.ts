// The methods of models: of which kind their arguments and options are.

import * as api from '../../../src/index.ts'
import { untyped } from '../expectError.ts'
import {
  extent,
  flag,
  integer,
  isPlainFunction,
  type Kind,
  kind,
  nullable,
  positiveInteger,
} from '../kinds.ts'
import { uniform } from '../values.ts'
import type { AnyFunction, PublicCall } from './call.ts'
import { learningRate } from './schedules.ts'

/** A method of the model. */
const method =
  (name: keyof api.SequentialModel): PublicCall['call'] =>
  (model, ...args) =>
    (model[name] as AnyFunction).apply(model, untyped(args))
const x = kind([uniform([3, 4, 2], -1, 1, 1), uniform([3, 4, 2], -1, 1, 2).toArray()], undefined, [
  uniform([3, 4], -1, 1),
  uniform([3, 4, 3], -1, 1),
  uniform([3, 4, 2, 2], -1, 1),
  api.tensor([], [0, 4, 2]),
  api.tensor(new Float32Array(24).fill(Number.NaN), [3, 4, 2]),
  [[[1, '2']]],
  { x: 1 },
])
const y = kind([uniform([3, 2], -1, 1, 3)], undefined, [
  uniform([2, 2], -1, 1),
  uniform([3, 3], -1, 1),
  uniform([3, 2, 2], -1, 1),
  api.tensor(new Float32Array(6).fill(Number.POSITIVE_INFINITY), [3, 2]),
  [
    [1, 2],
    [3, 4],
    ['5', 6],
  ],
])
const sampleWeight = nullable(
  kind(
    [
      [1, 0.5, 2],
      [[1], [0.5], [2]],
    ],
    undefined,
    [[1, 2], [1, Number.NaN, 2], uniform([3, 2], 0, 1)],
  ),
)
const classWeight = nullable(
  kind([{ 0: 1, 1: 2 }, new Map([[0, 2]])], (value) => value instanceof Map && value.size === 0, [
    { 0: Number.NaN },
    { 0: '1' },
    { '-1': 1 },
    new Map([[0.5, 1]]),
  ]),
)
/** An object without own keys is an empty table. */
const orEmpty = ({ valid, accepts, invalid }: Kind): Kind =>
  kind(valid, (value) => accepts(value) || isEmptyObject(value), invalid)
const isEmptyObject = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.getPrototypeOf(value) === Object.prototype &&
  Object.keys(value).length === 0

const quiet = kind([0], (value) => [0, 1, 2, 'auto'].includes(untyped(value)), [3])
const batchSize = nullable(extent)
const callbacks = nullable(
  kind([[], { onEpochEnd: () => undefined }], (value) => Array.isArray(value) && value.length === 0, [
    { onEpochEn: () => undefined },
    { on_epoch_end: () => undefined },
    { onEpochEnd: 1 },
    [null],
  ]),
)
export const signal = nullable(
  kind([new AbortController().signal], undefined, [new AbortController(), { aborted: false }]),
)
const options = {
  fit: {
    batchSize,
    epochs: positiveInteger,
    verbose: quiet,
    callbacks,
    validationSplit: kind([0, 0.4], (value) => value === 0, [1]),
    validationData: nullable(
      kind([[x.valid[0], y.valid[0]]], undefined, [[x.valid[0]], [1, 2], [x.valid[0], 3]]),
    ),
    validationBatchSize: batchSize,
    validationSteps: nullable(positiveInteger),
    validationFreq: kind(
      [2, [1, 3]],
      (value) =>
        positiveInteger.accepts(value) ||
        (Array.isArray(value) && value.length > 0 && value.every(positiveInteger.accepts)),
      [[], [0], [1.5], ['1'], [[1]]],
    ),
    shuffle: nullable(flag),
    classWeight: orEmpty(classWeight),
    sampleWeight: nullable(kind([], undefined, sampleWeight.invalid)),
    initialEpoch: integer,
    stepsPerEpoch: nullable(positiveInteger),
    signal,
  },
  weights: {
    sampleWeight,
    classWeight: orEmpty(nullable(kind([], classWeight.accepts, classWeight.invalid))),
  },
} as const

const losses = kind(['mse', api.MeanAbsoluteError(), ['mse']], isPlainFunction, [
  ['mse', 'mse'],
  { className: 'MeanSquaredError', config: 5 },
  { lower: 5 },
])
/** What losses of one output are multiplied by. */
const isLossWeight = (value: unknown): boolean => Number.isFinite(value)
const lossWeights = nullable(
  kind(
    [0.5, [0.5], [null]],
    (value) =>
      isLossWeight(value) ||
      (Array.isArray(value) && value.length === 1 && (value[0] === null || isLossWeight(value[0]))),
    [[1, 2], ['1']],
  ),
)
const metrics = orEmpty(
  nullable(
    kind(
      [['mae'], [api.BinaryAccuracy({ name: 'constructor' })]],
      (value) =>
        isPlainFunction(value) ||
        (Array.isArray(value) && value[0] !== value && value.flat().every((metric) => metric === null)),
      [['nonsense'], [3], [{ lower: 1 }]],
    ),
  ),
)
const optimizer = kind(['sgd', 'nadam', api.Adam(0.1), { className: 'Adam', config: {} }], undefined, [
  'AdamX',
])

const methods: readonly PublicCall[] = [
  {
    name: 'fit',
    args: [x, y],
    options: options.fit,
    base: { verbose: 0 },
    call: method('fit'),
  },
  {
    name: 'evaluate',
    args: [x, y],
    options: {
      batchSize,
      verbose: quiet,
      callbacks,
      sampleWeight,
      steps: nullable(positiveInteger),
      returnDict: flag,
      signal,
    },
    base: { verbose: 0 },
    call: method('evaluate'),
  },
  {
    name: 'predict',
    args: [x],
    options: { batchSize, verbose: quiet, callbacks, steps: nullable(positiveInteger), signal },
    call: method('predict'),
  },
  { name: 'predictOnBatch', args: [x], call: method('predictOnBatch') },
  {
    name: 'trainOnBatch',
    args: [x, y],
    options: { ...options.weights, returnDict: flag, signal },
    call: method('trainOnBatch'),
  },
  {
    name: 'testOnBatch',
    args: [x, y],
    options: { ...options.weights, returnDict: flag, signal },
    call: method('testOnBatch'),
  },
  {
    name: 'gradients',
    args: [x, y],
    options: options.weights,
    call: method('gradients'),
  },
  {
    name: 'profile',
    args: [x, nullable(kind(y.valid, (value) => value === undefined, y.invalid))],
    options: { repeats: kind([1], (value) => value === 1, [20_000]) },
    base: { repeats: 1 },
    call: method('profile'),
  },
  {
    name: 'compile',
    args: [],
    options: { optimizer, loss: losses, lossWeights, metrics, autoScaleLoss: flag },
    base: { loss: 'mse' },
    call: method('compile'),
  },
  {
    name: 'summary',
    args: [],
    options: {
      lineLength: nullable(kind([90], undefined, [20_000])),
      positions: nullable(kind([[0.4, 0.8, 1]], undefined, [[0.5, 1], [0.5, 0.5, 1], [0.4, 0.8, 2], 3])),
      expandNested: flag,
      showTrainable: flag,
      layerRange: nullable(kind([['.*', '.*']], undefined, [['none', '.*'], ['.*'], ['(', '.*'], 3])),
      printFn: kind([() => undefined], (value) => value === null || typeof value === 'function'),
    },
    base: { printFn: () => undefined },
    call: method('summary'),
  },
  {
    name: 'plan',
    args: [],
    options: {
      batchSize,
      shapes: nullable(
        kind([[4, 2]], undefined, [
          1,
          [1],
          [
            [4, 2],
            [4, 2],
          ],
        ]),
      ),
      training: nullable(flag),
    },
    call: method('plan'),
  },
  {
    name: 'getLayer',
    args: [kind([0, -1], (value) => value === 0 || value === -1, [2, -3])],
    call: method('getLayer'),
  },
  {
    name: 'setWeights',
    args: [kind([], undefined, [uniform([2], 0, 1)])],
    call: method('setWeights'),
  },
  {
    name: 'resetStates',
    // The model keeps no states: none are all.
    args: [
      kind(
        [null, []],
        (value) => value === undefined || value === null || (Array.isArray(value) && value.length === 0),
        [[uniform([2], 0, 1)], uniform([2], 0, 1)],
      ),
    ],
    call: method('resetStates'),
  },
  {
    name: 'add',
    args: [kind([], undefined, [api.Conv2D(2, 2), api.Input([2])])],
    call: method('add'),
  },
]

const setters: readonly PublicCall[] = [
  {
    name: 'optimizer.learningRate',
    // A function, which it may be, too, would have no number after it.
    args: [kind([0, 0.5], learningRate.accepts)],
    call: (m, rate) => assign(m.optimizer, 'learningRate', rate),
  },
  {
    name: 'optimizer.iterations',
    args: [kind([3], (value) => value === 0)],
    call: (m, count) => assign(m.optimizer, 'iterations', count),
  },
  { name: 'stopTraining', args: [flag], call: (m, value) => assign(m, 'stopTraining', value) },
]
function assign(target: unknown, name: string, value: unknown): void {
  ;(target as Record<string, unknown>)[name] = value
}

/** The methods of models, and what can be set on them. */
export const publicMethods: readonly PublicCall[] = [...methods, ...setters]
