// What the scalers share: features are the entries of the last axis, all other axes are samples.

import { fail } from '../errors.ts'
import { lastOf, showShape } from '../util/shape.ts'
import { Tensor } from '../util/tensor.ts'
import { type Matrix, type Numbers, readNumbers } from './numbers.ts'

/** Numbers by sample and feature. */
export interface Features extends Matrix {
  readonly features: number
}

/** Reads data for a scaler. NaN is a value that is missing; an infinite one is refused. */
export function readFeatures(given: unknown, where: string, expected?: number | null): Features {
  const { data, shape } = readNumbers(given, where)
  // One axis is a series of one feature.
  const features = shape.length === 1 ? 1 : lastOf(shape)
  const isEmpty = data.length === 0
  if (isEmpty) fail(where, { expected: 'at least one sample', got: showShape(shape) })
  if (expected && expected !== features)
    fail(where, { expected: `${expected} features, to which the scaler was fitted`, got: `${features}` })
  const infinite = data.find((value) => Math.abs(value) === Number.POSITIVE_INFINITY)
  if (infinite !== undefined)
    fail(where, { expected: 'numbers, or NaN for those that are missing', got: `${infinite}` })
  return { data, shape, features }
}

/** Each number through a function of it and its feature, in the shape of the data. */
export const mapFeatures = (
  { data, shape, features }: Features,
  map: (value: number, feature: number) => number,
): Tensor =>
  new Tensor(
    Float32Array.from(data, (value, i) => map(value, i % features)),
    shape,
  )

/** The numbers of each feature that are not missing. */
export const byFeature = ({ data, features }: Features): number[][] => {
  const columns = Array.from({ length: features }, (): number[] => [])
  data.forEach((value, i) => {
    if (!Number.isNaN(value)) columns[i % features]?.push(value)
  })
  return columns
}

export const failUnfitted = (where: string): never =>
  fail(where, {
    expected: 'a scaler that was fitted',
    got: 'one that was not',
    remedy: 'Call scaler.fit(x) first.',
  })

export type { Numbers }
