/** Weights of models as safetensors: by the paths that Keras gives them, there and back. */
import { beforeAll, expect, test } from 'vitest'
import { loadSafetensors, saveSafetensors } from '../../src/formats.ts'
import {
  Dense,
  FormatError,
  type LayersModel,
  LSTM,
  loadModel,
  Sequential,
  setBackend,
  setSeed,
} from '../../src/node.ts'
import { useMemoryFiles } from '../support/memoryFiles.ts'

const files = useMemoryFiles()
beforeAll(() => setBackend('cpu'))

const modelOf = (units: number, seed: number): LayersModel => {
  setSeed(seed)
  return Sequential([LSTM(3, { inputShape: [4, 2], name: 'lstm' }), Dense(units, { name: 'dense' })])
}
const dataOf = async (model: LayersModel): Promise<unknown[]> =>
  (await model.getWeights()).map(({ data }) => [...data])

test('all weights, by name', async () => {
  const model = modelOf(2, 1)
  await model.saveWeights('x.safetensors')
  const { tensors, metadata } = await loadSafetensors(files.get('x.safetensors') as Uint8Array)
  expect(metadata).toEqual({ format: 'keras', model: model.name })
  expect(Object.keys(tensors)).toEqual(model.weights.map(({ path }) => path))
  const other = modelOf(2, 2)
  expect(other.name).not.toBe(model.name)
  await other.loadWeights('x.safetensors')
  expect(await dataOf(other)).toEqual(await dataOf(model))
  // As a library that orders them by name, and gives them as halves of f64, writes them.
  const sorted = Object.entries(tensors).sort(([a], [b]) => a.localeCompare(b))
  const doubles = sorted.map(
    ([name, { data, shape }]) => [name, { shape, data: Float64Array.from(data) }] as const,
  )
  const third = modelOf(2, 3)
  await third.loadWeights(await saveSafetensors(Object.fromEntries(doubles)))
  expect(await dataOf(third)).toEqual(await dataOf(model))
  expect(await model.saveWeights(null, { format: 'safetensors' })).toEqual(files.get('x.safetensors'))
})

test('weights of another model: by name, those that fit, or none', async () => {
  await modelOf(2, 1).saveWeights('x.safetensors')
  const wider = modelOf(5, 2)
  const before = await dataOf(wider)
  const loading = wider.loadWeights('x.safetensors')
  await expect(loading).rejects.toThrow('dense/kernel": expected shape [3, 5], got [3, 2].')
  await expect(loading).rejects.toBeInstanceOf(FormatError)
  expect(await dataOf(wider)).toEqual(before)
  await wider.loadWeights('x.safetensors', { skipMismatch: true })
  expect(await dataOf(wider)).toEqual([...(await dataOf(modelOf(2, 1))).slice(0, 3), ...before.slice(3)])

  const more = Sequential([LSTM(3, { inputShape: [4, 2], name: 'lstm' }), Dense(2, { name: 'other' })])
  const own = await dataOf(more)
  await expect(more.loadWeights('x.safetensors')).rejects.toThrow(
    'other/kernel": expected a weight of this name, got ["sequential',
  )
  expect(await dataOf(more)).toEqual(own)
  await more.loadWeights('x.safetensors', { byName: true })
  expect(await dataOf(more)).toEqual([...(await dataOf(modelOf(2, 1))).slice(0, 3), ...own.slice(3)])
})

test('no model is in such a file', async () => {
  await modelOf(2, 1).saveWeights('x.safetensors')
  await expect(loadModel('x.safetensors')).rejects.toThrow(
    'loadModel "x.safetensors": expected a file of a model, got a safetensors file, which holds weights alone.',
  )
})
