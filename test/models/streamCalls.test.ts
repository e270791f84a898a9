/** Streams of batches in every call: how far ahead they are read, how they end, what their errors leave, and what ends a call. */
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import {
  Dense,
  type FitOptions,
  RecurraError,
  Sequential,
  type SequentialModel,
  setSeed,
  type Tensor,
} from '../../src/index.ts'
import { Call } from '../../src/models/call.ts'
import { onEachBackend } from '../support/backends.ts'
import { quiet, rowsOf, weightsOf } from '../support/models.ts'
import { uniform } from '../support/values.ts'
import { WatchedStream } from '../support/watchedStream.ts'

const [x, y] = [uniform([12, 3], -1, 1, 1), uniform([12, 1], -1, 1, 2)]
const batches: readonly (readonly [Tensor, Tensor])[] = [0, 4, 8].map((from) => [
  rowsOf(x, from, from + 4),
  rowsOf(y, from, from + 4),
])
const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
afterEach(() => void warn.mockClear())
afterAll(() => warn.mockRestore())

function line(): SequentialModel {
  setSeed(7)
  const model = Sequential([Dense(1, { inputShape: [3] })])
  model.compile({ loss: 'mse', optimizer: 'adam', metrics: ['mae'] })
  return model
}

/** Every call that takes a stream. */
const calls: Readonly<Record<string, (stream: never, signal?: AbortSignal) => Promise<unknown>>> = {
  fit: (stream, signal = new AbortController().signal) => line().fit(stream, null, { ...quiet, signal }),
  'fit, validationData': (stream, signal = new AbortController().signal) =>
    line().fit(x, y, { ...quiet, validationData: stream, signal }),
  evaluate: (stream, signal = new AbortController().signal) =>
    line().evaluate(stream, null, { ...quiet, signal }),
  predict: (stream, signal = new AbortController().signal) => line().predict(stream, { signal }),
}

const failureOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'no error',
    (error: unknown) => error,
  )

describe.each(Object.entries(calls))('%s', (_name, call) => {
  test('takes iterables, async ones, generators and functions that return one', async () => {
    async function* generator() {
      yield* batches
    }
    for (const stream of [
      new Set(batches),
      generator(),
      generator,
      () => Promise.resolve(batches),
      new WatchedStream(batches),
    ])
      await call(stream as never)
  })

  test('asks for a batch while the step before runs, and for none beyond', async () => {
    const stream = new WatchedStream(batches)
    const run = Call.prototype.run
    const spy = vi.spyOn(Call.prototype, 'run').mockImplementation(async function (this: Call, ...args) {
      await run.apply(this, args)
      stream.events.push('step')
      // A batch that was not asked for by then would have to be waited for.
      await new Promise((resolve) => setTimeout(resolve))
    })
    try {
      await call(stream as never)
    } finally {
      spy.mockRestore()
    }
    const read = stream.events.indexOf('read 0')
    expect(
      stream.events.slice(read).filter((event, i, all) => event !== 'step' || all[i - 1] !== 'step'),
    ).toEqual(['read 0', 'step', 'read 1', 'step', 'read 2', 'step'])
    expect(stream.closed).toBe(stream.opened)
  })

  test('says of which batch an error is, and closes what it began', async () => {
    const stream = new WatchedStream(batches)
    const broken = {
      async *[Symbol.asyncIterator]() {
        yield* [batches[0], batches[1]]
        throw new TypeError('the disk is gone')
      },
    }
    const error = await failureOf(call(broken as never))
    expect(error).toBeInstanceOf(RecurraError)
    expect(String(error)).toMatch(/batch 2: expected a batch, got an error, TypeError: the disk is gone\.$/)
    expect((error as Error).cause).toBeInstanceOf(TypeError)
    stream.closed = 0
    const odd = async function* () {
      for await (const [inputs, targets] of stream as AsyncIterable<(typeof batches)[0]>)
        yield [stream.events.length === 2 ? rowsOf(y, 0, 4) : inputs, targets]
    }
    expect(String(await failureOf(call(odd as never)))).toMatch(
      /batch 1, x: expected input \[batch, 3\], got \[4, 1\]/,
    )
    expect(stream.closed).toBe(1)
  })

  test('an aborted signal ends it with an AbortError, though the stream never answers', async () => {
    const controller = new AbortController()
    let isClosed = false
    const waiting = {
      [Symbol.asyncIterator]: () => ({
        asked: 0,
        next() {
          if (this.asked++ === 0) return Promise.resolve({ done: false, value: batches[0] })
          setTimeout(() => controller.abort())
          return new Promise(() => undefined)
        },
        async return() {
          isClosed = true
          return { done: true, value: undefined }
        },
      }),
    }
    const error = await failureOf(call(waiting as never, controller.signal))
    expect(error).toMatchObject({ name: 'AbortError' })
    expect(error).not.toBeInstanceOf(RecurraError)
    expect(isClosed).toBe(true)
    const reason = new Error('enough')
    expect(await failureOf(call(new WatchedStream(batches) as never, AbortSignal.abort(reason)))).toBe(reason)
  })

  test('what is no stream is told', async () => {
    expect(String(await failureOf(call((() => 5) as never)))).toMatch(
      /expected a stream of batches, or a function that returns one, got 5\./,
    )
    expect(String(await failureOf(call(new Set() as never)))).toMatch(
      /got a stream that has ended, or is empty/,
    )
  })
})

