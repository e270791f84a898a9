/**
 * The numbers of other libraries' own tests: Keras 3.16, TensorFlow.js's layers, keras-js and ONNX's nodes. Each case runs through what
 * users call; those that are not met are listed with their reasons (peers/exceptions.ts).
 */
import { beforeAll, expect, test } from 'vitest'
import { setBackend } from '../src/index.ts'
import { casesOf, completedIds, libraries } from './peers/cases.ts'
import { check } from './peers/check.ts'
import { exceptionOf, exceptions, idsOf } from './peers/exceptions.ts'
import { sampled } from './support/sampled.ts'

beforeAll(() => setBackend('cpu'))

test.each(libraries)('%s', async (library) => {
  const cases = sampled(casesOf(library), 4)
  const { met, unexpected } = await check(cases)
  expect(unexpected).toEqual([])
  expect(met).toBe(cases.filter(({ id }) => !exceptionOf.has(id)).length)
})

test('every case that is not met is listed once, with a reason', () => {
  const listed = exceptions.flatMap(({ cases }) => cases.split('; '))
  expect(listed.every((part) => /^(keras|tfjs|kerasjs|onnx)( \d+(-\d+)?)+$/.test(part))).toBe(true)
  const known = new Set(libraries.flatMap(casesOf).map(({ id }) => id))
  expect([...exceptionOf.keys()].filter((id) => !known.has(id))).toEqual([])
  expect(exceptions.flatMap(({ cases }) => idsOf(cases)).length).toBe(exceptionOf.size)
  const missing = exceptions.filter(({ status }) => status === 'missing')
  expect(missing.flatMap(({ cases }) => idsOf(cases)).length).toBeLessThanOrEqual(100)
  // What completes recordings is of cases that there are.
  expect(completedIds.filter((id) => !known.has(id))).toEqual([])
})
