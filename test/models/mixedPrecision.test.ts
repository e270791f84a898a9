/** Mixed precision: the policy, products of f16, and a loss scale that lives on the device. */
import { afterEach, expect, test, vi } from 'vitest'
import { backendFor } from '../../src/backends/select.ts'
import {
  Adam,
  Bidirectional,
  type CompileOptions,
  config,
  Dense,
  type DtypePolicy,
  type DynamicLossScaleOptimizer,
  type LayersModel,
  LossScaleOptimizer,
  type LossScaleOptions,
  LSTM,
  Sequential,
  type SequentialModel,
  SGD,
  setSeed,
  type Tensor,
  TimeDistributed,
  tensor,
} from '../../src/index.ts'
import { onEachBackend } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { uniform } from '../support/values.ts'

afterEach(() => config.setDtypePolicy('float32'))

const x = uniform([24, 7], -1, 1, 1)
const y = uniform([24, 3], -1, 1, 2)

function network(policy: DtypePolicy, optimizer: CompileOptions['optimizer'] = SGD(0.1)): SequentialModel {
  config.setDtypePolicy(policy)
  setSeed(3)
  const model = Sequential([Dense(9, { inputShape: [7], activation: 'tanh' }), Dense(3)])
  model.compile({ loss: 'mse', optimizer })
  return model
}

function scaled(options: LossScaleOptions, inner = SGD(0.1)) {
  const optimizer = LossScaleOptimizer(inner, options)
  return { optimizer, model: network('mixed_float16', optimizer) }
}

const train = async (model: LayersModel, steps: number): Promise<void> => {
  for (let i = 0; i < steps; i++) await model.trainOnBatch(x, y)
}

const kernelsOf = (model: LayersModel): readonly string[] => model.plan({ batchSize: 24 }).kernels

test('layers and models have the policy that is in force when they are made', () => {
  expect(config.dtypePolicy()).toBe('float32')
  const model = network('mixed_float16')
  expect(config.dtypePolicy()).toBe('mixed_float16')
  const own = Dense(2, { dtype: 'float32' })
  config.setDtypePolicy('float32')
  expect([model.dtypePolicy, ...model.layers.map(({ dtypePolicy }) => dtypePolicy)]).toEqual([
    'mixed_float16',
    'mixed_float16',
    'mixed_float16',
  ])
  expect(own.dtypePolicy).toBe('float32')
  expect(Dense(2, { dtype: 'mixed_float16' }).dtypePolicy).toBe('mixed_float16')
  expect(() => config.setDtypePolicy('float16' as 'float32')).toThrow(/config.setDtypePolicy.*mixed_float16/)
})

test('compile scales the loss of mixed models unless it is told not to', () => {
  const model = network('mixed_float16', Adam(0.5))
  expect(model.optimizer?.className).toBe('LossScaleOptimizer')
  expect(model.optimizer?.learningRate).toBe(0.5)
  const own = LossScaleOptimizer(Adam())
  model.compile({ loss: 'mse', optimizer: own })
  expect(model.optimizer).toBe(own)
  model.compile({ loss: 'mse', optimizer: 'adam', autoScaleLoss: false })
  expect(model.optimizer?.className).toBe('Adam')
  expect(network('float32').optimizer?.className).toBe('SGD')
  expect(() => LossScaleOptimizer(own)).toThrow(/without loss scaling/)
  expect(() => LossScaleOptimizer(Adam(), { initialScale: 0 })).toThrow(/initialScale/)
})

test('layers that are not mixed keep f32 products, inside wrappers too', () => {
  config.setDtypePolicy('mixed_float16')
  const model = Sequential([
    Bidirectional(LSTM(2, { dtype: 'float32', returnSequences: true }), { inputShape: [3, 2] }),
    TimeDistributed(Dense(2)),
    Dense(1, { dtype: 'float32' }),
  ])
  model.compile({ loss: 'mse', optimizer: 'adam' })
  const text = String(model.plan())
  const count = (name: RegExp): number => [...text.matchAll(name)].length
  // Forward and both gradients of the one mixed layer.
  expect(count(/ matmulF16 /g)).toBe(3)
  expect(count(/ matmul /g)).toBe(1 + 1 + 3)
})

test('a model in f32 is what it was', () => {
  const before = kernelsOf(network('float32'))
  expect(before.some((name) => /f16|overflow|lossScale/i.test(name))).toBe(false)
  network('mixed_float16')
  expect(kernelsOf(network('float32'))).toEqual(before)
})

test('what the backward pass keeps is f16', () => {
  const bytes = (policy: DtypePolicy): number => {
    config.setDtypePolicy(policy)
    const widths = [256, 256, 256, 256, 256, 256, 256, 256]
    const model = Sequential(widths.map((units) => Dense(units, { inputShape: [256], activation: 'tanh' })))
    model.compile({ loss: 'mse', optimizer: 'adam' })
    return model.plan({ batchSize: 4096 }).bytes.activations ?? 0
  }
  const [full, mixed] = [bytes('float32'), bytes('mixed_float16')]
  // Beside them the batch, its target and what one layer works on at a time are f32.
  expect(mixed).toBeLessThan(0.75 * full)
})

