// Arguments of numpy's functions.

import type { NdArray } from './ndarray.ts'

/** An argument: an array, several, or what stands beside them. */
export type Argument = NdArray | readonly NdArray[] | readonly number[] | number | boolean | string | null

/** The arguments by the names of the parameters; what is not given is undefined. */
export type Given = Readonly<Record<string, Argument | undefined>>

/** Computes a function; null where it does not take such arguments. */
export type NumpyFunction = (given: Given) => NdArray | null

export const isArray = (value: Argument | undefined): value is NdArray =>
  typeof value === 'object' && value !== null && 'data' in value

export const arraysOf = (value: Argument | undefined): readonly NdArray[] | null =>
  Array.isArray(value) && value.length > 0 && value.every(isArray) ? (value as readonly NdArray[]) : null

/** An integer beside the arrays. */
export const integer = (value: Argument | undefined, fallback: number): number | null => {
  if (value === undefined || value === null) return fallback
  const number = isArray(value) && value.shape.length === 0 ? value.data[0] : value
  return typeof number === 'number' && Number.isInteger(number) ? number : null
}

/** Extents: one, or several. */
export function extents(value: Argument | undefined): readonly number[] | null {
  if (value === undefined || value === null) return null
  const numbers = isArray(value) ? [...value.data] : [value].flat()
  return numbers.every((extent) => typeof extent === 'number' && Number.isInteger(extent))
    ? (numbers as readonly number[])
    : null
}

export const isFloat = (given: Given): boolean => typeof given.dtype === 'string' && /float/.test(given.dtype)
export const isInt = (given: Given): boolean => typeof given.dtype === 'string' && /int/.test(given.dtype)

/** An axis from the start. */
export const axisOf = (axis: number | null, rank: number): number | null => {
  if (axis === null || axis < -rank || axis >= rank) return null
  return axis < 0 ? axis + rank : axis
}
