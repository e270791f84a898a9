/** `npx recurra`: what its commands print and write, and how it ends, run in this process. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { runCommand } from '../../src/cli/program.ts'
import { readNpy, writeNpy } from '../../src/formats/numpy/npy.ts'
import { Dense, LSTM, loadModel, Sequential, setBackend, setSeed, tensor } from '../../src/node.ts'
import { toTensor } from '../../src/util/tensor.ts'
import { uniform } from '../support/values.ts'

let folder = ''
const file = (name: string): string => join(folder, name)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recurra-cli-'))
  setSeed(1)
  const model = Sequential([LSTM(4, { inputShape: [5, 2] }), Dense(1)])
  await model.save(file('plain.keras'))
  model.compile({ loss: 'mse', optimizer: 'adam' })
  await model.save(file('model.keras'))
})
afterAll(() => rm(folder, { recursive: true }))
// A command chooses where it runs.
beforeEach(() => setBackend('cpu'))

/** Runs a command; what it printed, what it noted, and its exit code. */
async function recurra(...words: readonly string[]) {
  const printed: string[] = []
  const noted: string[] = []
  const terminal = { print: (text: string) => printed.push(text), note: (text: string) => noted.push(text) }
  const code = await runCommand(words, terminal, '1.2.3')
  return { code, printed: printed.join('\n'), noted: noted.join('\n') }
}

const onCpu = ['--backend', 'cpu'] as const
const x = uniform([3, 5, 2], -1, 1, 1)
const rowsOf = (columns: readonly number[][]): string => columns.map((row) => row.join(',')).join('\n')
const flat = Array.from({ length: 3 }, (_, i) => [...x.data.subarray(i * 10, (i + 1) * 10)])

describe('summary', () => {
  test('prints the table of model.summary', async () => {
    const model = await loadModel(file('model.keras'))
    let expected = ''
    model.summary({ lineLength: 70, printFn: (text) => (expected += `${text}\n`) })
    const { code, printed } = await recurra('summary', file('model.keras'), '--line-length', '70')
    expect([code, `${printed}\n`]).toEqual([0, expected])
  })

  test('as JSON', async () => {
    const { printed } = await recurra('summary', file('model.keras'), '--json')
    const { parameters, layers, inputs } = JSON.parse(printed)
    expect(parameters).toEqual({ trainable: 117, nonTrainable: 0 })
    expect(layers.map((layer: { className: string }) => layer.className)).toEqual(['LSTM', 'Dense'])
    expect(inputs).toMatchObject([{ shape: [null, 5, 2] }])
  })
})

describe('predict', () => {
  test.each(['csv', 'npy', 'safetensors'])('reads and writes .%s', async (ending) => {
    const { saveSafetensors, loadSafetensors } = await import('../../src/formats.ts')
    const data = file(`x.${ending}`)
    if (ending === 'csv') await writeFile(data, `${flat[0]!.map((_, i) => `c${i}`)}\n${rowsOf(flat)}`)
    else if (ending === 'npy') await writeFile(data, writeNpy(x))
    else await saveSafetensors({ x }, data)
    const model = await loadModel(file('model.keras'))
    const expected = (await model.predict(x)).data
    const out = file(`y.${ending}`)
    const { code, printed, noted } = await recurra(
      'predict',
      file('model.keras'),
      data,
      '--out',
      out,
      ...onCpu,
    )
    expect([code, printed]).toEqual([0, ''])
    expect(noted).toMatch(/CPU/)
    const bytes = await readFile(out)
    const got =
      ending === 'csv'
        ? Float32Array.from(bytes.toString().trim().split('\n'), Number)
        : ending === 'npy'
          ? toTensor(readNpy(out, bytes), out).data
          : (await loadSafetensors(bytes)).tensors.dense?.data
    expect(got).toEqual(expected)
  })

  test('prints a line a sample, or JSON by output', async () => {
    await writeFile(file('x.npy'), writeNpy(x))
    const lines = await recurra('predict', file('model.keras'), file('x.npy'), ...onCpu)
    expect(lines.printed.split('\n')).toHaveLength(3)
    const json = await recurra('predict', file('model.keras'), file('x.npy'), '--json', ...onCpu)
    expect(JSON.parse(json.printed)).toEqual({
      dense: lines.printed.split('\n').map((line) => [Math.fround(Number(line))]),
    })
  })
})

