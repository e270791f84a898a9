/** Training that diverges: the same epoch on every backend, never a finite number after it, one warning, and a way back. */
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  Adam,
  Conv1D,
  config,
  Dense,
  Flatten,
  type LayersModel,
  LossScaleOptimizer,
  LSTM,
  Sequential,
  SGD,
  setSeed,
  tensor,
} from '../../src/index.ts'
import { chooseBackend } from '../support/backends.ts'
import { quiet, rowsOf, weightsOf } from '../support/models.ts'
import { uniform } from '../support/values.ts'

const x = uniform([12, 4, 2], -1, 1, 1)
const y = uniform([12, 1], -1, 1, 2)
const backends = ['cpu', 'webgpu'] as const

const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
beforeEach(() => warn.mockClear())
afterEach(() => config.setDtypePolicy('float32'))
afterAll(() => warn.mockRestore())

const builds: Readonly<Record<string, () => LayersModel>> = {
  relu: () => Sequential([Flatten({ inputShape: [4, 2] }), Dense(5, { activation: 'relu' }), Dense(1)]),
  tanh: () => Sequential([Flatten({ inputShape: [4, 2] }), Dense(5, { activation: 'tanh' }), Dense(1)]),
  LSTM: () => Sequential([LSTM(3, { inputShape: [4, 2] }), Dense(1)]),
  'LSTM of relu': () => Sequential([LSTM(3, { inputShape: [4, 2], activation: 'relu' }), Dense(1)]),
  convolution: () =>
    Sequential([Conv1D(3, 2, { inputShape: [4, 2], activation: 'relu' }), Flatten(), Dense(1)]),
}

test.each(Object.keys(builds))('%s', async (name) => {
  const firsts = []
  for (const backend of backends) {
    await chooseBackend(backend)
    setSeed(3)
    const model = builds[name]?.() ?? expect.fail()
    model.compile({ loss: 'mse', optimizer: SGD(1e12), metrics: ['mae'] })
    warn.mockClear()
    const { history } = await model.fit(x, y, { ...quiet, epochs: 6, batchSize: 6, shuffle: false })
    const losses = history.loss ?? []
    const first = losses.findIndex((loss) => !Number.isFinite(loss))
    expect(first, backend).toBeGreaterThanOrEqual(0)
    expect(losses.slice(first).some(Number.isFinite), `${losses} on ${backend}`).toBe(false)
    expect(losses.at(-1), backend).toBeNaN()
    expect(warn.mock.calls.length, backend).toBe(1)
    firsts.push([first, String(warn.mock.calls[0]?.[0]).replace(/^[^:]*/, '')])
    model.dispose()
  }
  expect(firsts[0]?.[1]).toMatch(
    /expected a finite loss, got (NaN|Infinity) in step \d of epoch \d, after \d+ samples\. .*model\.resetOptimizer\(\)/,
  )
  expect(firsts[1]).toEqual(firsts[0])
})

describe.each(backends)('%s', (backend) => {
  beforeEach(() => chooseBackend(backend))

  test('what finite weights do not heal, resetOptimizer does', async () => {
    setSeed(3)
    const model = builds.relu?.() ?? expect.fail()
    const optimizer = Adam(0.01)
    model.compile({ loss: 'mse', optimizer })
    const before = await model.getWeights()
    optimizer.learningRate = 1e38
    await model.fit(x, y, { ...quiet, epochs: 3 })
    optimizer.learningRate = 0.01
    expect((await weightsOf(model)).some(Number.isFinite)).toBe(false)
    model.setWeights(before)
    await model.fit(x, y, { ...quiet, epochs: 2 })
    expect((await weightsOf(model)).some(Number.isFinite)).toBe(false)

    model.setWeights(before)
    model.resetOptimizer()
    expect(optimizer.iterations).toBe(0)
    const { history } = await model.fit(x, y, { ...quiet, epochs: 3, shuffle: false })
    const other = builds.relu?.() ?? expect.fail()
    other.compile({ loss: 'mse', optimizer: Adam(0.01) })
    other.setWeights(before)
    expect(await other.fit(x, y, { ...quiet, epochs: 3, shuffle: false })).toMatchObject({ history })
    expect(await weightsOf(model)).toEqual(await weightsOf(other))
  })

  test('steps that f16 cannot hold are skipped, and that is said once', async () => {
    config.setDtypePolicy('mixed_float16')
    setSeed(3)
    const optimizer = LossScaleOptimizer(SGD(0.01))
    // A tanh behind the product hides that it is infinite, forward and back.
    const model = Sequential([Flatten({ inputShape: [4, 2] }), Dense(1, { activation: 'tanh' })])
    model.compile({ loss: 'mse', optimizer })
    const before = await weightsOf(model)
    const large = tensor(
      x.data.map((value) => value * 1e7),
      x.shape,
    )
    const { history } = await model.fit(large, y, { ...quiet, epochs: 10, batchSize: 6 })
    expect(history.loss?.length).toBe(10)
    expect(await weightsOf(model)).toEqual(before)
    expect(await optimizer.readState()).toMatchObject({ dynamicScale: 2 ** -5, iterations: 0 })
    const texts = warn.mock.calls.map(([text]) => String(text))
    expect(
      texts.filter((text) => /expected steps that f16 can hold, got 16 in a row/.test(text)),
    ).toHaveLength(1)

    model.resetOptimizer()
    expect(await optimizer.readState()).toEqual({ dynamicScale: 2 ** 15, stepCounter: 0, iterations: 0 })
    warn.mockClear()
    await model.fit(x, y, { ...quiet, epochs: 2, batchSize: 6 })
    expect(await optimizer.readState()).toMatchObject({ iterations: 4 })
    expect(warn).not.toHaveBeenCalled()
  })
})

test('a model that is not compiled has no optimizer to reset', () => {
  const model = Sequential([Dense(1, { inputShape: [1] })])
  expect(() => model.resetOptimizer()).toThrow(/resetOptimizer: expected a compiled model/)
})

test('the step is that in which the loss stops to be finite, on arrays and on streams', async () => {
  const sizes = [4, 2, 3, 3]
  let from = 0
  const ends = [...x.data].fill(1e30, 4 * 2 * 6)
  const large = tensor(ends, x.shape)
  const batches = sizes.map((count) => {
    from += count
    return [rowsOf(large, from - count, from), rowsOf(y, from - count, from)]
  })
  for (const backend of backends) {
    await chooseBackend(backend)
    const model = builds.relu?.() ?? expect.fail()
    model.compile({ loss: 'mse', optimizer: SGD(0) })
    const before = await model.getWeights()
    await model.fit(new Set(batches), null, { ...quiet, epochs: 2 })
    model.setWeights(before)
    await model.fit(large, y, { ...quiet, batchSize: 5, shuffle: false })
    expect(warn.mock.calls.map(([text]) => /in step .* samples/.exec(String(text))?.[0])).toEqual([
      'in step 3 of epoch 1, after 6 samples',
      'in step 2 of epoch 1, after 5 samples',
    ])
    warn.mockClear()
    model.dispose()
  }
})
