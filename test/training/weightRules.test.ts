/** Regularizers and constraints in training: which weights they are on, what the loss has of them, what they cost. */
import { beforeAll, expect, test } from 'vitest'
import { layerFromConfig } from '../../src/formats/config/layerConfig.ts'
import { toCamelCase, toSnakeCase } from '../../src/formats/config/snakeCase.ts'
import { configOfLayer } from '../../src/formats/layerConfigWriter.ts'
import * as api from '../../src/index.ts'
import { layerDefinitions } from '../../src/layers/callable.ts'
import type { DenseOptions } from '../../src/layers/core/dense.ts'
import type { Layer } from '../../src/layers/layer.ts'
import type { LSTMOptions } from '../../src/layers/rnn/lstm.ts'
import { rulesOfWeights } from '../../src/layers/weights/ruleReader.ts'
import { withParts } from '../../src/layers/withParts.ts'
import type { OptionTable } from '../../src/util/options.ts'
import { chooseBackend } from '../support/backends.ts'
import { layerModels } from '../support/everyLayer.ts'
import { kerasApi } from '../support/kerasApi.ts'
import { weightsOf } from '../support/models.ts'
import { isRefused } from '../support/optionKinds.ts'
import { uniform } from '../support/values.ts'

const { Bidirectional, Dense, Input, LSTM, Model, Sequential, add, initializers, ops } = api
const [x, y] = [uniform([4, 3], -1, 1, 1), uniform([4, 2], -1, 1, 2)]
const half = initializers.Constant(0.5)
const quiet = { verbose: 0 } as const

class Squares extends api.Regularizer {
  override call(w: api.SymbolicTensor) {
    return ops.multiply(ops.sum(ops.square(w)), 0.25)
  }
}

class Halved extends api.Constraint {
  override call(w: api.SymbolicTensor) {
    return ops.multiply(w, 0.5)
  }
}
api.register('weightRules>Squares', Squares)
api.register('weightRules>Halved', Halved)

beforeAll(() => chooseBackend('cpu'))

test('every weight that has a regularizer or a constraint in Keras has it', () => {
  const lacking = Object.entries(kerasApi.layers).flatMap(([name, options]) => {
    const table: OptionTable | undefined = layerDefinitions.get(name)?.table
    const wanted = options.map(toCamelCase).filter((option) => /(Regularizer|Constraint)$/.test(option))
    return wanted.flatMap((option) => {
      const entry = table?.[option]
      return table && (!entry || isRefused(entry)) ? [`${option} of ${name}`] : []
    })
  })
  expect(lacking).toEqual([])
})

test('every regularizer and constraint among the options of a layer is one of a weight', () => {
  const lost = [...layerModels(api)].flatMap(([name, { make }]) => {
    const model = make()
    const layer = model.layers.find(({ className }) => className.replace('Grouped', 'Group') === name) as
      | Layer
      | undefined
    const options = Object.keys(layer?.config ?? {}).filter((option) =>
      /.(Regularizer|Constraint)$/.test(option),
    )
    const ofWeights = options.filter((option) => !option.startsWith('activity'))
    if (!layer || ofWeights.length === 0) return []
    const { class_name, config } = configOfLayer(layer)
    // Each option has a number of its own, by which its rule is found.
    const rules = ofWeights.map((option, i) => [
      toSnakeCase(option),
      option.endsWith('Regularizer')
        ? { class_name: 'L2', config: { l2: i + 1 } }
        : { class_name: 'MaxNorm', config: { max_value: i + 1, axis: 0 } },
    ])
    const ruled = layerFromConfig({ class_name, config: { ...config, ...Object.fromEntries(rules) } }, name)
    ruled.ensureBuilt('', layer.builtShapes)
    const found = [...rulesOfWeights(withParts([ruled])).values()].flatMap(({ regularizer, constraint }) => [
      regularizer?.config.l2,
      constraint?.config.maxValue,
    ])
    model.dispose()
    return ofWeights.filter((_, i) => !found.includes(i + 1)).map((option) => `${option} of ${name}`)
  })
  expect(lost).toEqual([])
})

type Options = {
  readonly kernelRegularizer?: api.regularizers.RegularizerIdentifier
  readonly trainable?: boolean
}

/** What regularizers add to the loss of a model whose weights are 1/2. */
async function penaltyIn(build: (options: Options) => api.LayersModel, options: Options): Promise<number> {
  const losses: number[] = []
  for (const each of [options, {}]) {
    const model = build(each)
    model.compile({ loss: 'mse', optimizer: 'sgd' })
    losses.push(
      Number(
        await model.evaluate(
          model.inputs.map(() => x),
          y,
          quiet,
        ),
      ),
    )
    model.dispose()
  }
  return (losses[0] ?? 0) - (losses[1] ?? 0)
}

const plain = (options: Options): api.LayersModel =>
  Sequential([Input([3]), Dense(2, { useBias: false, kernelInitializer: half, ...options })])

function shared(options: Options): api.LayersModel {
  const inputs = [Input([3]), Input([3])]
  const layer = Dense(2, { useBias: false, kernelInitializer: half, ...options })
  return Model(inputs, add(inputs.map((input) => layer(input))))
}

const bothWays = (options: Options): api.LayersModel =>
  Sequential([
    Input([3]),
    api.Reshape([3, 1]),
    Bidirectional(LSTM(1, { kernelInitializer: half, recurrentInitializer: half, ...options })),
  ])

