// What is said of data that do not fit what fit was told. Loaded when that is said.

import { fail } from '../errors.ts'
import { type OpenShape, type Shape, showShape } from '../util/shape.ts'

/**
 * The error for targets of another shape than the loss asks.
 *
 * @param shape The targets' shape with the samples in front.
 */
export function failForTargets(
  where: string,
  shape: Shape,
  { predictions, expected }: { readonly predictions: OpenShape; readonly expected: Shape },
): never {
  return fail(where, {
    expected: `targets ${showShape([null, ...expected])} for predictions ${showShape(predictions)}`,
    got: showShape(shape),
    remedy:
      expected.length < predictions.length - 1 && shape.at(-1) === predictions.at(-1)
        ? "Targets are one-hot: use 'categorical_crossentropy', or give class indices."
        : undefined,
  })
}

/** The error for a class index that is none. */
export const failForClass = (where: string, classes: number | null, index: number): never =>
  fail(where, {
    expected: classes === null ? 'labels that are integers' : `class indices from 0 to ${classes - 1}`,
    got: String(index),
  })
