/** Callbacks of a model in a worker: hooks of the page run there, those of Recurra in the worker; what is printed is printed in the page. */
import { beforeEach, expect, test, vi } from 'vitest'
import type { History } from '../../src/index.ts'
import type { RemoteModel } from '../../src/worker/index.ts'
import { prepareModel, prepareThreads } from './inThread.ts'

const threads = await prepareThreads()
const { recurra } = threads.page
const { Callback, EarlyStopping } = recurra
const { x, y, model } = prepareModel(threads)
const quiet = { verbose: 0 } as const
let remote: RemoteModel
beforeEach(() => {
  remote = model()
})

test('hooks of the page run in their order, are waited for, and may add to the logs', async () => {
  const seen: string[] = []
  const slow = {
    async onEpochEnd(epoch: number, logs: Record<string, number>) {
      await new Promise((resolve) => setTimeout(resolve, 5))
      logs.added = epoch
      seen.push(`slow ${epoch}`)
    },
  }
  class Own extends Callback {
    override onTrainBegin(): void {
      seen.push(`${this.model.name} ${this.params?.epochs}`)
    }
    override onEpochEnd(epoch: number, logs: Record<string, number>): void {
      seen.push(`own ${epoch} ${logs.added}`)
      if (epoch === 1) this.model.stopTraining = true
    }
    override onBatchEnd(batch: number): void {
      seen.push(`batch ${batch}`)
    }
  }
  const { history, epoch } = await remote.fit(x, y, { ...quiet, epochs: 5, callbacks: [slow, new Own()] })
  expect(seen).toEqual([
    `${remote.name} 5`,
    ...[0, 1].flatMap((e) => ['batch 0', `slow ${e}`, `own ${e} ${e}`]),
  ])
  expect([epoch, history.added]).toEqual([
    [0, 1],
    [0, 1],
  ])
})

test("Recurra's own run in the worker, and tell what became of them", async () => {
  const stop = EarlyStopping({ monitor: 'mae', minDelta: 10, patience: 2, restoreBestWeights: true })
  const rates: number[] = []
  const files: number[] = []
  const record = recurra.History()
  const { epoch, history } = await remote.fit(x, y, {
    ...quiet,
    epochs: 9,
    callbacks: recurra.CallbackList([
      recurra.LearningRateScheduler((epoch, rate) => {
        rates.push(rate)
        return 0.01 / (epoch + 1)
      }),
      recurra.ModelCheckpoint(({ bytes }) => files.push(bytes.length)),
      recurra.ProgbarLogger(),
      record,
      stop,
    ]),
  })
  expect(epoch).toEqual([0, 1, 2])
  expect(stop).toMatchObject({ stoppedEpoch: 2, bestEpoch: 0, best: history.mae?.[0] })
  expect(history.learning_rate).toEqual(
    [0.01, 0.005, Math.fround(0.01 / 3)].map((rate) => expect.closeTo(rate)),
  )
  expect([rates.length, files.length]).toEqual([3, 3])
  expect((await remote.fit(x, y, { ...quiet, callbacks: record })) as History).toBe(record)
  expect(record.history.loss).toHaveLength(4)
})

test('one that extends one of those is refused, as is a hook that nobody calls', async () => {
  class Own extends (EarlyStopping as unknown as new () => object) {}
  await expect(remote.fit(x, y, { callbacks: new Own() })).rejects.toThrow(
    /\.fit: expected callbacks that a worker can make.*got a class that extends EarlyStopping\. Extend Callback/,
  )
  await expect(remote.fit(x, y, { callbacks: { onEpochDone() {} } as never })).rejects.toThrow(
    "got 'onEpochDone'",
  )
})

test('no message is sent for what nobody listens to', async () => {
  const post = vi.spyOn(MessagePort.prototype, 'postMessage')
  await remote.fit(x, y, { ...quiet, epochs: 20, batchSize: 2 })
  expect(post).toHaveBeenCalledTimes(1)
  await remote.fit(x, y, { ...quiet, epochs: 20, batchSize: 2, callbacks: { onEpochEnd() {} } })
  expect(post).toHaveBeenCalledTimes(1 + 1 + 20)
  post.mockRestore()
})

test('progress and the summary are printed in the page', async () => {
  const written: string[] = []
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0)
  const log = vi.spyOn(console, 'log').mockImplementation((text) => written.push(String(text)))
  try {
    await remote.fit(x, y, { verbose: 2, epochs: 2 })
    await remote.summary({ lineLength: 60 })
  } finally {
    write.mockRestore()
    log.mockRestore()
  }
  expect(written.join('')).toMatch(/^Epoch 1\/2\n1\/1 - 0s.*\nEpoch 2\/2\n1\/1.*\nModel: "sequential/s)
  const lines: string[] = []
  await remote.summary({ printFn: (text) => lines.push(text) })
  expect(lines.join()).toContain('Total params')
})
