// Data as users hand them over and get them back: a flat typed array with a shape.

import { describeValue, fail } from '../errors.ts'
import { type Shape, showShape, sizeOf } from './shape.ts'

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

/** Values with a shape, on the host. */
export class Tensor {
  readonly dtype = 'float32'
  constructor(
    readonly data: Float32Array,
    readonly shape: Shape,
  ) {}

  /** The values as nested arrays; a number for a scalar. */
  toArray(): NestedArray {
    const read = (axis: number, offset: number): NestedArray => {
      const extent = this.shape[axis]
      if (extent === undefined) return this.data[offset] ?? Number.NaN
      const stride = sizeOf(this.shape.slice(axis + 1))
      return Array.from({ length: extent }, (_, i) => read(axis + 1, offset + i * stride))
    }
    return read(0, 0)
  }
}

/**
 * A tensor of a typed array.
 *
 * @param data As many values as the shape holds; float32 arrays are taken as they are, others converted.
 * @param shape Extents, outermost first.
 * @throws {RecurraError} if their sizes differ.
 */
export function tensor(data: NumericArray | readonly number[], shape: Shape): Tensor {
  if (!Array.isArray(shape) || !shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0)) {
    fail('tensor', { expected: 'a shape of integers', got: describeValue(shape) })
  }
  if (data.length !== sizeOf(shape)) {
    fail('tensor', {
      expected: `${sizeOf(shape)} values for shape ${showShape(shape)}`,
      got: String(data.length),
    })
  }
  return new Tensor(data instanceof Float32Array ? data : Float32Array.from(data), [...shape])
}

/** Reads nested arrays or a tensor; `where` names them in errors. */
export function toTensor(value: unknown, where: string): Tensor {
  if (value instanceof Tensor) return value
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return fail(where, {
      expected: 'nested arrays or a tensor',
      got: describeValue(value),
      remedy: 'Give a typed array its shape: tensor(data, [samples, timesteps, features]).',
    })
  }
  if (!Array.isArray(value)) {
    return fail(where, { expected: 'nested arrays or tensor(data, shape)', got: describeValue(value) })
  }
  const shape: number[] = []
  for (let inner: unknown = value; Array.isArray(inner); inner = inner[0] as unknown) shape.push(inner.length)
  const data = new Float32Array(sizeOf(shape))
  let at = 0
  const fill = (nested: unknown, axis: number): void => {
    if (axis === shape.length) {
      if (typeof nested !== 'number' && typeof nested !== 'boolean') {
        fail(where, { expected: `numbers ${shape.length} arrays deep`, got: describeValue(nested) })
      }
      data[at++] = Number(nested)
      return
    }
    if (!Array.isArray(nested) || nested.length !== shape[axis]) {
      fail(where, {
        expected: `arrays of one length (shape ${showShape(shape)})`,
        got: Array.isArray(nested)
          ? `one of length ${nested.length} at depth ${axis}`
          : describeValue(nested),
      })
    }
    for (const item of nested as readonly unknown[]) fill(item, axis + 1)
  }
  fill(value, 0)
  return new Tensor(data, shape)
}

/** Throws at the first NaN or infinite value, saying where it stands. */
export function checkFiniteData({ data, shape }: Tensor, where: string): void {
  const index = data.findIndex((value) => !Number.isFinite(value))
  if (index < 0) return
  const position = shape.map(
    (_, axis) => Math.floor(index / sizeOf(shape.slice(axis + 1))) % (shape[axis] ?? 1),
  )
  fail(where, {
    expected: 'finite values',
    got: `${data[index]} at [${position.join(', ')}]`,
    remedy: 'Fill or drop missing values first.',
  })
}
