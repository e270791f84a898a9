// Data on the host of which layers there make numbers: words, or integers, with a shape.

import { describeValue, fail } from '../../errors.ts'
import { isList, isTyped, readNested } from '../../util/nested.ts'
import type { Shape } from '../../util/shape.ts'
import { isTensorData, toTensor } from '../../util/tensor.ts'

/** Words nested as deep as the data have axes. */
export type NestedStrings = string | readonly NestedStrings[]

/** Data whose entries are words or integers. */
export interface HostData<T extends string | number = string | number> {
  readonly values: readonly T[]
  readonly shape: Shape
}

/** What entries may be. */
export type Entry = 'strings' | 'integers' | 'any'

const names: Readonly<Record<Entry, string>> = {
  strings: 'a string',
  integers: 'an integer',
  any: 'a string or an integer',
}

/** Reads nested arrays; of integers also typed arrays and tensors. */
export function readHostData(given: unknown, entry: Entry, where: string): HostData {
  const unfold = (row: unknown): unknown =>
    entry !== 'strings' && isTensorData(row) ? toTensor(row, where).toArray() : row
  const whole = unfold(given)
  if (!isList(whole)) return { values: [readEntry(whole, entry, () => where)], shape: [] }
  const { shape, visit } = readNested(whole, where, unfold)
  const values: (string | number)[] = []
  visit((each, name) => {
    values.push(readEntry(each, entry, name))
  })
  return { values, shape }
}

function readEntry(value: unknown, entry: Entry, name: () => string): string | number {
  if (typeof value === 'string' && entry !== 'integers') return value
  const plain = typeof value === 'bigint' ? Number(value) : value
  if (entry !== 'strings' && Number.isSafeInteger(plain)) return plain as number
  return fail(name(), {
    expected: names[entry],
    got: describeValue(value),
    ...(isTensorData(value) ? { remedy: 'Give nested arrays of strings.' } : {}),
  })
}

/** Whether an array's entries differ in length somewhere. */
export function isUneven(given: unknown): boolean {
  if (!Array.isArray(given)) return false
  if (given.some((each: unknown) => isTyped(each) || isTensorData(each))) return true
  if (!given.some(Array.isArray)) return false
  const inner = given as readonly unknown[]
  const extents = inner.map((each) => (Array.isArray(each) ? each.length : -1))
  return new Set(extents).size > 1 || inner.some(isUneven)
}