test.each([
  ['a kernel', plain, { kernelRegularizer: api.L1L2(0.1, 0.2) }, 6 * (0.1 / 2 + 0.2 / 4)],
  ['a function', plain, { kernelRegularizer: (w) => ops.sum(ops.square(w)) }, 6 / 4],
  ['a class of one\u2019s own', plain, { kernelRegularizer: new Squares() }, 6 / 16],
  ['a layer that is called twice, once', shared, { kernelRegularizer: 'l2' }, 6 * 0.0025],
  ['both directions', bothWays, { kernelRegularizer: 'l1' }, 8 * 0.005],
  // The columns are the same: all products of two are 1.
  ['orthogonality', plain, { kernelRegularizer: api.OrthogonalRegularizer(0.3, 'columns') }, 0.3],
  ['frozen weights', plain, { kernelRegularizer: 'l2', trainable: false }, 0],
] satisfies [string, typeof plain, Options, number][])(
  'the loss has the penalty on %s',
  async (_, build, options, wanted) => {
    expect(await penaltyIn(build, options)).toBeCloseTo(wanted, 5)
  },
)

/** Weights after two steps. */
async function trained(options: DenseOptions, optimizer: api.Optimizer = api.SGD(0.1)): Promise<number[]> {
  const model = Sequential([Input([3]), Dense(2, { kernelInitializer: half, ...options })])
  model.compile({ loss: 'mse', optimizer })
  await model.fit(x, y, { epochs: 2, batchSize: 4, shuffle: false, ...quiet })
  const weights = await weightsOf(model)
  model.dispose()
  return weights
}

test.each([
  [
    'a function',
    { kernelRegularizer: (w: api.SymbolicTensor) => ops.multiply(ops.sum(ops.square(w)), 0.25) },
  ],
  ['a class', { kernelRegularizer: new Squares() }],
])('%s of one\u2019s own trains as L2 does', async (_, options) => {
  const [got, wanted] = [await trained(options), await trained({ kernelRegularizer: api.L2(0.25) })]
  wanted.forEach((value, i) => {
    expect(got[i]).toBeCloseTo(value, 6)
  })
})

test('a fixed scale of the loss changes no penalty', async () => {
  const options = { kernelRegularizer: api.L2(0.25) }
  const scaled = await trained(options, api.SGD({ learningRate: 0.1, lossScaleFactor: 8 }))
  const wanted = await trained(options)
  wanted.forEach((value, i) => {
    expect(scaled[i]).toBeCloseTo(value, 6)
  })
})

test('a constraint of one\u2019s own holds after each update', async () => {
  const still = await trained(
    { kernelConstraint: new Halved(), biasConstraint: (b) => ops.multiply(b, 0) },
    api.SGD(0),
  )
  expect(still).toEqual([...Array<number>(6).fill(0.125), 0, 0])
})

test('files have rules as Keras writes them, and those of registered classes', () => {
  const layer = Dense(2, {
    name: 'dense',
    kernelRegularizer: 'l2',
    biasRegularizer: new Squares(),
    kernelConstraint: api.MaxNorm(3, 0),
    biasConstraint: new Halved(),
    activityRegularizer: api.L1(0.5),
  })
  const config = configOfLayer(layer)
  expect(config.config).toMatchObject({
    kernel_regularizer: { module: 'keras.regularizers', class_name: 'L2', config: { l2: 0.01 } },
    kernel_constraint: {
      module: 'keras.constraints',
      class_name: 'MaxNorm',
      config: { max_value: 3, axis: 0 },
    },
    activity_regularizer: { module: 'keras.regularizers', class_name: 'L1', config: { l1: 0.5 } },
    bias_regularizer: { class_name: 'Squares', registered_name: 'weightRules>Squares' },
  })
  expect(configOfLayer(layerFromConfig(JSON.parse(JSON.stringify(config)), 'file'))).toEqual(config)
})

test('a loss may be left out where a regularizer adds one, and nowhere else', async () => {
  const model = plain({ kernelRegularizer: 'l2' })
  model.compile({ optimizer: 'sgd' })
  expect(await model.evaluate(x, undefined, quiet)).toBeCloseTo(6 * 0.0025, 6)
  expect(() => plain({}).compile({ optimizer: 'sgd' })).toThrow('expected a loss, got none')
  const constrained = Sequential([Input([3]), Dense(2, { kernelConstraint: 'non_neg' })])
  expect(() => constrained.compile({ optimizer: 'sgd' })).toThrow('expected a loss, got none')
})

test('an input has no regularizer', () => {
  expect(() => Input([3], { activityRegularizer: 'l2' } as never)).toThrow(
    'expected activityRegularizer to be null',
  )
})

test('all penalties on weights are one launch and a sum more, all constraints one', async () => {
  await chooseBackend('webgpu')
  const dispatchesOf = (options: LSTMOptions): number => {
    const model = Sequential([
      Input([5, 3]),
      LSTM(4, options),
      Dense(2, { kernelRegularizer: options.kernelRegularizer ?? null }),
    ])
    model.compile({ loss: 'mse', optimizer: 'adam' })
    const { dispatches } = model.plan({ batchSize: 4, training: true })
    model.dispose()
    return dispatches
  }
  const penalized = { kernelRegularizer: 'l2', recurrentRegularizer: 'l1', biasRegularizer: 'l2' } as const
  const without = dispatchesOf({})
  expect(dispatchesOf(penalized)).toBe(without + 2)
  expect(dispatchesOf({ kernelConstraint: 'max_norm', biasConstraint: 'non_neg' })).toBe(without + 1)
  await chooseBackend('cpu')
})
