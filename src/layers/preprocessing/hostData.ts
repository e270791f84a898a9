// Data on the host of which layers there make numbers: words, or integers, with a shape.

import { describeValue, fail } from '../../errors.ts'
import { type Shape, showShape } from '../../util/shape.ts'
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

/** The most axes of data: arrays that are nested deeper contain themselves, or are a mistake. */
const MAX_RANK = 16

/** Reads nested arrays; of integers also typed arrays and tensors. */
export function readHostData(given: unknown, entry: Entry, where: string): HostData {
  if (entry !== 'strings' && (isTensorData(given) || isTyped(given))) {
    const { data, shape } = isTensorData(given)
      ? toTensor(given, where)
      : { data: given, shape: [given.length] }
    return { values: Array.from(data, (value) => readEntry(Number(value), entry, where)), shape }
  }
  const shape: number[] = []
  for (let inner = given; Array.isArray(inner); inner = inner[0] as unknown) {
    if (shape.push(inner.length) > MAX_RANK)
      fail(where, {
        expected: `arrays at most ${MAX_RANK} deep`,
        got: 'deeper ones, or one that contains itself',
      })
  }
  const values: (string | number)[] = []
  const visit = (nested: unknown, axis: number): void => {
    if (axis === shape.length) values.push(readEntry(nested, entry, where))
    else if (Array.isArray(nested) && nested.length === shape[axis])
      for (const each of nested as readonly unknown[]) visit(each, axis + 1)
    else {
      fail(where, {
        expected: `arrays of one length (shape ${showShape(shape)})`,
        got: Array.isArray(nested)
          ? `one of length ${nested.length} at depth ${axis}`
          : describeValue(nested),
      })
    }
  }
  visit(given, 0)
  return { values, shape }
}

const isTyped = (given: unknown): given is ArrayLike<number | bigint> =>
  ArrayBuffer.isView(given) && 'length' in given

function readEntry(value: unknown, entry: Entry, where: string): string | number {
  if (typeof value === 'string' && entry !== 'integers') return value
  const plain = typeof value === 'bigint' ? Number(value) : value
  if (entry !== 'strings' && Number.isSafeInteger(plain)) return plain as number
  return fail(where, {
    expected: entry === 'any' ? 'strings or integers' : entry,
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
