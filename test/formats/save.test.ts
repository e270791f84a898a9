/**
 * Files of models written here: for every golden case the same groups, arrays and settings as in Keras's file, the same numbers after
 * loading, and training that goes on as if there had been no file.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { unzipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/formats/config/json.ts'
import { readHdf5 } from '../../src/formats/hdf5/reader.ts'
import type { Hdf5Node } from '../../src/formats/hdf5/tree.ts'
import {
  Adam,
  cloneModel,
  Dense,
  Dropout,
  FormatError,
  Input,
  Lamb,
  type LayersModel,
  LossScaleOptimizer,
  LSTM,
  loadModel,
  Model,
  Muon,
  modelFromJSON,
  ops,
  Sequential,
  StringLookup,
  setBackend,
  setSeed,
  tensor,
} from '../../src/node.ts'
import { onCpuFirst } from '../support/backends.ts'
import { differences } from '../support/configDifferences.ts'
import { goldenCase, goldenNames } from '../support/golden.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { uniform } from '../support/values.ts'

/** Each object of an HDF5 file by its path: the name of a group, type, shape and bits of an array. */
function objectsOf(node: Hdf5Node): [string, unknown][] {
  const name = node.attribute('name')?.data[0]
  if (node.kind === 'dataset') return [[node.path, node.read()]]
  return [[node.path, name], ...[...node.children.values()].flatMap(objectsOf)]
}

/** Parses JSON as Python does, which tells 1.0 from 1: a float is an object here. */
const parsePython = (text: string): JsonObject =>
  JSON.parse(
    text.replace(/(?<=[[:,] ?)-?\d+(\.\d+)?(e[+-]?\d+)?(?=[,\]}])/gi, (number) =>
      /[.e]/i.test(number) ? `{"float": ${number}}` : number,
    ),
  )

/** Numbers between layers, which JavaScript cannot tell from integers, and whose kind Keras does not mind. */
const isOperand = (path: string): boolean => /\.args|\.kwargs|__numpy__|\.value/.test(path)

async function contentsOf(file: Uint8Array) {
  const { 'config.json': config, 'model.weights.h5': weights, ...others } = unzipSync(file)
  return {
    config: JSON.parse(new TextDecoder().decode(config)) as JsonObject,
    withFloats: parsePython(new TextDecoder().decode(config)),
    objects: new Map(objectsOf(await readHdf5('file', weights as Uint8Array))),
    others: Object.keys(others),
  }
}

/** Takes the product of Nadam's momenta away, of which Keras rounds each factor and the product here is rounded once. */
function productOf(name: string, objects: Map<string, unknown>): number {
  const variables = [...objects.keys()].filter((path) => /^optimizer\/vars\/\d/.test(path))
  const path = `optimizer/vars/${variables.length - 1}`
  const { data } = (objects.get(path) ?? { data: [] }) as { readonly data: ArrayLike<number> }
  if (!/nadam/.test(name)) return 0
  objects.delete(path)
  return data[0] ?? Number.NaN
}

