// Elements of data sets. An element that is an array is a tuple of components, one that is a plain object has components by name, and all
// else is one component: a number, a text, a tensor. A component that is an array is data.

import { describeValue, fail } from '../errors.ts'
import { mapValues } from '../util/mapValues.ts'
import { readNested } from '../util/nested.ts'
import { isOptions } from '../util/options.ts'
import { stacked, unstacked } from '../util/samples.ts'
import { sameShape, showShape } from '../util/shape.ts'
import { isTensorData, type NestedArray, type NumericArray, Tensor, toTensor } from '../util/tensor.ts'

/** What `batch` makes of components of this type. */
export type Collated<T> = T extends string ? string[] : Tensor

/** What `batch` makes of elements of this type. */
export type Batched<T> = T extends Tensor | NumericArray | number | boolean | string
  ? Collated<T>
  : { [Key in keyof T]: Collated<T[Key]> }

/** What `fromTensorSlices` makes elements of. */
export type Slices = Tensor | NumericArray | readonly NestedArray[] | readonly string[]

/** An entry of data along their first axis: a number for numbers in a row. */
export type Slice<T> = T extends readonly string[]
  ? string
  : T extends NumericArray | readonly number[]
    ? number
    : T extends readonly NestedArray[] | Tensor
      ? Tensor
      : { [Key in keyof T]: Slice<T[Key]> }

/** A function on each component of an element; its structure stays. */
export function mapComponents(element: unknown, map: (component: unknown, name: string) => unknown): unknown {
  if (Array.isArray(element)) return element.map((component: unknown, i) => map(component, `[${i}]`))
  if (isOptions(element)) return mapValues(element, (component, name) => map(component, `.${name}`))
  return map(element, '')
}

const componentsOf = (element: unknown): readonly unknown[] =>
  Array.isArray(element) ? element : isOptions(element) ? Object.values(element) : [element]

const kindOf = (element: unknown): string =>
  Array.isArray(element)
    ? `a tuple of ${element.length}`
    : isOptions(element)
      ? `components ${Object.keys(element).join(', ')}`
      : 'one component'

/** A batch of elements of one structure: each component with an axis in front; texts as a list. */
export function collate(elements: readonly unknown[], where: string): unknown {
  const [first] = elements
  const other = elements.find((element) => kindOf(element) !== kindOf(first))
  if (other !== undefined) fail(where, { expected: `elements of ${kindOf(first)}`, got: kindOf(other) })
  let at = 0
  return mapComponents(first, (component, name) => {
    const index = at++
    const list = elements.map((element) => componentsOf(element)[index])
    const named = `${where}, component ${name || index}`
    if (typeof component === 'string') {
      const wrong = list.find((each) => typeof each !== 'string')
      return wrong === undefined ? list : fail(named, { expected: 'texts', got: describeValue(wrong) })
    }
    const samples = list.map((each) => componentOf(each, named))
    const shape = samples[0]?.shape ?? []
    const odd = samples.find((sample) => !sameShape(sample.shape, shape))
    if (odd)
      fail(named, {
        expected: `components of one shape, ${showShape(shape)}`,
        got: showShape(odd.shape),
        remedy: 'Give batchSize 1, or pad them first: padSequences(…), or dataset.paddedBatch(batchSize).',
      })
    return stacked(samples, shape)
  })
}

/** A component as a tensor; a number is one without axes. */
export const componentOf = (component: unknown, where: string): Tensor =>
  typeof component === 'number' || typeof component === 'boolean'
    ? new Tensor(Float32Array.of(Number(component)), [])
    : toTensor(component, where)

/** The elements of a batch. */
export function separate(batch: unknown, where: string): unknown[] {
  const lists = componentsOf(batch).map((component) => sliceComponent(component, where))
  if (lists.length === 0) fail(where, { expected: 'arrays', got: describeValue(batch) })
  const counts = lists.map(({ length }) => length)
  const [count = 0] = counts
  if (counts.some((each) => each !== count))
    fail(where, { expected: 'components with as many entries each', got: counts.join(' and ') })
  return Array.from({ length: count }, (_, i) => {
    let at = 0
    return mapComponents(batch, () => lists[at++]?.[i])
  })
}

/** The entries of data along their first axis: numbers of a list, texts, or tensors. */
function sliceComponent(data: unknown, where: string): readonly unknown[] {
  if (Array.isArray(data) && data.length > 0 && data.every((each) => typeof each === 'string')) return data
  const read = toTensor(data, where)
  if (read.shape.length === 0) fail(where, { expected: 'an array', got: describeValue(data) })
  return read.shape.length === 1 ? [...read.data] : unstacked(read)
}

/** Refuses lists of as many entries each that are otherwise of different shapes: no array, but `[x, y]`, meant as a tuple. */
function checkIsNoTuple(data: readonly unknown[], where: string): void {
  const shapes = data.map((each) => (Array.isArray(each) ? readNested(each, where).shape : []))
  const [first = []] = shapes
  if (shapes.some(([count]) => count !== first[0]) || shapes.every((shape) => sameShape(shape, first))) return
  fail(where, {
    expected: 'one array, or a tuple of tensors',
    got: `lists of shapes ${shapes.map(showShape).join(' and ')}`,
    remedy: 'Write [tensor(x), tensor(y)].',
  })
}

/** The entries of arrays. A list with tensors, typed arrays or lists of texts in it is a tuple of arrays, any other list one array. */
export function slicesOf(data: unknown, where: string): unknown[] {
  const isPart = (each: unknown): boolean =>
    isTensorData(each) ||
    ArrayBuffer.isView(each) ||
    (Array.isArray(each) && each.length > 0 && each.every((item) => typeof item === 'string'))
  if (!Array.isArray(data) || data.some(isPart)) return separate(data, where)
  checkIsNoTuple(data, where)
  return separate({ data }, where).map((element) => (element as { readonly data: unknown }).data)
}
