// Windows of an output that every entry of an input writes: what transposed convolutions share as layers and as functions of `ops`.

import { fail } from '../../errors.ts'
import type { Graph, Value } from '../../graph/graph.ts'
import { convolutionInputGradient } from '../../ops/convolution.ts'
import type { OpenShape, Shape } from '../../util/shape.ts'
import type { Spatial } from './dataFormat.ts'
import { attributesOf, type Extents, perAxis, type Rank } from './spatial.ts'
import { croppingOf, transposedExtent, type Window } from './window.ts'

/** The padding of the output along each axis; throws where it is not below the strides. */
export function readOutputPadding(
  where: Spatial,
  rank: Rank,
  given: Extents | null,
  windows: readonly Window[],
): readonly number[] | null {
  if (given === null) return null
  const added = perAxis(where, rank, 'outputPadding', given)
  if (added.some((extra, axis) => extra >= (windows[axis]?.stride ?? 1))) {
    fail(where.where, {
      expected: `outputPadding below the strides, ${windows.map(({ stride }) => stride).join()}`,
      got: added.join(),
    })
  }
  return added
}

/** The extents of space of the output for an input, channels last. */
export const transposedSpace = (
  where: Spatial,
  input: OpenShape,
  windows: readonly Window[],
  outputPadding: readonly number[] | null,
): OpenShape =>
  windows.map((along, axis) => transposedExtent(where, input, axis + 1, along, outputPadding?.[axis] ?? null))

/** The transposed convolution of x, kernel [..., F, C], with `space` as the extents of the output. */
export function convolveTransposed(
  graph: Graph,
  { x, kernel }: { readonly x: Value; readonly kernel: Value },
  windows: readonly Window[],
  space: Shape,
): Value {
  const [batch = 1] = x.shape
  const cropping = windows.map((along, axis) => croppingOf(x.shape[axis + 1] ?? 1, space[axis] ?? 1, along))
  const input = [batch, ...space, kernel.shape.at(-2) ?? 1]
  return convolutionInputGradient(graph, { dy: x, kernel }, { ...attributesOf(windows, cropping), input }).dx
}
