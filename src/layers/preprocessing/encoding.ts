// Indices as numbers of their own: one-hot, or counted over a sample.

import { checkOneOf, fail } from '../../errors.ts'
import type { Graph, Value } from '../../graph/graph.ts'
import { point } from '../../ops/pointwise.ts'
import { sum } from '../../ops/reduce.ts'
import { reshape } from '../../ops/view.ts'
import { type OptionalOption, option } from '../../util/options.ts'
import { type OpenShape, showShape } from '../../util/shape.ts'
import { Tensor } from '../../util/tensor.ts'

/** How indices come out: as they are, or over a new last axis of all that there are. */
export type Encoding = 'one_hot' | 'multi_hot' | 'count'

const ENCODINGS: readonly Encoding[] = ['one_hot', 'multi_hot', 'count']

/** An option for one of some modes; Keras's former names of them count too. */
export const outputMode = <Mode extends string>(
  fallback: Mode,
  modes: readonly Mode[],
): OptionalOption<Mode> =>
  option<Mode>(fallback, (where, name, value) => {
    const renamed = value === 'binary' ? 'multi_hot' : value === 'tf-idf' ? 'tf_idf' : value
    return checkOneOf(where, name, renamed, modes)
  })

export const encodings = (fallback: Encoding): OptionalOption<Encoding> => outputMode(fallback, ENCODINGS)

/** The shape of what indices of a shape are encoded to; an axis of 1 at the end gives way to the encoding. */
export function encodedShape(where: string, shape: OpenShape, mode: Encoding, depth: number): OpenShape {
  if (mode === 'one_hot') return [...(isSqueezed(shape) ? shape.slice(0, -1) : shape), depth]
  // Without an axis for the indices of a sample, samples would be counted together.
  if (shape.length < 2) {
    fail(where, {
      expected: `input [batch, ..., indices] for outputMode '${mode}'`,
      got: showShape(shape),
      remedy: 'Give samples an axis: [batch, 1].',
    })
  }
  return [...shape.slice(0, -1), depth]
}

const isSqueezed = (shape: OpenShape): boolean => shape.length > 1 && shape.at(-1) === 1

/** 0 … depth − 1, with which indices are compared. */
export const countedTo = (depth: number): Tensor =>
  new Tensor(
    Float32Array.from({ length: depth }, (_, i) => i),
    [depth],
  )

/**
 * Encodes indices.
 *
 * @param places 0 … depth − 1.
 * @param weights Of each index, counted instead of 1.
 */
export function encode(
  graph: Graph,
  {
    indices,
    places,
    weights,
  }: { readonly indices: Value; readonly places: Value; readonly weights?: Value | null },
  mode: Encoding,
): Value {
  const shape = mode === 'one_hot' && isSqueezed(indices.shape) ? indices.shape.slice(0, -1) : indices.shape
  const column = (x: Value): Value => reshape(graph, x, { shape: [...shape, 1] })
  const each = point(graph, 'equal', column(indices), places)
  if (mode === 'one_hot') return each
  const weighted = weights ? point(graph, 'multiply', each, column(weights)) : each
  const { y: counts } = sum(graph, { x: weighted }, { axis: shape.length - 1 })
  return mode === 'count' ? counts : point(graph, 'minimum', counts, 1)
}