onEachBackend(() => {
  test('after a stream that breaks, weights are those of the last whole step, and training goes on', async () => {
    const [model, plain] = [line(), line()]
    const broken = function* () {
      yield* batches.slice(0, 2)
      throw new Error('gone')
    }
    await expect(model.fit(broken, null, quiet)).rejects.toThrow('batch 2')
    await plain.fit(x, y, { ...quiet, batchSize: 4, stepsPerEpoch: 2, shuffle: false })
    expect(await weightsOf(model)).toEqual(await weightsOf(plain))
    expect(model.optimizer?.iterations).toBe(2)
    for (const each of [model, plain]) await each.fit(new Set(batches), null, quiet)
    expect(await weightsOf(model)).toEqual(await weightsOf(plain))
  })

  test('a signal ends a fit on arrays between two steps', async () => {
    const controller = new AbortController()
    const model = line()
    const onTrainBatchEnd = (batch: number): void => {
      if (batch === 1) controller.abort()
    }
    const fit = model.fit(x, y, {
      ...quiet,
      batchSize: 4,
      epochs: 5,
      signal: controller.signal,
      callbacks: { onTrainBatchEnd },
    })
    await expect(fit).rejects.toMatchObject({ name: 'AbortError' })
    expect(model.optimizer?.iterations).toBe(2)
    expect((await model.fit(x, y, quiet)).history.loss).toHaveLength(1)
    await expect(model.trainOnBatch(x, y, { signal: controller.signal })).rejects.toMatchObject({
      name: 'AbortError',
    })
    expect(model.optimizer?.iterations).toBe(3)
  })

  test('dispose ends a fit with an AbortError', async () => {
    const model = line()
    const disposed = model.fit(x, y, {
      ...quiet,
      epochs: 2,
      callbacks: { onEpochEnd: () => model.dispose() },
    })
    await expect(disposed).rejects.toMatchObject({ name: 'AbortError', message: /was disposed while it ran/ })
    const waiting = line()
    const stream = async function* () {
      yield batches[0]
      setTimeout(() => waiting.dispose())
      await new Promise(() => undefined)
    }
    await expect(waiting.fit(stream as never, quiet)).rejects.toMatchObject({ name: 'AbortError' })
  })
})

test('a stream that is shorter than an epoch ends it, and the next begins it again', async () => {
  const stream = new WatchedStream(batches)
  const model = line()
  await model.fit(stream, null, { ...quiet, epochs: 3, stepsPerEpoch: 2 })
  expect([model.optimizer?.iterations, stream.opened]).toEqual([5, 2])
  expect(warn.mock.calls).toHaveLength(1)
  expect(String(warn.mock.calls[0])).toMatch(
    /expected 2 batches for epoch 2, got 1, with which the stream ended/,
  )
})

test.each<[string, (model: SequentialModel) => FitOptions, RegExp | null]>([
  [
    'a callback that throws',
    () => ({ callbacks: { onTrainBatchEnd: () => Promise.reject(new Error('enough')) } }),
    /^Error: enough$/,
  ],
  [
    'stopTraining',
    (model) => ({
      callbacks: {
        onTrainBatchEnd() {
          model.stopTraining = true
        },
      },
    }),
    null,
  ],
  ['stepsPerEpoch', () => ({ stepsPerEpoch: 1 }), null],
])('%s closes the stream', async (_what, optionsOf, message) => {
  const stream = new WatchedStream(batches)
  const model = line()
  const failure = await failureOf(model.fit(stream, null, { ...quiet, ...optionsOf(model) }))
  expect(String(failure)).toMatch(message ?? /^no error$/)
  expect([model.optimizer?.iterations, stream.opened, stream.closed]).toEqual([1, 1, 1])
})

test.each<[string, readonly unknown[], RegExp]>([
  ['targets of another shape', [x, uniform([12, 2], -1, 1)], /batch 1, y: expected targets \[batch, 1\]/],
  ['other rows of targets', [x, rowsOf(y, 0, 3)], /batch 1: expected as many targets and weights as inputs/],
  ['no targets', [x], /batch 1: expected \[x, y\] or \[x, y, sampleWeight\]/],
  ['inputs by name', [{ input: x, more: x }, y], /batch 1, x: expected the names/],
])('a stream that changes: %s', async (_what, batch, message) => {
  const model = line()
  await expect(model.fit(new Set([batches[0], batch]) as never, quiet)).rejects.toThrow(message)
  expect(model.optimizer?.iterations).toBe(1)
})

test('a generator of the caller goes on in the next call', async () => {
  const stream = new WatchedStream(batches, 100)
  const generator = stream[Symbol.asyncIterator]()
  const model = line()
  await model.fit(generator, null, {
    ...quiet,
    epochs: 2,
    stepsPerEpoch: 2,
    validationData: generator,
    validationSteps: 1,
  })
  await model.evaluate(generator, null, { ...quiet, steps: 2 })
  await model.predict(generator, { steps: 1 })
  expect(stream.events).toHaveLength(4 + 2 + 2 + 1)
  expect(stream.closed).toBe(0)
})