onEachBackend((name) => {
  test('gradients are those of f32, whatever the scale', async () => {
    const expected = await network('float32').gradients(x, y)
    for (const initialScale of [1, 2 ** 10, 2 ** 16]) {
      const found = await scaled({ initialScale }).model.gradients(x, y)
      for (const [i, { data }] of Object.values(expected).entries())
        expectClose(`gradient ${i} at ${initialScale}`, Object.values(found)[i]?.data, data, 2e-3)
    }
  })

  test('small gradients survive by the scale', async () => {
    const small = tensor(
      y.data.map((value) => value * 1e-6),
      [24, 3],
    )
    const none = tensor(new Float32Array(24 * 7), [24, 7])
    const gradientOf = async (initialScale: number): Promise<Tensor | undefined> => {
      const { model } = scaled({ initialScale })
      return (
        (await model.gradients(none, small))['sequential/dense_1/bias'] ??
        Object.values(await model.gradients(none, small)).at(-1)
      )
    }
    expect(Math.max(...((await gradientOf(1))?.data ?? []).map(Math.abs))).toBeLessThan(1e-7)
    const mean = [0, 1, 2].map(
      (j) => small.data.filter((_, i) => i % 3 === j).reduce((a, b) => a + b) * (-2 / 72),
    )
    expectClose('bias gradient', (await gradientOf(2 ** 24))?.data, mean, 2e-3)
  })

  test.each([
    ['SGD', () => SGD(0.1)],
    ['momentum', () => SGD({ learningRate: 0.05, momentum: 0.9 })],
    ['Adam', () => Adam(0.01)],
  ])('an overflow skips exactly that update and halves the scale: %s', async (_name, inner) => {
    const { optimizer, model } = scaled({ initialScale: 2 ** 26 }, inner())
    const before = await weightsOf(model)
    await train(model, 1)
    expect(await weightsOf(model)).toEqual(before)
    expect(await optimizer.readState()).toEqual({ dynamicScale: 2 ** 25, stepCounter: 0, iterations: 0 })
    await train(model, 15)
    const { dynamicScale, stepCounter, iterations } = await optimizer.readState()
    const skipped = 26 - Math.log2(dynamicScale)
    expect({ stepCounter, iterations }).toEqual({ stepCounter: 16 - skipped, iterations: 16 - skipped })
    // Skipped steps are no iterations, as in Keras.
    expect(optimizer.iterations).toBe(iterations)
    expect(skipped).toBeGreaterThan(1)
    expect(skipped).toBeLessThan(16)
    // One that began with the scale that this one came down to, and skipped nothing.
    const other = scaled({ initialScale: dynamicScale }, inner())
    await train(other.model, 16 - skipped)
    expectClose('weights', await weightsOf(model), await weightsOf(other.model), 1e-6)
    expect(await weightsOf(model)).not.toEqual(before)
  })

  test('the scale doubles after steps without overflow', async () => {
    const { optimizer, model } = scaled({ initialScale: 8, dynamicGrowthSteps: 3 })
    const seen: number[][] = []
    for (let i = 0; i < 7; i++) {
      await train(model, 1)
      const { dynamicScale, stepCounter } = await optimizer.readState()
      seen.push([dynamicScale, stepCounter])
    }
    expect(seen).toEqual([
      [8, 1],
      [8, 2],
      [16, 0],
      [16, 1],
      [16, 2],
      [32, 0],
      [32, 1],
    ])
  })

  test('weights stay f32', async () => {
    const model = network('mixed_float16', SGD(1e-5))
    const before = await weightsOf(model)
    await train(model, 3)
    const after = await weightsOf(model)
    const moved = after.map((weight, i) => Math.abs(weight - (before[i] ?? 0)))
    expect(Math.max(...moved)).toBeGreaterThan(0)
    // Far less than the distance of two f16.
    expect(Math.max(...moved)).toBeLessThan(2 ** -14)
  })

  test('fit reads nothing back for the scale', async () => {
    const model = network('mixed_float16', Adam(0.01))
    const read = vi.spyOn(await backendFor(() => Number.POSITIVE_INFINITY), 'read')
    const mapped = vi.spyOn(GPUBuffer.prototype, 'mapAsync')
    const { history } = await model.fit(x, y, { epochs: 30, batchSize: 8, ...quiet })
    const bytes = read.mock.calls.map(([, count]) => count)
    const maps = mapped.mock.calls.length
    read.mockRestore()
    mapped.mockRestore()
    expect(history.loss?.at(-1)).toBeLessThan(history.loss?.[0] ?? 0)
    // Each epoch's totals, the loss and the count of skipped steps, and before the last of them nothing else.
    expect(bytes.slice(0, 30)).toEqual(Array<number>(30).fill(2 * 256))
    // No number comes back another way; after the fit, in the background, each arena of weights and slots does once.
    expect(maps).toBe(name === 'webgpu' ? bytes.length : 0)
    expect(bytes.length - 30).toBeLessThanOrEqual(4)
    const optimizer = model.optimizer as DynamicLossScaleOptimizer
    expect(await optimizer.readState()).toMatchObject({ iterations: 90, stepCounter: 90 })
  })

  test('an f16 that overflows on the way forward skips the step, though its gradient is finite', async () => {
    // Behind the tanh nothing is infinite: its slope there is 0.
    config.setDtypePolicy('mixed_float16')
    const optimizer = LossScaleOptimizer(SGD(0.1), { initialScale: 8 })
    const model = Sequential([Dense(2, { inputShape: [1], activation: 'tanh' }), Dense(3)])
    model.compile({ loss: 'mse', optimizer })
    const column = tensor(x.data.slice(0, 24), [24, 1])
    await model.trainOnBatch(column, y)
    const [kernel, ...rest] = await model.getWeights()
    kernel?.data.fill(70000)
    model.setWeights([kernel, ...rest])
    const before = await weightsOf(model)
    expect(before.every(Number.isFinite)).toBe(true)
    expect(await model.trainOnBatch(column, y)).toBeGreaterThan(0)
    expect(await weightsOf(model)).toEqual(before)
    expect(await optimizer.readState()).toEqual({ dynamicScale: 4, stepCounter: 0, iterations: 1 })
  })
})