describe('train', () => {
  const rows = Array.from({ length: 12 }, (_, i) => [...(flat[i % 3] ?? []), i / 12])

  test('fits a table whose last columns are targets, and writes the model', async () => {
    await writeFile(file('rows.csv'), rowsOf(rows))
    const { code, printed } = await recurra(
      ...[
        'train',
        file('model.keras'),
        file('rows.csv'),
        '--epochs',
        '2',
        '--batch-size',
        '4',
        '--seed',
        '3',
      ],
      ...['--out', file('trained.keras'), '--json', ...onCpu],
    )
    expect(code).toBe(0)
    setSeed(3)
    const model = await loadModel(file('model.keras'))
    const samples = tensor(Float32Array.from(rows.flatMap((row) => row.slice(0, 10))), [12, 5, 2])
    const targets = tensor(
      Float32Array.from(rows, (row) => row[10] ?? 0),
      [12, 1],
    )
    const { history } = await model.fit(samples, targets, { epochs: 2, batchSize: 4, verbose: 0 })
    expect(JSON.parse(printed)).toEqual(history)
    const trained = await loadModel(file('trained.keras'))
    expect(await trained.getWeights()).toEqual(await model.getWeights())
    expect(trained.optimizer?.iterations).toBe(6)
  })

  test('fits windows of a series to a column of it', async () => {
    const series = Array.from({ length: 20 }, (_, i) => [Math.sin(i), i])
    await writeFile(file('series.csv'), `value,time\n${rowsOf(series)}`)
    const { code, printed } = await recurra(
      ...['train', file('plain.keras'), file('series.csv'), '--window', '5', '--targets', 'value'],
      ...['--loss', 'mae', '--no-shuffle', '--out', file('series.keras'), '--json', ...onCpu],
    )
    expect(code).toBe(0)
    const model = await loadModel(file('plain.keras'))
    model.compile({ loss: 'mae' })
    const windows = Array.from({ length: 15 }, (_, i) => series.slice(i, i + 5))
    const { history } = await model.fit(
      windows,
      series.slice(5).map(([value]) => [value ?? 0]),
      {
        shuffle: false,
        verbose: 0,
      },
    )
    expect(JSON.parse(printed)).toEqual(history)
    // The last window ends where the series ends.
    const predicted = await recurra(
      'predict',
      file('plain.keras'),
      file('series.csv'),
      '--window',
      '5',
      ...onCpu,
    )
    expect(predicted.printed.split('\n')).toHaveLength(16)
  })
})

test('convert writes the format that an ending says', async () => {
  for (const name of [
    'copy.keras',
    'copy.h5',
    'model.onnx',
    'w.safetensors',
    'w.weights.h5',
    'tfjs/model.json',
  ])
    expect(await recurra('convert', file('model.keras'), file(name))).toMatchObject({ code: 0, printed: '' })
  const { data } = await (await loadModel(file('copy.keras'))).predict(x)
  for (const name of ['copy.h5', 'tfjs/model.json'])
    expect((await (await loadModel(file(name))).predict(x)).data).toEqual(data)
  expect((await readFile(file('model.onnx'))).length).toBeGreaterThan(500)
})

test('plot draws a model, by the ending of the file', async () => {
  for (const [name, start] of [
    ['model.svg', /^<svg .*aria-label="sequential"/],
    ['model.dot', /^digraph "sequential" \{\n {2}rankdir=LR/],
    ['model.mmd', /^flowchart LR\n.*"InputLayer<br\/>Output shape: \(None, 5, 2\)"/],
  ] as const) {
    const { code } = await recurra(
      'plot',
      file('model.keras'),
      file(name),
      '--show-shapes',
      '--rankdir',
      'LR',
    )
    expect([code, (await readFile(file(name))).toString()]).toEqual([0, expect.stringMatching(start)])
  }
})

test('Keras code is a model, and what was not understood is noted with its place', async () => {
  await writeFile(
    file('model.py'),
    'from keras import Sequential\nfrom keras.layers import LSTM, Dense, Strange\n' +
      'model = Sequential()\nmodel.add(LSTM(4, input_shape=(5, 2)))\nmodel.add(Dense(1))\nother = Sequential([Strange(3)])\n',
  )
  const { code, printed, noted } = await recurra('summary', file('model.py'), '--json')
  expect(code).toBe(0)
  expect(JSON.parse(printed).parameters).toEqual({ trainable: 117, nonTrainable: 0 })
  expect(noted).toMatch(/model\.py:\d+:\d+: .*Strange/)
})

test('plan and profile', async () => {
  const model = await loadModel(file('model.keras'))
  const { printed } = await recurra('plan', file('model.keras'), '--batch-size', '8', '--json', ...onCpu)
  expect(JSON.parse(printed)).toMatchObject({ dispatches: model.plan({ batchSize: 8 }).dispatches })
  const text = await recurra('plan', file('model.keras'), '--no-training', ...onCpu)
  expect(text.printed).toBe(String(model.plan({ training: false })))
  const profile = await recurra('profile', file('model.keras'), '--repeats', '1', '--json', ...onCpu)
  expect(JSON.parse(profile.printed)).toMatchObject({ backend: 'cpu' })
})

test('help and the version are results', async () => {
  expect(await recurra('--version')).toMatchObject({ code: 0, printed: '1.2.3' })
  const { code, printed } = await recurra('--help')
  expect(code).toBe(0)
  for (const name of ['convert', 'summary', 'predict', 'train', 'plan', 'profile'])
    expect(printed).toContain(`  ${name} `)
})
