// A text of Keras that is understood whole.

import { expect } from 'vitest'
import { fromKeras } from '../../src/formats.ts'

/** The model of a text without problems, and the arguments of its fit. */
export function readKeras(text: string) {
  const { model, problems, fit } = fromKeras(text)
  expect(problems).toEqual([])
  return { model, fit: fit ?? {} }
}
