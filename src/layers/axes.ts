// The option `axis` of layers that work along one or several axes of a sample.

import { checkInteger, describeValue, fail } from '../errors.ts'
import type { Graph, Value } from '../graph/graph.ts'
import { transpose } from '../ops/transpose.ts'
import { reshape } from '../ops/view.ts'
import { option } from '../util/options.ts'
import { type OpenShape, showShape, sizeOf } from '../util/shape.ts'
import type { Layer } from './layer.ts'

/** An axis or several; negative ones count from the end. */
export const axis = option<number | readonly number[]>(-1, (where, name, value) =>
  Array.isArray(value)
    ? value.map((each: unknown) => checkInteger(where, `each of ${name}`, each))
    : checkInteger(where, name, value),
)

/** The axes that the option of a layer names, ascending. */
export function axesOf(
  { where }: Layer,
  given: number | readonly number[],
  shape: OpenShape,
): readonly number[] {
  const axes = [given].flat().map((k) => (k < 0 ? k + shape.length : k))
  const distinct = new Set(axes.filter((k) => k > 0 && k < shape.length))
  if (axes.length === 0 || distinct.size !== axes.length) {
    fail(where, {
      expected: `axis to name axes of ${showShape(shape)} beside the batch, each once`,
      got: describeValue(given),
    })
  }
  return [...distinct].sort((a, b) => a - b)
}

/** x as rows of all elements along `axes`, and the way back from rows of the same shape. */
export function rowsAlong(
  graph: Graph,
  x: Value,
  axes: readonly number[],
): { readonly rows: Value; back(rows: Value): Value } {
  // The axes are moved to the end and back; the compiler removes both transpositions where they are last already.
  const others = x.shape.map((_, k) => k).filter((k) => !axes.includes(k))
  const permutation = [...others, ...axes]
  const columns = sizeOf(axes.map((k) => x.shape[k] ?? 1))
  const last = transpose(graph, { x }, { permutation }).y
  const inverse = permutation.map((_, k) => permutation.indexOf(k))
  return {
    rows: reshape(graph, last, { shape: [sizeOf(x.shape) / columns, columns] }),
    back: (rows) =>
      transpose(graph, { x: reshape(graph, rows, { shape: last.shape }) }, { permutation: inverse }).y,
  }
}

/** Applies `toRows`, which keeps shapes, to x as rows of all elements along `axes`. */
export function onLastAxes(
  graph: Graph,
  x: Value,
  axes: readonly number[],
  toRows: (rows: Value) => Value,
): Value {
  const { rows, back } = rowsAlong(graph, x, axes)
  return back(toRows(rows))
}
