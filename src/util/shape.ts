// Shapes as plain arrays of extents; `null` stands for the open batch of a symbolic tensor.

import { describeValue, fail, impossible, SIZE_LIMIT } from '../errors.ts'

/** Extents of a tensor, outermost first; `[]` is a scalar. */
export type Shape = readonly number[]

/** A {@link Shape} whose extents may be open (`null`); the batch is the first extent. */
export type OpenShape = readonly (number | null)[]

/** Whether no extent is open. */
export const isKnown = (shape: OpenShape): shape is Shape => !shape.includes(null)

/** The number of elements. */
export const sizeOf = (shape: Shape): number => shape.reduce((product, extent) => product * extent, 1)

export const sameShape = (a: OpenShape, b: OpenShape): boolean =>
  a.length === b.length && a.every((extent, axis) => extent === b[axis])

/** `[32, 10]`; an open extent is printed as `batch` if it is the first, else as `null`. */
export const showShape = (shape: OpenShape): string =>
  `[${shape.map((extent, axis) => extent ?? (axis === 0 ? 'batch' : 'null')).join(', ')}]`

/** The extent of an axis that the shape has. */
export function extentOf(shape: Shape, axis: number): number {
  return shape[axis] ?? impossible(`${showShape(shape)} has no axis ${axis}`)
}

/** The last extent; 1 for a scalar. */
export const lastOf = (shape: Shape): number => shape[shape.length - 1] ?? 1

/** The product of all extents but the last: the rows of `[B, T, F]` as a matrix `[B·T, F]`. */
export const rowsOf = (shape: Shape): number => sizeOf(shape.slice(0, -1))

/** Returns the shape if its known extents give fewer than 2³² elements, else throws. */
export function checkSize<S extends OpenShape>(where: string, what: string, shape: S): S {
  if (sizeOf(shape.map((extent) => extent ?? 1)) < SIZE_LIMIT) return shape
  return fail(where, { expected: `${what} of fewer than 2³² elements`, got: showShape(shape) })
}

const isShape = (given: unknown): given is OpenShape =>
  Array.isArray(given) && given.every((extent) => extent === null || (Number.isInteger(extent) && extent > 0))

/** A shape, or a list of several, as a list. */
export function shapeList(given: unknown, where: string): readonly OpenShape[] {
  if (isShape(given)) return [given]
  if (Array.isArray(given) && given.every(isShape)) return given
  return fail(where, { expected: 'a shape, [null, 10, 3] say', got: describeValue(given) })
}
