// How much images are changed: a number, or the range of which a number is drawn for each image.

import { checkFinite, describeValue, fail } from '../../../errors.ts'
import { option, type Read, required } from '../../../util/options.ts'

/** From where to where. */
export type Range = readonly [low: number, high: number]

/** A range, or a number f for [−f, f]. */
export type Factor = number | Range

/** Two numbers. */
export const readPair: Read<Range> = (where, name, value) => {
  const [low, high, ...more] = Array.isArray(value) ? (value as readonly unknown[]) : []
  if (low === undefined || high === undefined || more.length > 0)
    fail(where, { expected: `${name} to be two numbers`, got: describeValue(value) })
  return [checkFinite(where, name, low), checkFinite(where, name, high)]
}

const inOrder = ([first, second]: Range): Range => (first > second ? [second, first] : [first, second])

/** The least and the most, and whether the least itself is excluded. */
interface Bounds {
  readonly min: number
  readonly max: number
  readonly isOpen?: boolean
}

const refuse = (where: string, name: string, value: unknown, { min, max, isOpen = false }: Bounds): never =>
  fail(where, {
    expected: `${name} to be a number, or two, in ${isOpen ? '(' : '['}${min}, ${max}]`,
    got: describeValue(value),
  })

/** A factor of one axis, which is kept as it was given: each number lies within the bounds. */
const readAxisFactor =
  (bounds: Bounds): Read<Factor> =>
  (where, name, value) => {
    const check = (each: unknown): number =>
      typeof each === 'number' &&
      each <= bounds.max &&
      (bounds.isOpen ? each > bounds.min : each >= bounds.min)
        ? each
        : refuse(where, name, value, bounds)
    if (!Array.isArray(value)) return check(value)
    return value.length === 2 ? [check(value[0]), check(value[1])] : refuse(where, name, value, bounds)
  }

export const axisFactor = (isOpen = false) => readAxisFactor({ min: -1, max: 1, isOpen })

/** What is drawn of for a factor of an axis. */
export const rangeOf = (factor: Factor): Range =>
  typeof factor === 'number' ? [-Math.abs(factor), Math.abs(factor)] : inOrder(factor)

/** A factor that is kept as a range, and stands for it in files; of a range each end may lie beyond the bounds, if not both at one side. */
export const rangeFactor = (min: number, max: number) =>
  required<Range, Factor>((where, name, value) => {
    if (typeof value === 'number' && value >= min && value <= max)
      return [Math.max(-Math.abs(value), min), Math.abs(value)]
    if (!Array.isArray(value)) return refuse(where, name, value, { min, max })
    const [first, second] = readPair(where, name, value)
    return first > max || second < min ? refuse(where, name, value, { min, max }) : inOrder([first, second])
  })

/** The least and the greatest number of a pixel. */
export const valueRange = (isOrdered: boolean) =>
  option<Range>([0, 255], (where, name, value) => {
    const range = readPair(where, name, value)
    return isOrdered ? inOrder(range) : range
  })
