// Sums of products over axes with names, as Einstein's notation has them, by matrix products: 'btf,fu->btu'.

import { impossible } from '../errors.ts'
import type { Graph, Value } from '../graph/graph.ts'
import { sizeOf } from '../util/shape.ts'
import { matmul } from './matmul.ts'
import { point } from './pointwise.ts'
import { sum } from './reduce.ts'
import { transpose } from './transpose.ts'
import { reshape } from './view.ts'

/** A tensor whose axes have names, each its own. */
export interface Labelled {
  readonly value: Value
  readonly letters: readonly string[]
}

/** The sum of products of tensors over all axes that `output` lacks, with its axes in that order. */
export function contraction(graph: Graph, operands: readonly Labelled[], output: readonly string[]): Value {
  const [first, ...others] = operands
  if (!first) impossible('a sum of products without factors')
  const all = others.reduce((left, right, i) => {
    const later = new Set([...output, ...operands.slice(i + 2).flatMap(({ letters }) => letters)])
    return contracted(graph, left, right, later)
  }, first)
  return ordered(graph, summed(graph, all, new Set(output)), output).value
}

/** Without the axes that nobody asks for, which are summed. */
function summed(graph: Graph, { value, letters }: Labelled, wanted: ReadonlySet<string>): Labelled {
  const axis = letters.findIndex((letter) => !wanted.has(letter))
  if (axis < 0) return { value, letters }
  return summed(
    graph,
    { value: sum(graph, { x: value }, { axis }).y, letters: letters.filter((_, i) => i !== axis) },
    wanted,
  )
}

function ordered(graph: Graph, { value, letters }: Labelled, order: readonly string[]): Labelled {
  const permutation = order.map((letter) => letters.indexOf(letter))
  const isSame = permutation.every((axis, i) => axis === i)
  return { value: isSame ? value : transpose(graph, { x: value }, { permutation }).y, letters: order }
}

/**
 * The product of two tensors as one batch of matrix products, summed over the axes of both that nobody asks for later.
 *
 * @param bias Added to each row of the product: one number for each combination of b's own axes.
 */
export function contracted(
  graph: Graph,
  a: Labelled,
  b: Labelled,
  later: ReadonlySet<string>,
  bias?: Value,
): Labelled {
  const left = summed(graph, a, new Set([...later, ...b.letters]))
  const right = summed(graph, b, new Set([...later, ...a.letters]))
  const shared = left.letters.filter((letter) => right.letters.includes(letter))
  const batch = shared.filter((letter) => later.has(letter))
  const inner = shared.filter((letter) => !later.has(letter))
  const rows = left.letters.filter((letter) => !shared.includes(letter))
  const columns = right.letters.filter((letter) => !shared.includes(letter))
  const sizes = (x: Labelled, letters: readonly string[]): number[] =>
    letters.map((letter) => x.value.shape[x.letters.indexOf(letter)] ?? 1)
  const letters = [...batch, ...rows, ...columns]
  const shape = [...sizes(left, batch), ...sizes(left, rows), ...sizes(right, columns)]
  const [m, k, n] = [sizeOf(sizes(left, rows)), sizeOf(sizes(left, inner)), sizeOf(sizes(right, columns))]
  // One product of matrices has strategies that a batch of one has not.
  const outer = batch.length > 0 ? [sizeOf(sizes(left, batch))] : []
  const p = ordered(graph, left, [...batch, ...rows, ...inner]).value
  const q = ordered(graph, right, [...batch, ...inner, ...columns]).value
  const factor = (x: Value, ...matrix: number[]): Value => reshape(graph, x, { shape: [...outer, ...matrix] })
  // Without a sum nothing is a product of matrices.
  if (inner.length === 0) {
    const y = point(graph, 'multiply', factor(p, m, 1), factor(q, 1, n))
    const biased = bias ? point(graph, 'add', y, bias) : y
    return { value: reshape(graph, biased, { shape }), letters }
  }
  const { y } = matmul(graph, { a: factor(p, m, k), b: factor(q, k, n), bias }, {})
  return { value: reshape(graph, y, { shape }), letters }
}
