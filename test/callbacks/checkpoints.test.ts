/** What saves while a model trains, and sets it again: ModelCheckpoint, loadCheckpoint, BackupAndRestore; and TensorBoard's files. */
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { formatName } from '../../src/callbacks/formatName.ts'
import { crc32c, record, scalar, summaryEvent } from '../../src/callbacks/tfEvents.ts'
import {
  Adam,
  BackupAndRestore,
  type Checkpoint,
  loadCheckpoint,
  loadModel,
  ModelCheckpoint,
  type ModelCheckpointOptions,
  TensorBoard,
} from '../../src/index.ts'
import { chooseBackend } from '../support/backends.ts'
import { expectError } from '../support/expectError.ts'
import { useMemoryFiles } from '../support/memoryFiles.ts'
import { weightsOf } from '../support/models.ts'
import { line, options, x, y } from './line.ts'

let files = useMemoryFiles()
beforeEach(async () => {
  files = useMemoryFiles()
  await chooseBackend('cpu')
})

const trained = () => {
  const model = line()
  model.compile({ loss: 'mse', optimizer: Adam(0.01) })
  return model
}

test('a checkpoint of weights has the optimizer’s state: training goes on from it to the same bits', async () => {
  const model = trained()
  const saving = ModelCheckpoint('{epoch:02d}-{loss:.2f}.weights.h5', { saveWeightsOnly: true })
  const { history } = await model.fit(x, y, { ...options, epochs: 2, callbacks: saving })
  const names = (history.loss ?? []).map((loss, i) => `0${i + 1}-${loss.toFixed(2)}.weights.h5`)
  expect([...files.keys()]).toEqual(names)
  const again = trained()
  await loadCheckpoint(again, names[0] ?? '')
  expect(again.optimizer?.iterations).toBe(2)
  await again.fit(x, y, options)
  expect(await weightsOf(again)).toEqual(await weightsOf(model))
})

test('a checkpoint of a model is a .keras file; the best alone is kept where that is asked for', async () => {
  const model = line()
  const scores = [3, 1, 2]
  const seen: number[][] = []
  await model.fit(x, y, {
    ...options,
    epochs: 3,
    callbacks: [
      {
        async onEpochEnd(epoch, logs) {
          logs.score = scores[epoch] ?? 0
          seen.push(await weightsOf(model))
        },
      },
      ModelCheckpoint('best.keras', { monitor: 'score', mode: 'min', saveBestOnly: true }),
    ],
  })
  const bytes = files.get('best.keras') ?? new Uint8Array()
  expect(await weightsOf(await loadModel(bytes))).toEqual(seen[1])
  await loadCheckpoint(model, bytes)
  expect(await weightsOf(model)).toEqual(seen[1])
})

test('a function is given the bytes, after so many batches where that is asked for', async () => {
  const given: Checkpoint[] = []
  const saving = ModelCheckpoint((each) => given.push(each), { saveFreq: 3, saveWeightsOnly: true })
  await line().fit(x, y, { ...options, batchSize: 2, epochs: 2, callbacks: saving })
  expect(given.map(({ epoch, batch }) => [epoch, batch])).toEqual([
    [1, 3],
    [2, 2],
  ])
})

test('the best alone: without a number of the validation the model is saved, with a warning', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  const validation = { validationSplit: 0.5, validationFreq: 2 }
  const savings = async (given: ModelCheckpointOptions) => {
    const saved: (readonly (number | null)[])[] = []
    const saving = ModelCheckpoint(({ epoch, batch }) => saved.push([epoch, batch]), {
      ...{ saveBestOnly: true, saveWeightsOnly: true, initialValueThreshold: 0 },
      ...given,
    })
    await line().fit(x, y, { ...options, ...validation, batchSize: 2, epochs: 3, callbacks: saving })
    return saved
  }
  expect(await savings({})).toEqual([
    [1, null],
    [3, null],
  ])
  expect(await savings({ saveFreq: 2 })).toHaveLength(3)
  expect(warn.mock.calls.map(([text]) => text)).toEqual([
    'ModelCheckpoint: expected val_loss, got loss, since epoch 1 is not validated. The model is saved as it is.',
    'ModelCheckpoint: expected val_loss, got loss, since batches are not validated. The model is saved as it is.',
  ])
  warn.mockRestore()
})

describe('the private files of a page', () => {
  test('are a place', async () => {
    const root = folder()
    vi.stubGlobal('navigator', { storage: { getDirectory: async () => root } })
    const model = line()
    const saving = ModelCheckpoint('opfs://runs/a.weights.h5', { saveWeightsOnly: true })
    await model.fit(x, y, { ...options, callbacks: saving })
    const again = line()
    await again.fit(x, y, options)
    await loadCheckpoint(again, 'opfs://runs/a.weights.h5')
    expect(await weightsOf(again)).toEqual(await weightsOf(model))
    await expectError(
      () => loadCheckpoint(again, 'opfs://runs/b.weights.h5'),
      'loadCheckpoint "opfs://runs/b.weights.h5": expected a file, got none at that place.',
    )
    vi.unstubAllGlobals()
  })

  interface Folder {
    getDirectoryHandle(name: string): Promise<Folder>
    getFileHandle(name: string, options?: { create: boolean }): Promise<unknown>
  }
  function folder(): Folder {
    const folders = new Map<string, Folder>()
    const blobs = new Map<string, Blob>()
    return {
      async getDirectoryHandle(name) {
        const found = folders.get(name) ?? folder()
        folders.set(name, found)
        return found
      },
      async getFileHandle(name, options) {
        if (!blobs.has(name) && !options?.create) throw new DOMException('none', 'NotFoundError')
        return {
          getFile: async () => blobs.get(name),
          createWritable: async () => ({
            write: async (blob: Blob) => blobs.set(name, blob),
            async close() {},
          }),
        }
      },
    }
  }
})

