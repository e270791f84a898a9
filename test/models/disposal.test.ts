/**
 * Dispose ends every call that runs, and every call that waits for its turn, with an AbortError, whenever it comes: a page's framework
 * may take away at any time what it has just made.
 */
import { describe, expect, test } from 'vitest'
import { Dense, Input, type LayersModel, LSTM, Sequential } from '../../src/index.ts'
import { onEachBackend } from '../support/backends.ts'
import { failureOf } from '../support/expectError.ts'
import { quiet } from '../support/models.ts'
import { uniform } from '../support/values.ts'

const [x, y] = [uniform([8, 3, 2], -1, 1), uniform([8, 1], -1, 1, 2)]

/** Gives batches until it is closed, the event loop in between. */
async function* endless() {
  for (;;) {
    yield [x, y]
    await new Promise((resolve) => setTimeout(resolve))
  }
}

async function* silent() {
  yield [x, y]
  await new Promise(() => undefined)
}

const many = { ...quiet, epochs: 1e6 } as const
const forever = () => new Promise(() => undefined)

/** Calls that run until they are ended. */
const endlessCalls: Readonly<Record<string, (model: LayersModel) => Promise<unknown>>> = {
  fit: (m) => m.fit(x, y, many),
  'fit with validation and hooks': (m) =>
    m.fit(x, y, { ...many, validationSplit: 0.5, callbacks: { onTrainBatchEnd() {} } }),
  'fit whose hook waits': (m) => m.fit(x, y, { ...many, callbacks: { onEpochEnd: forever } }),
  'fit that is paused': (m) => {
    const fit = m.fit(x, y, many)
    m.pause()
    return fit
  },
  'fit on a stream': (m) => m.fit(endless, null, many),
  'fit on a stream that is silent': (m) => m.fit(silent, null, many),
  'evaluate on a stream': (m) => m.evaluate(endless, null, quiet),
  'predict on a stream': (m) => m.predict(endless),
  'evaluate whose hook waits': (m) => m.evaluate(x, y, { ...quiet, callbacks: { onTestEnd: forever } }),
  'predict that waits for its turn': (m) => {
    m.predict(x, { callbacks: { onPredictBegin: forever } }).catch(() => undefined)
    return m.predict(x)
  },
}

/** Calls that end by themselves, which may be faster than dispose. */
const shortCalls: Readonly<Record<string, (model: LayersModel) => Promise<unknown>>> = {
  evaluate: (m) => m.evaluate(x, y, quiet),
  predict: (m) => m.predict(x),
  trainOnBatch: (m) => m.trainOnBatch(x, y),
  gradients: (m) => m.gradients(x, y),
  save: (m) => m.save(),
  getWeights: (m) => m.getWeights(),
}

function compiled(isBuilt: boolean): LayersModel {
  const model = Sequential([LSTM(3, isBuilt ? { inputShape: [3, 2] } : {}), Dense(1)])
  model.compile({ loss: 'mse', optimizer: 'adam' })
  return model
}

/** When dispose comes: at once, or so many turns of the event loop later. */
const moments = [0, 1, 3]

async function disposedAt(
  model: LayersModel,
  call: (model: LayersModel) => Promise<unknown>,
  turns: number,
): Promise<unknown> {
  const failure = failureOf(() => call(model))
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setTimeout(resolve))
  model.dispose()
  return failure
}

onEachBackend(() => {
  describe.each(Object.entries(endlessCalls))('%s', (_name, call) => {
    test.each(moments)('disposed after %i turns', async (turns) => {
      for (const isBuilt of [true, false]) {
        const error = await disposedAt(compiled(isBuilt), call, turns)
        expect(error).toMatchObject({
          name: 'AbortError',
          message: expect.stringMatching(/^Model ".*" was disposed while it ran$/),
        })
      }
    })
  })

  test.each(Object.entries(shortCalls))(
    '%s ends as it should, or with an AbortError',
    async (_name, call) => {
      for (const turns of moments) {
        const model = compiled(true)
        // The newest weights are on the device then.
        await model.trainOnBatch(x, y)
        const error = await disposedAt(model, call, turns)
        if (error) expect(error).toMatchObject({ name: 'AbortError' })
      }
    },
  )
})

test('a model that was never built is disposed, too', async () => {
  const model = compiled(false)
  model.dispose()
  await expect(model.fit(x, y, quiet)).rejects.toThrow('expected a model in use, got one that was disposed')
  expect(() => model.compile({ loss: 'mse' })).toThrow('got one that was disposed')
})

test('a Sequential that was disposed takes neither a layer nor an Input', () => {
  const model = Sequential()
  model.dispose()
  for (const given of [Dense(1), Input([3])])
    expect(() => model.add(given)).toThrow('got one that was disposed')
  expect(() => model.pop()).toThrow('got one that was disposed')
})

test('of a model that was disposed, a call whose signal is aborted ends as that says', async () => {
  const model = compiled(true)
  const signal = AbortSignal.abort()
  model.dispose()
  const options = { ...quiet, signal }
  for (const call of [
    () => model.fit(x, y, options),
    () => model.evaluate(x, y, options),
    () => model.predict(x, { signal }),
  ])
    expect(await failureOf(call)).toBe(signal.reason)
})
