// snake_case and camelCase, both ways: by example, and over every key that Keras wrote into the golden files.

import { expect, test } from 'vitest'
import type { Json } from '../../src/formats/config/json.ts'
import {
  keysToCamelCase,
  keysToSnakeCase,
  toCamelCase,
  toSnakeCase,
} from '../../src/formats/config/snakeCase.ts'
import { readKerasArchive } from '../../src/formats/keras/kerasArchive.ts'
import { isKerasConfig } from '../../src/formats/kerasConfig.ts'
import { goldenCase, goldenNames } from '../support/golden.ts'

test.each([
  ['units', 'units'],
  ['return_sequences', 'returnSequences'],
  ['go_backwards', 'goBackwards'],
  ['zero_output_for_mask', 'zeroOutputForMask'],
  ['beta_1', 'beta1'],
  ['beta_2_decay', 'beta2Decay'],
  ['l1', 'l1'],
])('%s is %s, both ways', (snake, camel) => {
  expect(toCamelCase(snake)).toBe(camel)
  expect(toSnakeCase(camel)).toBe(snake)
})

test('every key of every golden configuration survives the way there and back', async () => {
  const keys = new Set<string>()
  const collect = (value: Json): void => {
    if (isKerasConfig(value)) for (const key of Object.keys(value.config)) keys.add(key)
    if (typeof value === 'object' && value !== null) Object.values(value).forEach(collect)
  }
  for (const name of goldenNames) collect((await readKerasArchive(name, goldenCase(name).modelBytes)).config)

  expect(keys.size).toBeGreaterThan(50)
  for (const key of keys) expect(toSnakeCase(toCamelCase(key))).toBe(key)
  for (const key of keys) expect(toCamelCase(key)).not.toContain('_')
})

test('objects are renamed one level deep, because deeper keys may be data', () => {
  const config = { loss_weights: { my_output: 1 }, return_state: true }
  const options = keysToCamelCase<unknown>(config)
  expect(options).toEqual({ lossWeights: { my_output: 1 }, returnState: true })
  expect(keysToSnakeCase(options)).toEqual(config)
})
