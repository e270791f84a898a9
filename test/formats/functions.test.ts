/** Functions of one's own in files: by the name that they are registered by, wherever one may stand, and never as code. */
import { beforeAll, expect, test } from 'vitest'
import {
  Activation,
  Adam,
  Dense,
  Input,
  Lambda,
  loadModel,
  MeanMetricWrapper,
  modelFromConfig,
  modelFromJSON,
  ops,
  register,
  Sequential,
  type SymbolicTensor,
  setBackend,
} from '../../src/index.ts'
import { activationNames } from '../../src/layers/options.ts'
import { expectClose } from '../support/compare.ts'
import { expectError } from '../support/expectError.ts'
import { entriesOf } from '../support/kerasFiles.ts'
import { quiet } from '../support/models.ts'
import { uniform } from '../support/values.ts'

const square = (x: SymbolicTensor) => ops.square(x)
const scaled = (x: SymbolicTensor, { lowerEnd }: Readonly<Record<string, unknown>>) =>
  ops.multiply(x, lowerEnd as number)
const absolute = (yTrue: SymbolicTensor, yPred: SymbolicTensor) =>
  ops.mean(ops.abs(ops.subtract(yTrue, yPred)), -1)
const penalty = (x: SymbolicTensor) => ops.multiply(0.01, ops.sum(ops.square(x)))
const bounded = (kernel: SymbolicTensor) => ops.clip(kernel, -0.5, 0.5)
const halving = (step: number) => 0.1 * 0.5 ** step

register('functions>square', square)
register('functions>scaled', scaled)
register('functions>absolute', absolute)
register('penaltyOfFunctions', penalty)
register('functions>bounded', bounded)
register('sumOfFunctions', (x: SymbolicTensor) => ops.sum(x, -1))
register('functions>halving', halving)

beforeAll(async () => {
  await setBackend('cpu')
})

const [x, y] = [uniform([6, 3], -1, 1, 1), uniform([6, 1], -1, 1, 2)]

/** A model with a function in every place where one may stand. */
function build() {
  const model = Sequential([
    Input([3]),
    Dense(4, { activation: square, kernelRegularizer: penalty, kernelConstraint: bounded }),
    Lambda(scaled, { arguments: { lowerEnd: 0.5 } }),
    Activation(square),
    Dense(1),
  ])
  model.compile({
    optimizer: Adam({ learningRate: halving }),
    loss: absolute,
    metrics: [absolute, MeanMetricWrapper(absolute, { name: 'wrapped' })],
  })
  return model
}

const named = (name: string) => ({
  module: 'builtins',
  class_name: 'function',
  config: name,
  registered_name: 'function',
})

test('a file has the names that Keras would write, and trains on with the functions', async () => {
  const model = build()
  await model.fit(x, y, { epochs: 1, shuffle: false, ...quiet })
  const bytes = await model.save()
  const written = JSON.parse(new TextDecoder().decode(entriesOf(bytes)['config.json']))
  const [, dense, lambda, activation] = written.config.layers.map((layer: { config: object }) => layer.config)
  expect(dense).toMatchObject({
    activation: named('functions>square'),
    kernel_regularizer: named('penaltyOfFunctions'),
    kernel_constraint: named('functions>bounded'),
  })
  expect(lambda).toMatchObject({ function: named('functions>scaled'), arguments: { lowerEnd: 0.5 } })
  expect(activation.activation).toEqual(named('functions>square'))
  expect(written.compile_config).toMatchObject({
    optimizer: { config: { learning_rate: named('functions>halving') } },
    loss: named('functions>absolute'),
    metrics: [named('functions>absolute'), { config: { fn: named('functions>absolute') } }],
  })
  const loaded = await loadModel(bytes)
  const rest = { epochs: 3, initialEpoch: 1, shuffle: false, ...quiet }
  const [{ history }, { history: expected }] = [await loaded.fit(x, y, rest), await model.fit(x, y, rest)]
  expect(history).toEqual(expected)
  expect(Object.keys(history)).toEqual(['absolute', 'loss', 'wrapped'])
})

test('a config of Keras in which functions are named', async () => {
  const dense = (config: object) => ({ module: 'keras.layers', class_name: 'Dense', config })
  const config = {
    class_name: 'Sequential',
    config: {
      name: 'sequential',
      layers: [
        {
          module: 'keras.layers',
          class_name: 'InputLayer',
          config: { batch_shape: [null, 2], name: 'input' },
        },
        dense({
          name: 'own',
          units: 2,
          activation: named('functions>square'),
          kernel_initializer: 'identity',
        }),
        dense({
          name: 'of_keras',
          units: 2,
          activation: { ...named('relu'), module: 'keras.activations' },
          kernel_initializer: 'identity',
        }),
        {
          module: 'keras.layers',
          class_name: 'Lambda',
          // Of a package that is not named here, too.
          config: { name: 'lambda', function: named('Custom>sumOfFunctions'), arguments: {} },
        },
      ],
    },
  }
  const model = await modelFromJSON(JSON.stringify(config))
  expect((await model.predict([[-3, 2]])).toArray()).toEqual([13])
})