test('names are filled as in Python; places and fields that are not there are named', async () => {
  const values = { epoch: 3n, val_loss: 0.125, loss: 1e-7, acc: 1, big: 123456.789, neg: -0.5 }
  const named = (name: string) => formatName('ModelCheckpoint', name, values)
  expect(named('{epoch:02d}-{val_loss:.2f}-{loss:.1e}-{epoch}-{val_loss:6.1f}')).toBe(
    '03-0.12-1.0e-07-3-   0.1',
  )
  expect(named('{epoch}-{acc}-{loss}-{epoch:5.1f}-{epoch:03}')).toBe('3-1.0-1e-07-  3.0-003')
  expect(named('{acc:.1%}{big:,.1f}{val_loss:+.3f}{neg:07.2f}{neg: .1f}')).toBe(
    '100.0%123,456.8+0.125-000.50-0.5',
  )
  expect(named('{val_loss:<6.2f}|{val_loss:^9.3f}|{val_loss:*>8.2f}|{{x}}')).toBe(
    '0.12  |  0.125  |****0.12|{x}',
  )
  expect(named('{big:.3} {acc:.3} {big:.2} {val_loss:g} {big:g}')).toBe('1.23e+05 1.0 1.2e+05 0.125 123457')
  expect(() => named('{val_loss:d}')).toThrow(
    'ModelCheckpoint: expected a format of Python for the number 0.125, such as {val_loss:.2f}, got {val_loss:d}.',
  )
  expect(() => named('{epoch:02d')).toThrow('got "{epoch:02d".')
  expect(() => named('{accuracy:.2f}')).toThrow(
    "ModelCheckpoint: expected fields of the name to be among epoch, val_loss, loss, acc, big, neg, got {accuracy}. Did you mean 'acc'?",
  )
  expect(() => ModelCheckpoint('best.json')).toThrow(
    'ModelCheckpoint: expected filepath to end in .keras or .h5, got "best.json".',
  )
})

test('a file of another model sets nothing', async () => {
  const model = trained()
  const given: Checkpoint[] = []
  await model.fit(x, y, { ...options, callbacks: ModelCheckpoint((each) => given.push(each)) })
  const bytes = given[0]?.bytes.slice() ?? new Uint8Array()
  const before = await weightsOf(model)
  bytes.fill(0, bytes.length - 700, bytes.length - 600)
  await loadCheckpoint(model, bytes).catch(() => undefined)
  expect(await weightsOf(model)).toEqual(before)
})

test('BackupAndRestore begins with the epoch that was interrupted, and leaves nothing when done', async () => {
  const whole = trained()
  await whole.fit(x, y, { ...options, epochs: 4 })
  const interrupted = trained()
  const interrupt = {
    onEpochBegin(epoch: number) {
      if (epoch === 2) throw new Error('power is off')
    },
  }
  const first = interrupted.fit(x, y, {
    ...options,
    epochs: 4,
    callbacks: [BackupAndRestore('backup', { doubleCheckpoint: true }), interrupt],
  })
  await expect(first).rejects.toThrow('power is off')
  expect([...files.keys()].sort()).toEqual(['backup/latest', 'backup/previous'])
  const again = trained()
  const { epoch } = await again.fit(x, y, { ...options, epochs: 4, callbacks: BackupAndRestore('backup') })
  expect(epoch).toEqual([2, 3])
  expect(await weightsOf(again)).toEqual(await weightsOf(whole))
  expect(files.size).toBe(0)
})

describe('TensorBoard', () => {
  test('records are framed as TFRecord, with masked CRC32C', () => {
    // The check values of CRC32C, and the record of an empty message.
    expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283)
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa)
    const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
    expect(hex(record(new Uint8Array()))).toBe('00000000000000002903980 7d8ea82a2'.replace(' ', ''))
    // wall_time 1, step 300, summary { value { tag 'a', simple_value 0.5 } }
    expect(hex(summaryEvent(1, 300, [scalar('a', 0.5)])).slice(24, -8)).toBe(
      '09000000000000f03f' + '10ac02' + '2a0a' + '0a08' + '0a0161' + '150000003f',
    )
  })

  test('writes numbers of epochs, batches and weights into two folders', async () => {
    await line(['mae']).fit(x, y, {
      ...options,
      validationData: [x, y],
      callbacks: TensorBoard('logs', { updateFreq: 'batch', histogramFreq: 1, writeStepsPerSecond: true }),
    })
    const textOf = (folder: string): string =>
      [...files]
        .flatMap(([path, bytes]) => (path.startsWith(folder) ? Buffer.from(bytes).toString('latin1') : []))
        .join()
    const train = textOf('logs/train/events.out.tfevents.')
    for (const tag of [
      'brain.Event:2',
      'graph_keras_model',
      'batch_mae',
      'epoch_loss',
      'epoch_learning_rate',
      'epoch_steps_per_second',
      'kernel/histogram',
    ])
      expect(train.includes(tag), tag).toBe(true)
    const validation = textOf('logs/validation/events.out.tfevents.')
    for (const tag of ['epoch_mae', 'evaluation_loss_vs_iterations'])
      expect(validation.includes(tag), tag).toBe(true)
  })
})
