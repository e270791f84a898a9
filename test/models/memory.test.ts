/** The memory of a model is bounded, however many batch sizes it sees, and a fit keeps what it needs beside them. */
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import {
  Dense,
  LSTM,
  Sequential,
  type SequentialModel,
  setBackend,
  setSeed,
  type Tensor,
} from '../../src/index.ts'
import { requestCountedDevice, requestTestDevice } from '../support/gpu.ts'
import { quiet, rowsOf, weightsOf } from '../support/models.ts'
import { recordDevice } from '../support/recordDevice.ts'
import { recordHeap } from '../support/recordHeap.ts'
import { uniform } from '../support/values.ts'

const counted = await requestCountedDevice()
const { buffers } = recordDevice(counted)

const MOST = 36
/** More than stay compiled. */
const MANY = 20
const [x, y] = [uniform([MOST, 2, 3], -1, 1, 1), uniform([MOST, 1], -1, 1, 2)]

function build(): SequentialModel {
  setSeed(3)
  const model = Sequential([LSTM(2, { inputShape: [2, 3] }), Dense(1)])
  model.compile({ loss: 'mse', optimizer: 'adam' })
  return model
}

/** A model whose time is open, and samples of up to {@link MOST} time steps. */
function buildOpen(): SequentialModel {
  setSeed(3)
  const model = Sequential([LSTM(2, { inputShape: [null, 3] }), Dense(1)])
  model.compile({ loss: 'mse', optimizer: 'adam' })
  return model
}
const sequenceOf = (time: number): Tensor => uniform([time, 3], -1, 1, time)

type Run = (model: SequentialModel, rows: number) => Promise<unknown>
const roles: Readonly<Record<string, Run>> = {
  fit: (model, batchSize) => model.fit(x, y, { ...quiet, batchSize }),
  evaluate: (model, batchSize) => model.evaluate(x, y, { ...quiet, batchSize }),
  predict: (model, batchSize) => model.predict(x, { batchSize }),
  trainOnBatch: (model, rows) => model.trainOnBatch(rowsOf(x, 0, rows), rowsOf(y, 0, rows)),
  testOnBatch: (model, rows) => model.testOnBatch(rowsOf(x, 0, rows), rowsOf(y, 0, rows)),
  gradients: (model, rows) => model.gradients(rowsOf(x, 0, rows), rowsOf(y, 0, rows)),
}

/** Lists of two lengths, one of which is another with each call. */
const ofLists: Readonly<Record<string, Run>> = {
  fit: (model, time) => model.fit([sequenceOf(time), sequenceOf(1)], [[1], [2]], quiet),
  evaluate: (model, time) => model.evaluate([sequenceOf(time), sequenceOf(1)], [[1], [2]], quiet),
  predict: (model, time) => model.predict([sequenceOf(time), sequenceOf(1)]),
}

const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0)
/** Read-backs share buffers that outlive models. */
const onDevice = (): number =>
  sum([...buffers].map(({ label, size }) => (label === 'recurra read-back' ? 0 : size)))

afterEach(() => void vi.restoreAllMocks())
afterAll(() => setBackend('cpu'))

describe.each(['cpu', 'webgpu'] as const)('%s', (name) => {
  const choose = (device: GPUDevice): Promise<unknown> =>
    setBackend(name, name === 'webgpu' ? { device } : {})
  const record = (): (() => number) => (name === 'webgpu' ? onDevice : recordHeap())

  test.each([
    ...Object.entries(roles).map(([role, run]) => [`${role} with many batch sizes`, build, run] as const),
    ...Object.entries(ofLists).map(([role, run]) => [`${role} with many lengths`, buildOpen, run] as const),
  ])('%s', async (_what, make, run) => {
    await choose(counted)
    const bytes = record()
    const before = bytes()
    const model = make()
    // The largest first, so that data and slots are as large as they get; then as many as stay.
    for (let rows = MOST; rows > MOST - MANY; rows--) await run(model, rows)
    const few = bytes() - before
    for (let rows = MOST - MANY; rows > 0; rows--) await run(model, rows)
    expect(few).toBeGreaterThan(0)
    expect(bytes() - before).toBeLessThanOrEqual(few)
    model.dispose()
    await counted.queue.onSubmittedWorkDone()
    await vi.waitFor(() => expect(bytes()).toBeLessThanOrEqual(before))
  })

  test('a fit trains on beside calls with many batch sizes, to the same bits', async () => {
    await choose(await requestTestDevice())
    const [alone, beside] = [build(), build()]
    const options = { ...quiet, batchSize: 10, shuffle: false }
    await alone.fit(x, y, options)
    await beside.fit(x, y, {
      ...options,
      callbacks: {
        async onTrainBatchEnd(step) {
          for (let rows = 1; rows <= 9; rows++) await beside.predict(x, { batchSize: rows + 9 * step })
        },
      },
    })
    expect(await weightsOf(beside)).toEqual(await weightsOf(alone))
    for (const model of [alone, beside]) model.dispose()
  })
})
