/** Lambdas of files, whose code is not run: a function that is registered by the layer's name takes its place. */
import { beforeAll, expect, test } from 'vitest'
import type { JsonObject } from '../../src/formats/config/json.ts'
import { configOfOlder } from '../../src/formats/keras/olderConfig.ts'
import { loadModel, modelFromJSON, ops, register, type SymbolicTensor, setBackend } from '../../src/index.ts'
import { entriesOf, zipped } from '../support/kerasFiles.ts'

beforeAll(() => setBackend('cpu'))

/** What Python's `lambda x: …` is in files of Keras 3. */
const code = { class_name: '__lambda__', config: { code: '4wEA', defaults: null, closure: null } }

/** A Sequential of a Lambda of 4 numbers. */
const modelOf = (config: JsonObject): JsonObject => ({
  class_name: 'Sequential',
  config: {
    name: 'model',
    layers: [
      { class_name: 'InputLayer', config: { batch_shape: [null, 4], dtype: 'float32', name: 'x' } },
      { class_name: 'Lambda', config },
    ],
  },
})
const read = (config: JsonObject) => modelFromJSON(JSON.stringify(modelOf(config)))

test('a registered function takes the place of code, and is what files that are written name', async () => {
  register('last_number', (x: SymbolicTensor) => ops.take(x, [-1], 1))
  const model = await read({ name: 'last_number', function: code, output_shape: code, arguments: {} })
  expect((await model.predict([[1, 2, 3, 4]])).toArray()).toEqual([[4]])
  expect(JSON.stringify(JSON.parse(await model.toJSON()))).toContain('"config":"last_number"')
})

test('objects of one call do so', async () => {
  const saved = await read({
    name: 'first_number',
    function: { class_name: 'function', config: 'last_number' },
  })
  const entries = entriesOf(await saved.save())
  const config = JSON.stringify(modelOf({ name: 'first_number', function: code }))
  const bytes = zipped({ ...entries, 'config.json': new TextEncoder().encode(config) })
  await expect(loadModel(bytes)).rejects.toThrow(
    'loadModel, Lambda "first_number", function: expected functions by name, since code in a file is not run, got a lambda of Python. ' +
      "Write it in ops, and call register('first_number', …) before: the function by the layer's name takes its place.",
  )
  const customObjects = { first_number: (x: SymbolicTensor) => ops.take(x, [0], 1) }
  const model = await loadModel(bytes, { customObjects })
  expect((await model.predict([[1, 2, 3, 4]])).toArray()).toEqual([[1]])
})

test('files of Keras 2 say beside a function whether it is code or a name', () => {
  const older = (config: JsonObject) => configOfOlder({ class_name: 'Lambda', config }, 'the test').config
  const beside = { module: '__main__', output_shape: null, output_shape_module: null, arguments: {} }
  const dumped = ['4wEA', null, null]
  expect(
    older({
      ...beside,
      name: 'of_code',
      function: dumped,
      function_type: 'lambda',
      output_shape: dumped,
      output_shape_type: 'lambda',
    }),
  ).toEqual({
    name: 'of_code',
    function: { class_name: '__lambda__', config: {} },
    output_shape: { class_name: '__lambda__', config: {} },
    arguments: {},
  })
  expect(
    older({
      ...beside,
      name: 'by_name',
      function: 'last_number',
      function_type: 'function',
      output_shape: [1],
      output_shape_type: 'raw',
    }),
  ).toEqual({
    name: 'by_name',
    function: { class_name: 'function', config: 'last_number' },
    output_shape: [1],
    arguments: {},
  })
})
