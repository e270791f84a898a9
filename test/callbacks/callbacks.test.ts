/** The other callbacks of Keras, and classes that extend Callback: what each does in a fit, an evaluation or a prediction. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import {
  Callback,
  CallbackList,
  CSVLogger,
  EarlyStopping,
  History,
  LambdaCallback,
  LearningRateScheduler,
  type Logs,
  callbacks as namespace,
  ProgbarLogger,
  RemoteMonitor,
  SGD,
  TerminateOnNaN,
} from '../../src/index.ts'
import { chooseBackend } from '../support/backends.ts'
import { expectError, untyped } from '../support/expectError.ts'
import { useMemoryFiles } from '../support/memoryFiles.ts'
import { line, options, x, y } from './line.ts'

beforeEach(async () => {
  await chooseBackend('cpu')
})
afterEach(() => void vi.restoreAllMocks())

/** Writes down its calls. */
class Diary extends Callback {
  readonly calls: string[] = []

  override onTrainBegin(): void {
    const { verbose, epochs, steps } = this.params ?? {}
    this.calls.push(`train ${this.model.name} ${verbose} ${epochs} ${steps}`)
  }
  override async onTestBegin(): Promise<void> {
    this.calls.push('test begins')
  }
  override onTestBatchBegin(batch: number): void {
    this.calls.push(`test batch ${batch} begins`)
  }
  override onTestBatchEnd(batch: number, logs: Logs): void {
    this.calls.push(`test batch ${batch} ends ${Object.keys(logs)}`)
  }
  override onTestEnd(logs: Logs): void {
    this.calls.push(`test ends ${Object.keys(logs)}`)
  }
  override onPredictBegin(): void {
    this.calls.push(`predict begins ${this.params?.steps}`)
  }
  override onPredictBatchEnd(batch: number): void {
    this.calls.push(`predict batch ${batch} ends`)
  }
  override onPredictEnd(): void {
    this.calls.push('predict ends')
  }
}

test('a class that extends Callback knows the model and the call, in fit, evaluate and predict', async () => {
  const model = line(['mae'])
  const diary = new Diary()
  const tested = [
    'test begins',
    'test batch 0 begins',
    'test batch 0 ends loss,mae',
    'test batch 1 begins',
    'test batch 1 ends loss,mae',
    'test ends loss,mae',
  ]
  await model.fit(x, y, { ...options, validationData: [x, y], callbacks: [diary] })
  expect(diary.calls.splice(0)).toEqual([`train ${model.name} 0 1 2`, ...tested])
  await model.evaluate(x, y, { verbose: 0, batchSize: 4, callbacks: [diary] })
  expect(diary.calls.splice(0)).toEqual(tested)
  await model.predict(x, { batchSize: 4, callbacks: diary })
  const predicted = ['predict begins 2', 'predict batch 0 ends', 'predict batch 1 ends', 'predict ends']
  expect(diary.calls.splice(0)).toEqual(predicted)
  expect(() => new Diary().model).toThrow(/Diary: expected a model, .* got none/)
})

test('a hook that is misspelt in a class is refused', async () => {
  class Wrong extends Callback {
    onEpochEnds(): void {}
  }
  await expect(line().fit(x, y, { ...options, callbacks: new Wrong() })).rejects.toThrow(
    "got 'onEpochEnds'. Did you mean 'onEpochEnd'?",
  )
})

test('callbacks are made with new and without, extended, and are in the namespace', () => {
  class Eager extends EarlyStopping {
    constructor() {
      super('loss', { patience: 1 })
    }
  }
  const made = [EarlyStopping(), new EarlyStopping(), new Eager(), namespace.EarlyStopping({ patience: 1 })]
  for (const each of made)
    expect([each instanceof EarlyStopping, each instanceof Callback]).toEqual([true, true])
  expect(made.map(({ patience }) => patience)).toEqual([0, 0, 1, 1])
})

test('LearningRateScheduler sets the rate before each epoch and logs it', async () => {
  const { history } = await line().fit(x, y, {
    ...options,
    epochs: 3,
    callbacks: LearningRateScheduler(async (epoch, rate) => (epoch === 0 ? rate : rate / 2)),
  })
  expect(history.learning_rate).toEqual([0.01, 0.005, 0.0025])
  await expectError(
    () => line().fit(x, y, { ...options, callbacks: LearningRateScheduler(untyped(() => 'slow')) }),
    'LearningRateScheduler: expected schedule to return a learning rate for epoch 0, got "slow".',
  )
})

