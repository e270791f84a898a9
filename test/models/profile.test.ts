/** model.profile: times beside the plan's own figures, and nothing changed. */
import { beforeAll, describe, expect, test } from 'vitest'
import { Dense, LSTM, Sequential, setBackend, setSeed } from '../../src/index.ts'
import { expectError } from '../support/expectError.ts'
import { requestTestDevice } from '../support/gpu.ts'
import { uniform } from '../support/values.ts'

const device = await requestTestDevice({ requiredFeatures: ['timestamp-query'] })
const [x, y] = [uniform([3, 4, 2], -1, 1), uniform([3, 1], -1, 1, 2)]

function create() {
  setSeed(1)
  const model = Sequential([LSTM(5, { inputShape: [4, 2], stateful: true, batchSize: 3 }), Dense(1)])
  model.compile({ loss: 'mse', optimizer: 'adam' })
  return model
}

describe.each(['cpu', 'webgpu'] as const)('%s', (backend) => {
  beforeAll(async () => {
    await setBackend(backend, backend === 'webgpu' ? { device } : {})
  })

  test('a training step by operation; weights, optimizer and states stay', async () => {
    const model = create()
    const other = create()
    const report = await model.profile(x, y, { repeats: 3 })
    const plan = model.plan({ training: true })
    expect(report.backend).toBe(backend)
    expect(report.operations.reduce((sum, { launches }) => sum + launches, 0)).toBe(plan.dispatches)
    expect(report.operations.reduce((sum, { flops }) => sum + flops, 0)).toBe(plan.flops)
    const times = report.operations.map(({ milliseconds }) => milliseconds ?? Number.NaN)
    expect(times.every((time) => time >= 0)).toBe(true)
    expect(report.milliseconds).toBeCloseTo(times.reduce((sum, time) => sum + time))
    expect(report.peak?.flopsPerSecond).toBeGreaterThan(1e6)
    for (const { share } of report.operations) expect(share === null || (share >= 0 && share <= 1)).toBe(true)
    for (const { operation } of report.operations) expect(String(report)).toContain(operation)
    const fit = { batchSize: 3, epochs: 2, shuffle: false, verbose: 0 } as const
    expect((await model.fit(x, y, fit)).history).toEqual((await other.fit(x, y, fit)).history)
    for (const made of [model, other]) made.dispose()
  })

  test('a prediction, of inputs alone', async () => {
    const model = create()
    const { operations } = await model.profile(x)
    expect(operations.map(({ operation }) => operation)).not.toContain('adam')
    const product = operations.find(({ operation }) => operation === 'matmul')
    expect(product).toMatchObject({
      shape: [12, 20],
      flops: 2 * 12 * 20 * 2,
      bytes: 4 * (24 + 40 + 20 + 240),
    })
    model.dispose()
  })

  test('refuses what it cannot do', async () => {
    const model = create()
    const where = `Model "${model.name}".profile`
    await expectError(
      () => model.profile(x, y, { repeats: 0 }),
      `${where}: expected repeats to be an integer from 1 to 10000, got 0.`,
    )
    await expectError(
      () => model.profile(uniform([2, 4, 2], -1, 1)),
      `${where}: expected a batch of 3 samples, to which the model is fixed, got 2.`,
    )
    model.dispose()
  })
})
