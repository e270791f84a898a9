/** Namespaces find their members by Keras's names and by configs, and write them: `losses.get('mse')`, `initializers.deserialize(…)`. */
import { describe, expect, test } from 'vitest'
import * as api from '../../src/index.ts'
import { snakeCase } from '../../src/layers/naming.ts'
import { expectError, untyped } from '../support/expectError.ts'

interface Namespace {
  get(identifier: unknown): unknown
  serialize(given: unknown): unknown
  deserialize(config: unknown): unknown
}

const { activations, constraints, initializers, losses, metrics, optimizers, regularizers } = api
const namespaces = { initializers, losses, metrics, optimizers, regularizers, constraints }

/** Options of classes that need some. */
const NEEDED: Readonly<Record<string, object>> = {
  ConfusionMatrix: { numClasses: 2 },
  IoU: { numClasses: 2, targetClassIds: [0] },
  MeanIoU: { numClasses: 2 },
  OneHotIoU: { numClasses: 2, targetClassIds: [0] },
  OneHotMeanIoU: { numClasses: 2 },
  PrecisionAtRecall: { recall: 0.5 },
  RecallAtPrecision: { precision: 0.5 },
  SensitivityAtSpecificity: { specificity: 0.5 },
  SpecificityAtSensitivity: { sensitivity: 0.5 },
}
/** What users extend. */
const BASES = ['Constraint', 'Initializer', 'Loss', 'Metric', 'Regularizer']
/** What is made of functions, or of optimizers, which have tests of their own. */
const APART = ['LossScaleOptimizer', 'MeanMetricWrapper']

const classes = Object.entries(namespaces).flatMap(([namespace, members]) =>
  Object.keys(members)
    .filter((name) => /^[A-Z]/.test(name) && ![...BASES, ...APART].includes(name))
    .map((name) => [namespace, name] as const),
)
const namespaceOf = (name: string): Namespace => untyped(Reflect.get(namespaces, name))

describe.each(classes)('%s.%s', (namespace, name) => {
  const { get, serialize, deserialize } = namespaceOf(namespace)
  const make: (options?: object) => { readonly className: string; getConfig(): object } = untyped(
    Reflect.get(namespaceOf(namespace), name),
  )
  const needed = NEEDED[name]

  test('is written and read as it is', () => {
    const made = make(needed)
    const written = serialize(made) as { readonly module: string; readonly className: string }
    expect(written).toMatchObject({ module: `keras.${namespace}`, className: name })
    const read = deserialize(JSON.parse(JSON.stringify(written))) as typeof made
    expect(read.className).toBe(name)
    expect(read.getConfig()).toEqual(made.getConfig())
    expect(get(made)).toBe(made)
  })

  test('is found by its name', () => {
    if (needed) return expect(() => get(name)).toThrow(api.RecurraError)
    expect(Object(get(name)).className).toBe(name)
    const { className } = get(snakeCase(name)) as { readonly className: string }
    expect(snakeCase(className)).toBe(snakeCase(name))
  })
})

test('functions are found by their names, and written by them', () => {
  expect(losses.get('mse')).toBe(losses.mse)
  expect(losses.get('mean_squared_error')).toBe(losses.meanSquaredError)
  expect(losses.deserialize(losses.serialize(losses.huber))).toBe(losses.huber)
  expect(metrics.get('binary_accuracy')).toBe(metrics.binaryAccuracy)
  expect(activations.serialize(activations.leakyRelu)).toBe('leaky_relu')
  expect(activations.deserialize('leaky_relu')).toBe(activations.leakyRelu)
  for (const name of Object.keys(activations).filter((name) => !/^(get|serialize|deserialize)$/.test(name))) {
    const activation: (...args: never[]) => unknown = untyped(Reflect.get(activations, name))
    expect(activations.get(activations.serialize(activation))).toBe(activation)
  }
})

test('an optimizer has its schedule, and the optimizer inside it, in its config', () => {
  const schedule = api.ExponentialDecay(0.1, 100, 0.5)
  const scaled = api.LossScaleOptimizer(api.SGD({ learningRate: schedule, momentum: 0.5 }), {
    initialScale: 8,
  })
  const written = optimizers.serialize(scaled)
  expect(written.config.innerOptimizer).toMatchObject({
    className: 'SGD',
    config: {
      momentum: 0.5,
      learningRate: { module: 'keras.optimizers.schedules', className: 'ExponentialDecay' },
    },
  })
  const read = optimizers.deserialize(JSON.parse(JSON.stringify(written))) as typeof scaled
  expect(optimizers.serialize(read)).toEqual(written)
  expect(read.innerOptimizer.rateAt(200)).toBeCloseTo(0.025)
})

test('null is null, and functions of the own are themselves', () => {
  const own = () => 0
  for (const name of ['losses', 'metrics', 'initializers', 'regularizers', 'constraints'])
    expect(namespaceOf(name).get(null)).toBe(null)
  expect(losses.get(untyped(own))).toBe(own)
})

test('classes of the own are found by the names that they are registered by', () => {
  class Doubled extends api.Loss {
    override call(yTrue: api.SymbolicTensor, yPred: api.SymbolicTensor) {
      return api.ops.multiply(losses.meanSquaredError(yTrue, yPred), 2)
    }
  }
  api.register('My>Doubled', Doubled)
  const written = losses.serialize(new Doubled())
  expect(written).toMatchObject({ module: 'own', className: 'My>Doubled' })
  expect(losses.deserialize(written)).toBeInstanceOf(Doubled)
})

test.each([
  ['losses', { class_name: 'Huber', config: { delta: 2 } }, '{ class_name, config }'],
  ['losses', {}, '{}'],
  ['losses', [1], '[1]'],
  ['metrics', { module: 'keras.metrics', class_name: 'AUC' }, '{ module, class_name }'],
  ['metrics', losses.Huber().config, '{ delta, name, reduction }'],
  ['optimizers', { class_name: 'Adam', config: { learning_rate: 0.1 } }, '{ class_name, config }'],
  ['optimizers', () => 0, 'a function'],
  ['optimizers', api.SGD, 'function SGD'],
  ['optimizers', [api.SGD()], '[SGD]'],
] as const)('%s takes no %j for a member', (name, given, shown) => {
  for (const call of ['get', 'deserialize'] as const)
    expect(() => namespaceOf(name)[call](untyped(given))).toThrow(
      `${name}.${call}: expected a member of ${name}, got ${shown}. ${Array.isArray(given) || typeof given === 'function' ? 'There are' : 'Give { className, config }, with options in camelCase.'}`,
    )
})

test.each([
  [
    'losses',
    () => losses.get(untyped('msse')),
    'losses.get: expected a member of losses, got "msse". Did you mean \'mse\'?',
  ],
  [
    'optimizers',
    () => optimizers.get(untyped('adm')),
    'optimizers.get: expected a member of optimizers, got "adm". Did you mean \'adam\'?',
  ],
  [
    'a value that is none',
    () => losses.serialize(untyped(3)),
    'losses.serialize: expected a member of losses, got 3.',
  ],
])('names that there are not: %s', (_what, call, message) => expectError(call, message))