describe("what is written of Keras's file has its groups, arrays and settings", () => {
  test.each(goldenNames)('%s', async (name) => {
    const { modelBytes, trainedBytes } = goldenCase(name)
    const bytes = trainedBytes ?? modelBytes
    const model = await loadModel(bytes)
    const [theirs, ours] = [await contentsOf(bytes), await contentsOf(await model.save())]
    expect(ours.others.sort()).toEqual(theirs.others.sort())
    const [rounded, exact] = [theirs.objects, ours.objects].map((objects) => productOf(name, objects))
    expect(ours.objects).toEqual(theirs.objects)
    expect(exact).toBeCloseTo(rounded ?? Number.NaN, 8)
    // The optimizer's class is that of a backend in Keras's files.
    const settings = ours.config.compile_config as JsonObject
    const optimizer = (settings.optimizer ?? {}) as JsonObject
    const written = Object.keys(settings).length > 0 ? { ...settings, optimizer: { ...optimizer } } : settings
    const given = theirs.config.compile_config as JsonObject
    const { module, registered_name: registered } = (given.optimizer ?? {}) as JsonObject
    if (module !== undefined)
      Object.assign(written.optimizer as JsonObject, { module, registered_name: registered ?? null })
    expect(differences(written, given, name, ['shared_object_id'])).toEqual([])
    // Keras takes a float for an integer, but refuses some integers for floats.
    const kinds = differences(ours.withFloats, theirs.withFloats, name, ['shared_object_id'])
    expect(kinds.filter((difference) => / for {"float"/.test(difference) && !isOperand(difference))).toEqual(
      [],
    )
  })
})

const [x, y] = [uniform([12, 5, 3], -1, 1, 1), uniform([12, 2], -1, 1, 2)]

function build(units = 4): LayersModel {
  setSeed(5)
  return Sequential([LSTM(units, { inputShape: [5, 3] }), Dropout(0.2), Dense(2)])
}

const training = { ...quiet, batchSize: 4, epochs: 2, shuffle: false }

onCpuFirst(() => {
  test.each([
    ['Adam', () => Adam({ learningRate: 0.02, beta1: 0.8 })],
    ['Lamb', () => Lamb({ learningRate: 0.02, useEma: true })],
    ['Muon', () => Muon({ learningRate: 0.02, excludeLayers: ['dense'] })],
    ['a scaled loss', () => LossScaleOptimizer(Adam(0.02), { initialScale: 8, dynamicGrowthSteps: 2 })],
  ])('training goes on from a file as without one: %s', async (_what, optimizer) => {
    const model = build()
    model.compile({ optimizer: optimizer(), loss: 'mse', metrics: ['mae'] })
    await model.fit(x, y, training)
    model.optimizer!.learningRate = 0.01
    const loaded = await loadModel(await model.save())
    expect(await weightsOf(loaded)).toEqual(await weightsOf(model))
    expect(loaded.optimizer?.learningRate).toBeCloseTo(0.01, 8)
    expect(loaded.optimizer?.iterations).toBe(6)
    model.optimizer!.learningRate = Math.fround(0.01)
    const dropout = (of: LayersModel) => of.getLayer(1)
    expect(dropout(loaded).getConfig()).toEqual(dropout(model).getConfig())
    const evaluated = [await loaded.evaluate(x, y, quiet), await model.evaluate(x, y, quiet)]
    expect(evaluated[0]).toEqual(evaluated[1])

    const weights = await model.saveWeights()
    const other = build()
    other.compile({ optimizer: optimizer(), loss: 'mse' })
    await other.loadWeights(weights)
    expect(await weightsOf(other)).toEqual(await weightsOf(model))
    expect(other.optimizer?.iterations).toBe(6)
    const plain = build()
    await plain.loadWeights(await model.save(null, { compile: false }))
    expect((await plain.predict(x)).data).toEqual((await model.predict(x)).data)
  })
})

test('without dropout the loss curve after loading is the same', async () => {
  setSeed(1)
  const model = Sequential([LSTM(3, { inputShape: [5, 3] }), Dense(2)])
  model.compile({ optimizer: 'adam', loss: 'mse' })
  await model.fit(x, y, training)
  const loaded = await loadModel(await model.save())
  const { history } = await loaded.fit(x, y, training)
  // The rate in a file is a float32.
  model.optimizer!.learningRate = Math.fround(0.001)
  expect(history).toEqual((await model.fit(x, y, training)).history)
})

test('weights of other layers are refused, and none is set', async () => {
  const [model, wide] = [build(), build(6)]
  const before = await weightsOf(model)
  const bytes = await wide.saveWeights()
  await expect(model.loadWeights(bytes)).rejects.toThrow(FormatError)
  await expect(model.loadWeights(bytes)).rejects.toThrow(
    /loadWeights, LSTM "lstm.*", weight ".*\/kernel": expected shape \[3, 16\], got \[3, 24\]\./,
  )
  expect(await weightsOf(model)).toEqual(before)
  wide.setWeights(
    (await wide.getWeights()).map(({ data, shape }) =>
      tensor(
        data.map(() => 1),
        shape,
      ),
    ),
  )
  const deeper = Sequential([LSTM(6, { inputShape: [5, 3] }), Dropout(0.2), Dense(2), Dense(1)])
  const [, , last] = (await deeper.getWeights()).slice(-3)
  await deeper.loadWeights(await wide.saveWeights(), { skipMismatch: true })
  const after = await deeper.getWeights()
  expect(after[0]?.data.every((value) => value === 1)).toBe(true)
  expect(after.at(-1)).toEqual(last)
  await expect(model.loadWeights(new Uint8Array(9))).rejects.toThrow(
    'expected weights in a .keras or .h5 file',
  )
})

test('what a file cannot name is refused, or left out', async () => {
  const model = build()
  model.compile({ optimizer: 'sgd', loss: (t, p) => ops.mean(ops.square(ops.subtract(t, p)), -1) })
  await expect(model.save()).rejects.toThrow(
    'save, loss: expected a function that is registered, since files have functions by name, got the function loss. ' +
      "Call register('loss', loss) before, or save with { compile: false } and compile after loading.",
  )
  const loaded = await loadModel(await model.save(null, { compile: false }))
  expect(loaded.compileOptions).toBeNull()
  await expect(model.save(3 as never)).rejects.toThrow(
    'expected a path, a file handle or a function of bytes, got 3',
  )
})

test('a model whose layers add the only losses stays compiled', async () => {
  await setBackend('cpu')
  const model = Sequential([Input([2]), Dense(2, { kernelRegularizer: 'l2' })])
  model.compile({ optimizer: Adam(0.1) })
  const x = tensor([1, 2], [1, 2])
  await model.fit(x, x, quiet)
  const loaded = await loadModel(await model.save())
  const [there, here] = [await loaded.fit(x, x, quiet), await model.fit(x, x, quiet)]
  expect(there.history).toEqual(here.history)
})

test('a vocabulary that a layer learned travels', async () => {
  const input = Input({ shape: [2], dtype: 'string' })
  const lookup = StringLookup()
  await lookup.adapt([
    ['a', 'b'],
    ['b', 'c'],
  ])
  const model = Model(input, Dense(2)(lookup(input)))
  const loaded = await loadModel(await model.save())
  const words = [
    ['b', 'z'],
    ['a', 'c'],
  ]
  expect((await loaded.predict(words)).data).toEqual((await model.predict(words)).data)
})

describe('places', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'recurra-save-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  test('a path, a file URL, a handle, a function', async () => {
    const model = build()
    const path = join(folder, 'model.keras')
    expect(await model.save(path)).toBeUndefined()
    expect(await contentsOf(await readFile(path))).toEqual(await contentsOf(await model.save()))
    await model.saveWeights(pathToFileURL(join(folder, 'a.weights.h5')))
    expect((await readdir(folder)).sort()).toEqual(['a.weights.h5', 'model.keras'])
    await build().loadWeights(join(folder, 'a.weights.h5'))
    await loadModel(path)
    const kept: Uint8Array[] = []
    await model.saveWeights((given) => void kept.push(given))
    expect(kept).toHaveLength(1)

    // A write that fails leaves what was there, and nothing beside it.
    await expect(model.save(join(path, 'model.keras'))).rejects.toThrow(
      /save: expected a file that can be written, got: (EEXIST|ENOTDIR)/,
    )
    const closed: string[] = []
    const handle = {
      createWritable: async () => ({
        write: async () => Promise.reject(new Error('the disk is full')),
        close: async () => void closed.push('close'),
        abort: async () => void closed.push('abort'),
      }),
    }
    await expect(model.save(handle as never)).rejects.toThrow('got: the disk is full.')
    expect(closed).toEqual(['abort'])
  })
})

test('clones and JSON', async () => {
  const model = build()
  const [clone, parsed] = [await cloneModel(model), await modelFromJSON(await model.toJSON())]
  for (const copy of [clone, parsed]) {
    expect(copy.getConfig()).toEqual(model.getConfig())
    expect(await weightsOf(copy)).not.toEqual(await weightsOf(model))
  }
  await expect(modelFromJSON('{"a"')).rejects.toThrow('modelFromJSON: expected JSON')
})
