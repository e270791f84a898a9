/**
 * Files of Keras's older HDF5 format: models that Keras 3 saved as model.h5 beside its model.keras predict and train as those do, and
 * weights alone.
 */
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as recurra from '../../src/node.ts'
import { checkCase } from '../support/checkCase.ts'
import { goldenCase, goldenNames } from '../support/golden.ts'
import { requestTestDevice } from '../support/gpu.ts'
import { uniform } from '../support/values.ts'

const { BatchNormalization, Bidirectional, Dense, LSTM, Sequential, setBackend } = recurra
const folder = new URL('../golden/', import.meta.url)
const fileOf = (name: string): URL => new URL(`${name}/model.h5`, folder)
const names = goldenNames.filter((name) => existsSync(fileOf(name)))

/** The package, with Keras's older file in place of a case's model.keras. */
const withOlder = (name: string): typeof recurra => ({
  ...recurra,
  loadModel: (source, options) => {
    const isModel = Buffer.from(goldenCase(name).modelBytes).equals(source as Uint8Array)
    return recurra.loadModel(isModel ? readFileSync(fileOf(name)) : source, options)
  },
})

describe('a model.h5 of Keras 3 predicts and trains as its model.keras', () => {
  test.each(names)('%s', async (name) => {
    await setBackend('cpu')
    await checkCase(withOlder(name), name)
  })

  test('on WebGPU', async () => {
    await setBackend('webgpu', { device: await requestTestDevice() })
    await checkCase(withOlder('bidirectional'), 'bidirectional')
  })
})

describe('weights alone', () => {
  const [x] = [uniform([4, 5, 3], -1, 1, 1)]
  const parts = (names: readonly [string, string], units = 4): recurra.Layer[] => [
    Bidirectional(LSTM(units), { inputShape: [5, 3], name: names[0] }),
    BatchNormalization(),
    Dense(2, { name: names[1] }),
  ]
  const build = (names: readonly [string, string] = ['first', 'last'], units = 4): recurra.LayersModel =>
    Sequential(parts(names, units))
  let folder = ''
  beforeAll(async () => {
    await setBackend('cpu')
    folder = await mkdtemp(join(tmpdir(), 'recurra-legacy-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  test.each(['weights.h5', 'model.weights.h5'])('%s, by order and by name', async (name) => {
    const model = build()
    const path = join(folder, name)
    await model.saveWeights(path)
    const isOlder = readFileSync(path).includes('layer_names')
    expect(isOlder).toBe(name === 'weights.h5')
    const expected = await model.predict(x)
    // By order names say nothing; by name layers without a match keep their weights.
    const byOrder = build(['other', 'names'])
    await byOrder.loadWeights(path)
    expect(await byOrder.predict(x)).toEqual(expected)
    const byName = build(['first', 'another'])
    const [kept] = (await byName.getWeights()).slice(-2)
    await byName.loadWeights(path, { byName: true })
    const weights = await byName.getWeights()
    expect(weights.slice(0, 6)).toEqual((await model.getWeights()).slice(0, 6))
    expect(weights.at(-2)).toEqual(kept)
  })

  test('layers of another shape or number', async () => {
    const path = join(folder, 'others.h5')
    await build().saveWeights(path)
    const wide = build(['first', 'last'], 5)
    const before = await wide.getWeights()
    await expect(wide.loadWeights(path)).rejects.toThrow(
      /loadWeights ".*others\.h5", Bidirectional "first", weight ".*kernel": expected shape \[3, 20\], got \[3, 16\]\./,
    )
    expect(await wide.getWeights()).toEqual(before)
    await wide.loadWeights(path, { skipMismatch: true })
    const after = await wide.getWeights()
    expect(after[0]).toEqual(before[0])
    const deeper = Sequential([...parts(['a', 'b']), Dense(1)])
    await expect(deeper.loadWeights(path)).rejects.toThrow(
      /expected weights of 4 layers \(a, batch_normalization.*, b, dense.*\), got of 3 \(first, .*, last\)\. Load with \{ byName: true \}/,
    )
  })

  test('names of layers that are too many for one attribute', async () => {
    const layers = Array.from({ length: 400 }, (_, i) => Dense(1, { name: `dense_${i}_${'x'.repeat(200)}` }))
    const model = Sequential([recurra.Input({ shape: [1] }), ...layers])
    const path = join(folder, 'many.h5')
    await model.saveWeights(path)
    expect(readFileSync(path).includes('layer_names1')).toBe(true)
    model.setWeights(
      (await model.getWeights())
        .map(() => recurra.tensor([0]))
        .map((zero, i) => (i % 2 ? zero : recurra.tensor([[0]]))),
    )
    await model.loadWeights(path)
    expect((await model.getWeights())[798]?.data[0]).not.toBe(0)
  })
})
