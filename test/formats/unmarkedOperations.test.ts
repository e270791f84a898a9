/** Functions of `ops` in the older format .h5 of Keras 3, which has them by their classes alone, some of which layers have, too. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'fflate'
import { beforeAll, expect, test } from 'vitest'
import { loadModel, setBackend, type Tensor, tensor } from '../../src/node.ts'
import { expectClose } from '../support/compare.ts'
import { quiet } from '../support/models.ts'

const folder = new URL('keras3/', import.meta.url)
const file = gunzipSync(readFileSync(new URL('operations.h5.gz', folder)))
const { x, predict, loss } = JSON.parse(readFileSync(new URL('operations.json', folder), 'utf8'))

beforeAll(() => setBackend('cpu'))

/** The file with other words of the same length. */
const withWords = (from: string, to: string): Uint8Array => {
  expect(to).toHaveLength(from.length)
  const text = Buffer.from(file).toString('latin1')
  expect(text).toContain(from)
  return new Uint8Array(Buffer.from(text.replaceAll(from, to), 'latin1'))
}

test('a model with operations predicts and trains on as in Keras', async () => {
  const model = await loadModel(file)
  const outputs = [await model.predict(tensor(x), quiet)].flat() as Tensor[]
  outputs.forEach((output, i) => {
    expectClose(`prediction ${i}`, output.data, tensor(predict[i]).data, 2e-6)
  })
  const zeros = outputs.map(({ shape, data }) => tensor(new Float32Array(data.length), shape))
  const { history } = await model.fit(tensor(x), zeros, { ...quiet, epochs: 2, batchSize: 2, shuffle: false })
  expectClose('loss', history.loss ?? [], loss, 2e-5)
  // What is written has the modules, and is read like any other.
  expect(await (await loadModel(await model.save())).getWeights()).toEqual(await model.getWeights())
})

test.each([
  ['"Multiplx"', "Did you mean 'Multiply'?"],
  ['"Zxqkvwjy"', `If it is a layer of your own, call register('Zxqkvwjy', …) before.`],
])('%s is no operation', async (name, remedy) => {
  const { message } = (await loadModel(withWords('"Multiply"', name)).catch((error: Error) => error)) as Error
  expect(message).toContain(
    `expected operations that ops has, got ${name.replaceAll('"', '')}, "multiply". ${remedy}`,
  )
})
