// Every operation says the shapes of all its inputs, and refuses each input of another rank and each extent that disagrees.
import { expect, test } from 'vitest'
import { RecurraError } from '../../src/errors.ts'
import type { Operation } from '../../src/graph/operation.ts'
import type { Shape } from '../../src/util/shape.ts'
import { entries } from '../support/operations.ts'

/** Whether the operation takes these shapes; throws what is no error of shapes. */
function takes(operation: Operation, shapes: Readonly<Record<string, Shape>>, attrs: object): boolean {
  try {
    operation.outputShapes(shapes, attrs)
    return true
  } catch (error) {
    if (error instanceof RecurraError) return false
    throw error
  }
}

const factorsOf = (word: string): string[] =>
  word.split('·').flatMap((factor) => factor.match(/\d+|[a-zA-Z]\w*/g) ?? [])

/** Whether an extent may not be one more: it is a number, a multiple of one, or a dimension that stands elsewhere, too. */
function isBound(word: string, words: readonly string[], attrs: object): boolean {
  if (word === '_') return false
  const numbers = { ...attrs } as Readonly<Record<string, unknown>>
  const isSet = (factor: string): boolean => /^\d/.test(factor) || Number(numbers[factor] ?? 1) > 1
  const [name] = factorsOf(word).filter((factor) => /^[A-Z]/.test(factor))
  const uses = words.flatMap(factorsOf).filter((factor) => factor === name)
  return (
    name === undefined ||
    uses.length > 1 ||
    factorsOf(word).some((factor) => factor !== name && isSet(factor))
  )
}

test.each(Object.entries(entries))('%s', (_name, { operation, shapes, attrs }) => {
  const patterns = operation.dims(attrs)
  expect(Object.keys(patterns).sort()).toEqual([...operation.inputNames].sort())
  expect(takes(operation, shapes, attrs)).toBe(true)
  const all = Object.entries(patterns).flatMap(([input, pattern]) =>
    input in shapes ? pattern.split(' ') : [],
  )
  for (const [input, pattern] of Object.entries(patterns)) {
    const shape = shapes[input]
    if (shape === undefined) continue
    const words = pattern.split(' ')
    const open = words.findIndex((word) => word.startsWith('...'))
    const accepts = (other: Shape): boolean => takes(operation, { ...shapes, [input]: other }, attrs)
    // A rank is free where a group of extents is that no other tensor has.
    const isFree =
      open >= 0 && (words[open] === '...' || all.filter((word) => word === words[open]).length < 2)
    if (!isFree) {
      expect(accepts([...shape, 1]), `${input} of rank ${shape.length + 1}`).toBe(false)
      expect(accepts(shape.slice(1)), `${input} of rank ${shape.length - 1}`).toBe(false)
    }
    shape.forEach((extent, axis) => {
      const fromEnd = axis - shape.length + words.length
      const word = open < 0 || axis < open ? words[axis] : fromEnd > open ? words[fromEnd] : words[open]
      if (word === undefined || (word.startsWith('...') ? isFree : !isBound(word, all, attrs))) return
      const other = shape.map((e, i) => (i === axis ? extent + 1 : e))
      expect(accepts(other), `${input} [${other}], ${word}`).toBe(false)
    })
  }
})
