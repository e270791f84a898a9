/** What does not go through: errors of all kinds, what cannot be sent, workers that fail, and models that are disposed. */
import { expect, test, vi } from 'vitest'
import type { SequentialModel } from '../../src/index.ts'
import { failureOf } from '../support/expectError.ts'
import { uniform } from '../support/values.ts'
import { prepareThreads } from './inThread.ts'

const { page, models, start } = await prepareThreads()
const { expose, recurra, wrap } = page
const worker = start()
const cpu = { backend: 'cpu' } as const
const [x, y] = [uniform([12, 3, 2], -1, 1).toArray(), uniform([12, 1], -1, 1, 2).toArray()] as const
const endless = { verbose: 0, epochs: 1e6 } as const
const turn = (milliseconds = 0) => new Promise((resolve) => setTimeout(resolve, milliseconds))
const withCause = (error: unknown): unknown => (error as Error).cause

test('errors keep class, name, text and cause', async () => {
  const remote = await wrap(worker, { make: 'recurrent' }, cpu)
  const wrong = await failureOf(() => remote.predict([[1, 2]] as never))
  expect(wrong).toBeInstanceOf(recurra.RecurraError)
  expect(String(wrong)).toMatch(
    /^RecurraError: Model "sequential.*"\.predict, x: expected input \[batch, 3, 2\], got \[1, 2\]/,
  )
  const damaged = await failureOf(() => remote.loadWeights(new Uint8Array([1, 2, 3])))
  expect(damaged).toBeInstanceOf(recurra.FormatError)
  expect(String(damaged)).toMatch(/^FormatError: /)
  const error = await failureOf(() => wrap(worker, { make: 'failing' }))
  expect(error).toBeInstanceOf(RangeError)
  expect(error).toMatchObject({ message: 'no model today', stack: expect.stringContaining('worker-1.js') })
  await expect(wrap(worker, { make: 'junk' })).rejects.toThrow(
    'expose: expected a function that returns a model, got 3',
  )
  const { name, message } = (await failureOf(() => wrap(worker, { make: 'absent' }))) as Error
  expect([name, message]).toEqual(['TypeError', expect.stringContaining('is not a function')])
  remote.dispose()
})

test('a model that a file cannot hold is refused before it is sent, with what to do', async () => {
  const model = (models.ownLoss as (given: object) => SequentialModel)({})
  const error = await failureOf(() => wrap(worker, model))
  expect(String(error)).toMatch(
    /^RecurraError: wrap: expected a model that a file can hold, got one that it cannot: .*loss/,
  )
  expect(String(error)).toContain(
    'Make the model in the file of the worker, in a function that is given to expose.',
  )
  expect(withCause(error)).toBeInstanceOf(recurra.RecurraError)
  // The worker itself may have what it likes.
  const made = await wrap(worker, { make: 'ownLoss' }, cpu)
  expect((await made.fit([[1, 2]], [1], { verbose: 0 })).history.loss).toHaveLength(1)
  made.dispose()
})

/** What frameworks of pages make of what is kept in them: arrays and plain objects behind proxies. */
const kept = <Kept extends object>(value: Kept): Kept =>
  new Proxy(value, {
    get(target, name) {
      const part: unknown = Reflect.get(target, name, target)
      return typeof part === 'object' && part !== null && !ArrayBuffer.isView(part) ? kept(part) : part
    },
  })

test('data and options that a framework keeps behind proxies are sent as they are', async () => {
  const remote = await wrap(worker, kept({ make: 'recurrent' }), cpu)
  const options = kept({ epochs: 2, verbose: 0 as const, validationData: [x, y] as const })
  const { history } = await remote.fit(kept(x as number[][][]), kept(y as number[][]), options)
  expect(Object.keys(history)).toEqual(expect.arrayContaining(['loss', 'val_loss']))
  const predicted = await remote.predict(x)
  expect(await remote.predict(kept(x as number[][][]))).toEqual(predicted)
  expect(
    await remote.predict(kept([new Float32Array(6)].map((row) => [...row])) as never).catch(String),
  ).toMatch(/^RecurraError: Model .*expected input \[batch, 3, 2\]/)
  remote.dispose()
})

test('what cannot be sent is refused where it is given, and the model stays in use', async () => {
  const remote = await wrap(worker, { make: 'recurrent' }, cpu)
  const wrong = [
    () => remote.compile({ loss: (y) => recurra.ops.mean(y) }),
    () => remote.fit(x, y, { shuffle: Symbol('yes') } as never),
    () => wrap(worker, { make: 'recurrent', units: () => 3 }),
    () => remote.predict(new (class Own {})() as never),
  ]
  for (const call of wrong) {
    const error = await failureOf(call)
    expect(error).toBeInstanceOf(recurra.RecurraError)
    expect(String(error)).toMatch(
      /expected what can be sent to a worker: (numbers|names).* in the file of the worker/,
    )
  }
  expect(() => JSON.stringify(remote)).toThrow('expected await model.toJSON(), got JSON.stringify.')
  await remote.compile({ optimizer: 'sgd', loss: 'mae' })
  await remote.resetOptimizer()
  expect((await remote.fit(x, y, { verbose: 0 })).history.loss).toHaveLength(1)
  remote.dispose()
})