test('a model goes through its config, also as JSON', async () => {
  const model = Sequential([Input([2]), Lambda(square), Activation(square)])
  const config = model.getConfig()
  for (const given of [config, JSON.parse(JSON.stringify(config))]) {
    const again = await modelFromConfig(given)
    expect((await again.predict([[3, -2]])).toArray()).toEqual([[81, 16]])
  }
})

test('what has no name in files says how to give it one', async () => {
  const plain = (x: SymbolicTensor) => ops.tanh(x)
  const compiled = Sequential([Input([2]), Dense(1)], { name: 'compiled' })
  compiled.compile({ optimizer: 'sgd', loss: (t, p) => absolute(t, p) })
  const attempts: [() => unknown, string][] = [
    [
      () => Sequential([Input([2]), Dense(1, { activation: plain })]).save(),
      'Dense, activation: expected a function that is registered, since files have functions by name, got the function plain. ' +
        "Call register('plain', plain) before.",
    ],
    [
      () => Sequential([Input([2]), Lambda((x) => plain(x))]).toJSON(),
      'Lambda "lambda", function: expected a function that is registered, since files have functions by name, got a function. ' +
        "Call register('name', …) before.",
    ],
    [
      () => Sequential([Input([2]), Dense(1, { kernelConstraint: plain })]).save(),
      'Dense "dense", kernelConstraint: expected a function that is registered, since files have functions by name, got the function plain. ' +
        "Call register('plain', plain) before.",
    ],
    [
      () => compiled.save(),
      'Model "compiled".save, loss: expected a function that is registered, since files have functions by name, got the function loss. ' +
        "Call register('loss', loss) before, or save with { compile: false } and compile after loading.",
    ],
  ]
  for (const [attempt, message] of attempts) await expectError(attempt, message)
})

test('names that a file has and nobody registered, and code, are refused', async () => {
  const json = async (fn: unknown) => {
    const text = JSON.stringify(JSON.parse(await Sequential([Input([2]), Lambda(square)]).toJSON()))
    return text.replace(JSON.stringify(named('functions>square')), JSON.stringify(fn))
  }
  await expectError(
    async () => modelFromJSON(await json(named('My>cube'))),
    'modelFromConfig, Lambda "lambda", function: expected a function that is registered, got "My>cube". Its code is not in the file: ' +
      "write it in ops, and call register('My>cube', …) before.",
  )
  await expectError(
    async () =>
      modelFromJSON(await json({ class_name: '__lambda__', config: { code: '4wEA', defaults: null } })),
    'modelFromConfig, Lambda "lambda", function: expected functions by name, since code in a file is not run, got a lambda of Python. ' +
      "Write it in ops, and call register('lambda', …) before: the function by the layer's name takes its place.",
  )
  const bytes = await build().save()
  const entries = entriesOf(bytes)
  const text = JSON.stringify(JSON.parse(new TextDecoder().decode(entries['config.json'])))
  for (const [name, at] of [
    ['functions>halving', 'optimizer, learningRate'],
    ['functions>absolute', 'loss'],
  ] as const) {
    const changed = text.replace(JSON.stringify(name), '"unknown"')
    await expectError(async () => {
      const { zipped } = await import('../support/kerasFiles.ts')
      return loadModel(zipped({ ...entries, 'config.json': new TextEncoder().encode(changed) }))
    }, `loadModel, ${at}: expected a function that is registered, got "unknown". Its code is not in the file: write it in ops, and call register('unknown', …) before. Or load with { compile: false }, and compile anew.`)
  }
})

test('a function of ops that is an activation is in files by that name, and computes the same', async () => {
  const values = uniform([3, 4], -3, 3, 5)
  const others = ['linear', 'exponential', 'keras2_hard_sigmoid']
  const names = activationNames.filter((name) => !others.includes(name))
  for (const name of names) {
    const camel = name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
    const fn = ops[camel as 'relu']
    const model = Sequential([Input([4]), Activation(fn)])
    const named = Sequential([Input([4]), Activation(name)])
    if (name === 'gelu') {
      await expect(model.save(null)).rejects.toThrow('got the function gelu.')
      continue
    }
    // As in Keras some have two names.
    expect(model.layers[0]?.getConfig().activation).toBe(name.replace('swish', 'silu'))
    const [one, other] = [await model.predict(values, quiet), await named.predict(values, quiet)]
    expectClose(name, one.data, other.data, 2e-6)
    const loaded = await loadModel(await model.save(null))
    expect([...(await loaded.predict(values, quiet)).data]).toEqual([...other.data])
  }
  expect(names.length).toBeGreaterThan(25)
})
