/**
 * Ejected modules in Node: their predictions are those of the model, on the CPU by compiled functions and without, and on WebGPU.
 * test/browser/eject.spec.ts opens pages.
 */
import { rmSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { eject, saveEjected } from 'recurra/formats'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as recurra from '../../src/index.ts'
import { Tensor } from '../../src/util/tensor.ts'
import { expectClose, expectEqual } from '../support/compare.ts'
import { importText } from '../support/ejected.ts'
import { layerModels } from '../support/everyLayer.ts'
import { expectError } from '../support/expectError.ts'
import { goldenCase } from '../support/golden.ts'
import { requestTestDevice } from '../support/gpu.ts'
import { sampled } from '../support/sampled.ts'
import { uniform } from '../support/values.ts'

const { Dense, Embedding, GRU, Input, LSTM, Model, Sequential, setBackend, TextVectorization } = recurra
type EjectedOf = Parameters<typeof eject>[0]

const device = await requestTestDevice()

beforeAll(() => setBackend('cpu'))
afterAll(() => rmSync('test/artifacts/ejected', { recursive: true, force: true }))

const listed = (outputs: Tensor | Tensor[]): Tensor[] => [outputs].flat()

/** Expects the same shapes and, up to rounding, the same numbers. */
function expectSame(name: string, got: Tensor | Tensor[], expected: typeof got): void {
  expectEqual(`${name}: outputs`, listed(got).length, listed(expected).length)
  listed(got).forEach((tensor, i) => {
    const { shape, data } = listed(expected)[i] ?? new Tensor(new Float32Array(), [])
    expect(tensor.shape).toEqual(shape)
    expectClose(`${name} ${i}`, tensor.data, data, 2e-6, 1)
  })
}

/** Expects a message of an ejected module, whose errors are of a class of its own. */
async function expectRefused(call: Promise<unknown>, message: string): Promise<void> {
  const error: unknown = await call.then(
    () => 'no error',
    (reason: unknown) => reason,
  )
  expect(String(error)).toBe(`RecurraError: ${message}`)
}

/** Golden cases, and where else than on the CPU with WebAssembly they run. */
const cases: Readonly<Record<string, 'WebGPU' | 'JavaScript' | null>> = {
  attention_causal: 'JavaScript',
  conv_autoencoder: 'WebGPU',
  convlstm2d_frames: 'JavaScript',
  embeddings_two: 'WebGPU',
  graph_operations: 'WebGPU',
  gru_seq2seq_states: 'JavaScript',
  image_reshaping: null,
  masked_tagger: 'WebGPU',
  multi_io: null,
  nested_shared: 'WebGPU',
  normalizations: 'WebGPU',
  rnn_cells_bidirectional: null,
  stacked_deep: 'WebGPU',
  time_distributed_batchnorm: null,
}

test.each(sampled(Object.entries(cases), 4))('%s predicts as the model that it was', async (name, other) => {
  const { trainedBytes, modelBytes, x } = goldenCase(name)
  const model = await recurra.loadModel(trainedBytes ?? modelBytes)
  const shapes = x.map(({ shape }) => shape.slice(1))
  const data = x.length === 1 ? x[0] : x
  const expected = await model.predict(data as recurra.Data)
  const options = { format: 'js', shapes, batchSize: 4 } as const
  const { load } = await importText(await eject(model, options))
  const whole = await load({ backend: 'cpu' })
  expect(whole.description).toBe('CPU (WebAssembly SIMD)')
  expectSame(name, await whole.predict(data), expected)
  if (other === null) return
  const second =
    other === 'WebGPU'
      ? await load({ backend: 'webgpu', device })
      : await (await importText(await eject(model, { ...options, webAssembly: false }))).load()
  expect(second.description).toContain(other)
  expectSame(`${name} by ${other}`, await second.predict(data), expected)
  second.dispose()
})

test('layers of the device predict, in long runs every one', async () => {
  const failed: string[] = []
  for (const [name, { make, inputShape, data }] of sampled([...layerModels(recurra)], 24)) {
    if (data) continue
    const model = make()
    const x = uniform([3, ...inputShape], -1, 1)
    const { load } = await importText(await eject(model, { format: 'js', batchSize: 2 }))
    const ejected = await load({ backend: 'cpu' })
    const got = listed(await ejected.predict(x))
    const expected = listed(await model.predict(x))
    const isClose = got.every(({ data: numbers }, i) =>
      numbers.every((value, j) => Math.abs(value - (expected[i]?.data[j] ?? Number.NaN)) < 1e-5),
    )
    if (!isClose || got.length !== expected.length) failed.push(name)
    ejected.dispose()
    model.dispose()
  }
  expect(failed).toEqual([])
})

test('a small model is a small file, and any number of samples go through it', async () => {
  const model = Sequential([Input([20, 3], { name: 'series' }), LSTM(64), Dense(1)])
  const text = await eject(model, { format: 'js', webAssembly: false })
  const weights = (4 / 3) * 4 * model.countParams()
  // Kernels are shortened where the package is built, and are the rest of it here.
  expect(text.length - weights).toBeLessThan(110_000)
  expect(gzipSync(text.replace(/base64:"[^"]*"/, '')).length).toBeLessThan(36_000)
  const ejected = await (await importText(text)).load()
  expect(ejected.inputs).toEqual([{ name: 'series', shape: [20, 3], isInteger: false }])
  for (const rows of [1, 31, 32, 67]) {
    const x = uniform([rows, 20, 3], -1, 1)
    expectSame(`${rows} samples`, await ejected.predict(x), await model.predict(x))
  }
  const [first, second] = await Promise.all([
    ejected.predict(uniform([2, 20, 3], 0, 1)),
    ejected.predict(uniform([3, 20, 3], 0, 1)),
  ])
  expect([listed(first)[0]?.shape, listed(second)[0]?.shape]).toEqual([
    [2, 1],
    [3, 1],
  ])
})

test('a trained model has its present weights, in half precision where that is asked for', async () => {
  const model = Sequential([Input([5]), Dense(8, { activation: 'tanh' }), Dense(2)])
  model.compile({ loss: 'mse', optimizer: 'adam' })
  const x = uniform([16, 5], -1, 1)
  await model.fit(x, uniform([16, 2], -1, 1, 2), { epochs: 3, verbose: 0 })
  const expected = await model.predict(x)
  const whole = await (await importText(await eject(model, { format: 'js' }))).load()
  expectSame('float32', await whole.predict(x), expected)
  const half = await (await importText(await eject(model, { format: 'js', weights: 'float16' }))).load()
  const [got] = listed(await half.predict(x))
  expectClose('float16', got?.data ?? [], listed(expected)[0]?.data ?? [], 2e-3, 1)
  expect(got?.data).not.toEqual(listed(expected)[0]?.data)
})

test('states of a stateful model go from call to call', async () => {
  const model = Sequential([Input([4, 2], { batchSize: 3 }), GRU(5, { stateful: true }), Dense(1)])
  const { load } = await importText(await eject(model, { format: 'js' }))
  const x = uniform([3, 4, 2], -1, 1)
  for (const backend of ['cpu', 'webgpu']) {
    model.resetStates()
    const ejected = await load({ backend, device })
    const first = await model.predict(x)
    expectSame('first', await ejected.predict(x), first)
    expectSame('second', await ejected.predict(x), await model.predict(x))
    await ejected.resetStates()
    expectSame('again', await ejected.predict(x), first)
    await expectRefused(
      ejected.predict(uniform([4, 4, 2], 0, 1)),
      `${model.name}.predict: expected a multiple of 3 samples, the batch that the model is fixed to, got 4.`,
    )
    ejected.dispose()
  }
})

test('inputs of open extents are given theirs', async () => {
  const model = Sequential([Input([null, 2]), LSTM(3)])
  await expectError(
    () => eject(model),
    `eject of Model "${model.name}": expected shapes of one sample each for [batch, null, 2], got none. ` +
      'Give { shapes: [timesteps, features] } with the extents that samples have.',
  )
  const { load } = await importText(await eject(model, { format: 'js', shapes: [7, 2] }))
  const ejected = await load()
  const x = uniform([2, 7, 2], -1, 1)
  expectSame('of 7 steps', await ejected.predict(x), await model.predict(x))
  await expectRefused(
    ejected.predict(uniform([2, 6, 2], -1, 1)),
    `${model.name}.predict, x: expected samples as [batch, 7, 2], got [2, 6, 2].`,
  )
})

test('errors of data say what was expected', async () => {
  const model = Sequential([Input([3], { dtype: 'int32' }), Embedding(5, 2), LSTM(2)], { name: 'ids' })
  const ejected = await (await importText(await eject(model, { format: 'js' }))).load()
  await expectRefused(
    ejected.predict([1, 2, 3]),
    'ids.predict, x: expected samples as [batch, 3], got [3]. Put the sample in an array: [sample].',
  )
  await expectRefused(
    ejected.predict([[1, 2, 0.5]]),
    'ids.predict, x[0][2]: expected an integer up to 2²⁴, got 0.5.',
  )
  await expectRefused(
    ejected.predict([[1, 2, Number.NaN]]),
    'ids.predict, x[0][2]: expected a finite number, got NaN. Fill or drop missing values, and texts, such as the heading of a table.',
  )
  const layer = model.layers.find(({ className }) => className === 'Embedding')
  await expectRefused(
    ejected.predict([
      [1, 2, 3],
      [1, 7, 3],
    ]),
    `Embedding "${layer?.name}": expected ids from 0 to 4, whole numbers, got 7 in sample 1. inputDim of the layer is the largest id and one more.`,
  )
  expectSame('after an error', await ejected.predict([[1, 2, 3]]), await model.predict([[1, 2, 3]]))
  ejected.dispose()
  ejected.dispose()
  await expectRefused(
    ejected.predict([[1, 2, 3]]),
    'ids: expected a model in use, got one that was disposed.',
  )
})

test('layers on the host are refused by name', async () => {
  const words = TextVectorization({ vocabulary: ['a', 'b'], outputSequenceLength: 3 })
  const model = Sequential([Input([1], { dtype: 'string' }), words, Embedding(5, 2), LSTM(2)])
  await expectError(
    () => eject(model),
    `eject of Model "${model.name}": expected layers that compute on the device, got TextVectorization "${words.name}", which ` +
      'computes on the host. Eject the part of the model behind it, and give that what the layer gives.',
  )
})

test('hostile names are texts and nothing else', async () => {
  const hostile = `</script><script>globalThis.isHacked=1</script><!--"'\`\${globalThis.isHacked=1}\\\u2028*/`
  const named = (name: string) => ({ name }) as { name: string }
  const a = Input([2], named(hostile))
  const b = Input([2], named('__proto__'))
  const model = Model(
    [a, b],
    [Dense(1, named(`${hostile}2`))(a), Dense(1, named('constructor'))(b)],
    named(hostile),
  )
  for (const options of [{}, { name: `${hostile}3` }]) {
    const js = await eject(model, { ...options, format: 'js' })
    const ejected = await (await importText(js)).load()
    expect(ejected.name).toBe(options.name ?? hostile)
    expect(ejected.inputs.map(({ name }) => name)).toEqual([hostile, '__proto__'])
    expect(ejected.outputs.map(({ name }) => name)).toEqual([`${hostile}2`, 'constructor'])
    const x = [[[1, 2]], [[3, 4]]]
    expectSame('hostile', await ejected.predict(x), await model.predict(x))
    const html = await eject(model, options)
    // A script element ends where the first of these stands, and starts another state behind the others.
    expect(html.match(/<\/script/gi)).toHaveLength(1)
    expect(html.match(/<script/gi)).toHaveLength(1)
    expect(html).not.toMatch(/<!--|]]>/)
  }
  expect(globalThis).not.toHaveProperty('isHacked')
})

test('a file is written where its name says which', async () => {
  const model = Sequential([Input([2]), Dense(1)]) as EjectedOf & recurra.SequentialModel
  const texts: string[] = []
  const take = (bytes: Uint8Array): void => {
    texts.push(new TextDecoder().decode(bytes))
  }
  await saveEjected(model, take)
  await saveEjected(model, take, { format: 'js' })
  await model.save(take, { format: 'html' })
  await model.save(take, { format: 'js' })
  expect(texts.map((text) => text.slice(0, 15))).toEqual([
    '<!doctype html>',
    '// A model with',
    '<!doctype html>',
    '// A model with',
  ])
  expect(texts[2]).toBe(texts[0])
})