test('TerminateOnNaN ends the fit after the batch whose loss is not finite, or throws', async () => {
  const said = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  vi.spyOn(console, 'warn').mockReturnValue(undefined)
  const diverging = () => {
    const model = line()
    model.compile({ loss: 'mse', optimizer: SGD(1e30) })
    return model
  }
  const given = { ...options, batchSize: 2, epochs: 9 }
  const { epoch } = await diverging().fit(x, y, { ...given, callbacks: TerminateOnNaN() })
  expect(epoch).toEqual([0])
  expect(said.mock.calls.flat()).toEqual(['Batch 1: Invalid loss, terminating training\n'])
  const raising = diverging().fit(x, y, { ...given, callbacks: TerminateOnNaN({ raiseError: true }) })
  await expect(raising).rejects.toThrow('TerminateOnNaN: expected a finite loss, got Infinity after batch 1.')
})

test('LambdaCallback and objects of hooks do the same', async () => {
  const losses: number[][] = [[], []]
  const hooksOf = (list: number[]) => ({
    onEpochEnd: (_: number, { loss = 0 }: Logs) => void list.push(loss),
  })
  const callbacks = losses.map(hooksOf).map((hooks, i) => (i === 0 ? LambdaCallback(hooks) : hooks))
  const { history } = await line().fit(x, y, { ...options, epochs: 2, callbacks })
  expect(losses).toEqual([history.loss, history.loss])
})

test('History goes on from fit to fit, and is what fit returns', async () => {
  const record = History()
  const model = line()
  expect(await model.fit(x, y, { ...options, callbacks: record })).toBe(record)
  await model.fit(x, y, { ...options, epochs: 2, callbacks: record })
  expect([record.history.loss?.length, record.epoch]).toEqual([3, [0, 1]])
})

test('CSVLogger writes a line an epoch: to a path, to a function, into text', async () => {
  const files = useMemoryFiles()
  const lines: string[] = []
  const [toPath, toFunction, alone] = [
    CSVLogger('log.csv'),
    CSVLogger((text) => lines.push(text)),
    CSVLogger(),
  ]
  const { history } = await line().fit(x, y, {
    ...options,
    epochs: 2,
    callbacks: [toPath, toFunction, alone],
  })
  const expected = `epoch,loss,val_loss\r\n0,${history.loss?.[0]},NA\r\n1,${history.loss?.[1]},NA\r\n`
  const written = () => new TextDecoder().decode(files.get('log.csv'))
  expect([written(), lines.join(''), alone.text]).toEqual([expected, expected, expected])
  await line().fit(x, y, { ...options, callbacks: CSVLogger('log.csv', { append: true }) })
  expect(written()).toBe(`${expected}0,${history.loss?.[0]},NA\r\n`)
})

test('RemoteMonitor sends the numbers of each epoch, and training goes on where nobody answers', async () => {
  const asked = vi.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('no server'))
  const warned = vi.spyOn(console, 'warn').mockReturnValue(undefined)
  const { history } = await line().fit(x, y, {
    ...options,
    callbacks: [RemoteMonitor({ sendAsJson: true }), RemoteMonitor('http://a', { path: '/b', field: 'c' })],
  })
  const text = JSON.stringify({ epoch: 0, loss: history.loss?.[0] })
  expect(asked.mock.calls.map(([address, sent]) => [address, String(sent?.body)])).toEqual([
    ['http://localhost:9000/publish/epoch/end/', text],
    ['http://a/b', String(new URLSearchParams({ c: text }))],
  ])
  expect(warned).toHaveBeenCalledWith('RemoteMonitor: expected a server at http://a, got none that answers.')
})

test('CallbackList calls all of its callbacks in a loop of one’s own; fit takes one', async () => {
  const model = line()
  const stopping = EarlyStopping('loss', { mode: 'min' })
  const list = CallbackList([stopping], { addHistory: true, model, epochs: 9 })
  await list.onTrainBegin({})
  for (let epoch = 0; epoch < 9 && !model.stopTraining; epoch++) {
    await list.onEpochBegin(epoch, {})
    await list.onTrainBatchEnd(0, { loss: 1 })
    await list.onEpochEnd(epoch, { loss: 1 })
  }
  await list.onTrainEnd({})
  const [, record] = list.callbacks
  expect(record).toMatchObject({ history: { loss: [1, 1] } })
  expect(await model.fit(x, y, { ...options, epochs: 1, callbacks: list })).toBe(record)
})

test('messages stand before the finished bar, which has what callbacks logged; no bar is drawn twice', async () => {
  const written: string[] = []
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0)
  await line().fit(x, y, {
    ...options,
    verbose: 1,
    callbacks: [ProgbarLogger(), LearningRateScheduler((_, rate) => rate, { verbose: 1 })],
  })
  const text = written.join('')
  expect(text).toMatch(/^\nEpoch 1: LearningRateScheduler setting learning rate to 0\.01\.\n/)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal's bar has them
  const plain = text.replace(/\x1b\[\d+m|[\b\r]/g, '')
  expect(
    plain.match(
      /2\/2 ━+ 0s \d+[um]?s\/step - learning_rate: 0\.0100 - loss: \d\.\d{4}|- loss: .* - learning_rate: 0\.0100/,
    ),
  ).not.toBeNull()
  expect(plain.match(/2\/2/g)?.length).toBe(1)
})
