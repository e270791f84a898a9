/** Arguments without a name have Keras's order in every layer, as far as texts go: the first four at least. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { toCamelCase } from '../../src/formats/config/snakeCase.ts'
import { argumentOrder } from '../../src/keras/argumentOrder.ts'
import { layerDefinitions } from '../../src/layers/callable.ts'
import '../../src/index.ts'

const { layers } = JSON.parse(readFileSync('test/support/kerasApi.json', 'utf8')) as {
  layers: Readonly<Record<string, readonly string[]>>
}

/** Options of Keras that no layer here has, behind which the order does not count. */
const ABSENT = ['vocabularyDtype', 'batchSize', 'oovMethod', 'loraAlpha']
/** Options behind others that layers of images take as keywords alone. */
const KEYWORDS = ['factor', 'boundingBoxFormat']

test.each([...layerDefinitions].filter(([name]) => name in layers))('%s', (name, definition) => {
  const keras = (layers[name] ?? []).map(toCamelCase)
  const end = keras.findIndex((option, i) => ABSENT.includes(option) || (i > 0 && KEYWORDS.includes(option)))
  const wanted = keras.slice(0, Math.min(end < 0 ? 4 : end, 4))
  expect(argumentOrder(definition).slice(0, wanted.length)).toEqual(wanted)
})
