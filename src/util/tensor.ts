// Data as users hand them over and get them back: a flat typed array with a shape.

import { describeValue, fail } from '../errors.ts'
import { entryOf, indicesOf, isList, readEntry, readNested } from './nested.ts'
import { isOptions } from './options.ts'
import { isA } from './realms.ts'
import { type Shape, sameShape, showShape, sizeOf } from './shape.ts'

/** Numbers nested as deep as the tensor has axes. */
export type NestedArray = number | readonly NestedArray[]

/** A typed array that holds numbers. */
export type NumericArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array

/** A tensor as plain data: what a structured clone, JSON or a file makes of one. */
export interface TensorData {
  /** The numbers, row by row. */
  readonly data: NumericArray | readonly number[]
  /** The extents. */
  readonly shape: Shape
  /** What the numbers were; tensors hold them as `'float32'`. */
  readonly dtype?: string
}

/** Data as users may hand them over: typed arrays, tensors, and nested arrays of numbers, BigInts, true and false, or of such. */
export type NestedData =
  | NumericArray
  | Tensor
  | TensorData
  | readonly (number | bigint | boolean | NestedData)[]

/** Values with a shape, on the host. */
export class Tensor {
  /** Consoles and errors name its objects so, whatever a minifier makes of the class. */
  static readonly name = 'Tensor'
  /** Of its numbers. */
  readonly dtype = 'float32'
  constructor(
    /** Its numbers, row by row. */
    readonly data: Float32Array,
    /** Its extents; none for a scalar. */
    readonly shape: Shape,
  ) {}

  /**
   * The values as nested arrays: `toArray<number[][]>()` of a tensor of two axes, `toArray<number>()` of a scalar. The rank is no part of a
   * tensor's type, so that the caller says it; by default there is at least one axis.
   */
  toArray<Nested extends NestedArray = readonly NestedArray[]>(): Nested {
    const read = (axis: number, offset: number): NestedArray => {
      const extent = this.shape[axis]
      if (extent === undefined) return this.data[offset] ?? Number.NaN
      const stride = sizeOf(this.shape.slice(axis + 1))
      return Array.from({ length: extent }, (_, i) => read(axis + 1, offset + i * stride))
    }
    return read(0, 0) as Nested
  }
}

/**
 * A tensor of numbers, made from nested arrays, or from a typed array or flat list and a shape.
 *
 * @param data As many values as the shape holds. A Float32Array is used without a copy, other types are converted.
 * @param shape Extents, outermost first; by default the shape of nested arrays, and one axis for a typed array.
 * @throws {RecurraError} if data and shape differ, or not all of the data are numbers.
 */
export function tensor(data: number | NestedData, shape?: Shape, ...others: readonly never[]): Tensor {
  const where = 'tensor'
  if (others.length > 0) {
    fail(where, {
      expected: '(data, shape)',
      got: `(data, shape, ${others.map(describeValue).join(', ')})`,
      remedy:
        typeof others[0] === 'string'
          ? 'Leave the dtype out: all tensors are float32.'
          : 'A shape is one list.',
    })
  }
  const read = typeof data === 'number' ? new Tensor(Float32Array.of(data), []) : toTensor(data, where)
  if (shape === undefined || shape === null) return read
  checkShape(where, shape, read.data.length)
  if (read.shape.length > 1 && !sameShape(read.shape, shape)) {
    fail(where, {
      expected: `nested arrays of shape ${showShape(shape)}, or flat ones`,
      got: showShape(read.shape),
    })
  }
  return new Tensor(read.data, [...shape])
}

/** Returns a copy of a shape of so many values, else throws. */
function checkShape(where: string, shape: unknown, length: number): Shape {
  const isShape = Array.isArray(shape) && shape.every((extent) => Number.isInteger(extent) && extent >= 0)
  if (isShape && sizeOf(shape) === length) return [...shape]
  return fail(where, { expected: `a shape of ${length} values`, got: describeValue(shape) })
}

/** Reads nested arrays, a typed array of one axis, a tensor, or its {@link TensorData}; `where` names them in errors. */
export function toTensor(value: unknown, where: string): Tensor {
  if (value instanceof Tensor) return value
  if (isTensorData(value)) {
    const { data, shape } = value
    // JSON makes an object with numbers as names of a typed array.
    const { data: flat } = toTensor(ArrayBuffer.isView(data) ? data : Object.values(data), where)
    return new Tensor(flat, checkShape(where, shape, flat.length))
  }
  if (value instanceof Float32Array) return new Tensor(value, [value.length])
  const { data, shape } = numbersOf(value, where, allocate)
  return new Tensor(data, shape)
}

/** Makes room for the numbers of a shape. */
type Allocate<Numbers> = (where: string, shape: Shape) => Numbers

/** The numbers of nested arrays, whose rows may be typed arrays and tensors, or of a typed array, in a new array. */
export function numbersOf<Numbers extends Float32Array | Float64Array>(
  value: unknown,
  where: string,
  allocate: Allocate<Numbers>,
): { readonly data: Numbers; readonly shape: Shape } {
  if (!isList(value))
    return fail(where, {
      expected: 'nested arrays or tensor(data, shape)',
      got: describeValue(value),
      remedy: isA(value, 'ArrayBuffer') ? 'Write new Float32Array(buffer).' : undefined,
    })
  const unfold = (row: unknown): unknown => (isTensorData(row) ? toTensor(row, where).toArray() : row)
  const { shape, visit } = readNested(value, where, unfold)
  const data = allocate(where, shape)
  let at = 0
  visit((entry, name) => {
    data[at++] = readEntry(entry, name)
  })
  return { data, shape }
}

/** Whether a value is a tensor, also one of another copy of this class, or a plain object with data and shape as one has. */
export const isTensorData = (value: unknown): value is TensorData => {
  if (typeof value !== 'object' || value === null || !('data' in value && 'shape' in value)) return false
  return Array.isArray(value.shape) && !!value.data && ('toArray' in value || isOptions(value))
}

/** Zeros of a shape; throws if there is not enough memory. */
export function allocate(where: string, shape: Shape): Float32Array {
  try {
    return new Float32Array(sizeOf(shape))
  } catch {
    return fail(where, { expected: 'fewer elements than fill the memory', got: showShape(shape) })
  }
}

/**
 * Whether all numbers are finite: 0 times a finite number is 0, times any other NaN. Every data set is checked before training,
 * so this is a plain loop: with a callback for each number it would take as long as a GPU needs to train a small model.
 */
export function allFinite(data: Float32Array): boolean {
  let [a, b, c, d] = [0, 0, 0, 0]
  const whole = data.length - (data.length % 4)
  for (let i = 0; i < whole; i += 4) {
    a += 0 * data[i]!
    b += 0 * data[i + 1]!
    c += 0 * data[i + 2]!
    d += 0 * data[i + 3]!
  }
  for (let i = whole; i < data.length; i++) a += 0 * data[i]!
  return a + b + c + d === 0
}

/** Throws at the first NaN or infinite value, saying where it stands. */
export function checkFiniteData({ data, shape }: Tensor, where: string): void {
  if (allFinite(data)) return
  const index = data.findIndex((value) => !Number.isFinite(value))
  fail(entryOf(where, indicesOf(index, shape)), {
    expected: 'a finite number',
    got: `${data[index]}`,
    remedy: 'Fill or drop missing values, and texts, such as the heading of a table.',
  })
}
