// What is said of data that do not fit what fit was told. Loaded when that is said.

import { fail } from '../../errors.ts'
import { entryOf, indicesOf } from '../../util/nested.ts'
import { type OpenShape, type Shape, showShape } from '../../util/shape.ts'
import type { Tensor } from '../../util/tensor.ts'

/**
 * The error for targets of another shape than the loss asks.
 *
 * @param shape The targets' shape with the samples in front.
 */
export function failForTargets(
  where: string,
  shape: Shape,
  {
    predictions,
    expected,
    loss = '',
  }: { readonly predictions: OpenShape; readonly expected: Shape; readonly loss?: string | undefined },
): never {
  const isOneHot = expected.length < predictions.length - 1 && shape.at(-1) === predictions.at(-1)
  const isIndex = loss.startsWith('Categorical') && (shape.length <= expected.length || shape.at(-1) === 1)
  return fail(where, {
    expected: `targets ${showShape([null, ...expected])} for predictions ${showShape(predictions)}`,
    got: showShape(shape),
    remedy: isOneHot
      ? "Targets are one-hot: use 'categorical_crossentropy', or give class indices."
      : isIndex
        ? "Targets are class indices: use 'sparse_categorical_crossentropy', or make them one-hot by toCategorical."
        : undefined,
  })
}

/** The error for the class index of an element of the targets, of which there is no class. */
export const failForClass = (
  where: string,
  classes: number | null,
  { data, shape }: Tensor,
  element: number,
): never =>
  fail(entryOf(where, indicesOf(element, shape)), {
    expected: classes === null ? 'a label that is an integer' : `a class index from 0 to ${classes - 1}`,
    got: `${data[element]}`,
  })
