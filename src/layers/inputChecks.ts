// Checks of the shapes of layers' inputs.

import { fail } from '../errors.ts'
import { type OpenShape, sameShape, showShape } from '../util/shape.ts'
import type { Layer } from './layer.ts'
import type { Variable } from './weights/variable.ts'

/** Checks the features of an input against the kernel [features, …] of a layer that is already built. */
export function checkFeatures(layer: Layer, shape: OpenShape, kernel: Variable | undefined): void {
  const features = kernel?.shape[0]
  if (features === undefined || shape.at(-1) === features) return
  fail(layer.where, {
    expected: `${features} features, for which it has its weights`,
    got: showShape(shape),
    remedy: 'Make another layer for other features.',
  })
}

/** Checks the extents of an input along axes against those of a weight that the layer has for them, if it is built. */
export function checkExtents(
  { where }: Layer,
  input: OpenShape,
  axes: readonly number[],
  weight: Variable | null | undefined,
): void {
  if (
    !weight ||
    sameShape(
      weight.shape,
      axes.map((axis) => input[axis] ?? null),
    )
  )
    return
  fail(where, {
    expected: `extents ${showShape(weight.shape)} along its axes, for which it has its weights`,
    got: showShape(input),
    remedy: 'Make another layer for other extents.',
  })
}

/** An extent that must be known when the layer is built. */
export function knownExtent(layer: Layer, shape: OpenShape, axis: number, what: string): number {
  const extent = shape.at(axis)
  if (typeof extent !== 'number') {
    return fail(layer.where, {
      expected: `a known number of ${what} (axis ${axis})`,
      got: showShape(shape),
      remedy: 'Give it in inputShape.',
    })
  }
  return extent
}