test('dispose ends all calls with an AbortError, and refuses later ones', async () => {
  const remote = await wrap(worker, { make: 'recurrent' }, cpu)
  const calls = [
    () => remote.fit(x, y, endless),
    () => remote.predict(x),
    () => remote.fit(x, y, { ...endless, callbacks: { onEpochEnd: () => new Promise(() => undefined) } }),
  ].map(failureOf)
  remote.pause()
  remote.dispose()
  remote.dispose()
  for (const call of calls)
    expect(await call).toMatchObject({
      name: 'AbortError',
      message: `Model "${remote.name}" was disposed while it ran`,
    })
  await expect(remote.predict(x)).rejects.toThrow('expected a model in use, got one that was disposed')
  await expect(remote.summary()).rejects.toThrow('got one that was disposed')
  expect(() => remote.pause()).toThrow('got one that was disposed')
  // The worker is there for others.
  const next = await wrap(worker, { make: 'recurrent' }, cpu)
  expect((await next.predict(x)).shape).toEqual([12, 1])
  next.dispose()
})

test('one worker has several models, which train side by side', async () => {
  const both = await Promise.all([2, 5].map((units) => wrap(worker, { make: 'recurrent', units }, cpu)))
  expect(await Promise.all(both.map((model) => model.countParams()))).toEqual(
    [2, 5].map((u) => 4 * u * (u + 3) + u + 1),
  )
  const histories = await Promise.all(both.map((model) => model.fit(x, y, { verbose: 0, epochs: 3 })))
  expect(histories.map(({ epoch }) => epoch.length)).toEqual([3, 3])
  for (const model of both) model.dispose()
})

test('a worker that ends ends the calls that wait for it', async () => {
  for (const [end, got] of [
    [(mortal: ReturnType<typeof start>) => mortal.terminate(), 'got its end, with exit code 1'],
    [
      (mortal: ReturnType<typeof start>) => mortal.postMessage('die'),
      'got an error in it: out of memory, say',
    ],
  ] as const) {
    const mortal = start(`
      import { parentPort } from 'node:worker_threads'
      import { expose } from 'recurra/worker'
      parentPort.on('message', (text) => {
        if (text === 'die') throw new Error('out of memory, say')
      })
      expose()`)
    const remote = await wrap(mortal, models.recurrent?.({}), cpu)
    const fitting = failureOf(() => remote.fit(x, y, endless))
    await turn(20)
    end(mortal)
    expect(String(await fitting)).toMatch(
      new RegExp(`RecurraError: Model ".*": expected its worker to run on, ${got}`),
    )
    expect(String(await failureOf(() => remote.predict(x)))).toContain(got)
    await expect(wrap(mortal)).rejects.toThrow(/calls expose, got (its end|one that has ended)\. Look/)
  }
})

test('a worker that is none says so: one that throws, one that is silent, one without a model', async () => {
  const throwing = start("throw new Error('not today')")
  await expect(wrap(throwing)).rejects.toThrow(
    'wrap: expected a worker whose file calls expose, got an error in it: not today. Look at what',
  )
  await expect(wrap(start(''))).rejects.toThrow('expected a worker whose file calls expose, got its end')
  const silent = start('setInterval(() => undefined, 1000)')
  await expect(wrap(silent, null, { signal: AbortSignal.timeout(100) })).rejects.toMatchObject({
    name: 'TimeoutError',
  })
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  const waiting = new AbortController()
  const abandoned = failureOf(() => wrap(silent, null, { signal: waiting.signal }))
  await vi.advanceTimersByTimeAsync(9_999)
  expect(warn).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(10)
  expect(warn.mock.calls).toEqual([
    [
      'wrap: expected a worker whose file calls expose, got no answer in 10 seconds. ' +
        'It is waited for, until a signal ends that. Call expose in the file of the worker; where a page ends the worker, ' +
        'give wrap a signal, and abort that, too.',
    ],
  ])
  waiting.abort()
  expect(await abandoned).toMatchObject({ name: 'AbortError' })
  vi.useRealTimers()
  vi.restoreAllMocks()
  const empty = start("import { expose } from 'recurra/worker'\nexpose()")
  await expect(wrap(empty, { units: 3 })).rejects.toThrow(
    'wrap: expected a model, since the file of the worker calls expose without a function that makes one, got { units }.',
  )
  await expect(wrap(3 as never)).rejects.toThrow('wrap: expected a worker, got 3. Give new Worker(…).')
  await expect(wrap(worker, null, { backend: 'gpu' as never })).rejects.toThrow(
    "expected backend to be one of 'webgpu'",
  )
  expect(() => expose()).toThrow('expose: expected to be called in a worker, got a page, or the main thread')
  expect(() => expose(3 as never)).toThrow(
    'expose: expected a function that makes a model, or nothing, got 3',
  )
})

test('a worker may take its time before it calls expose, and has messages of its own', async () => {
  const slow = start(`
    import { parentPort } from 'node:worker_threads'
    await new Promise((resolve) => setTimeout(resolve, 300))
    const { expose } = await import('recurra/worker')
    const { Dense, Sequential } = await import('recurra')
    parentPort.on('message', (message) => typeof message === 'string' && parentPort.postMessage(message + '!'))
    expose(() => Sequential([Dense(1, { inputShape: [2] })]))`)
  const answers: unknown[] = []
  slow.on('message', (message) => answers.push(message))
  const remote = await wrap(slow, null, cpu)
  slow.postMessage('own')
  expect((await remote.predict([[1, 2]])).shape).toEqual([1, 1])
  await turn(20)
  expect(answers.filter((answer) => typeof answer === 'string')).toEqual(['own!'])
  remote.dispose()
})
