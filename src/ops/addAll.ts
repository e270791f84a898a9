// y = scale·(a + b + …), up to seven tensors of one shape in one launch: sums and means, and what gradients are that several readers
// of a tensor give it.

import { impossible } from '../errors.ts'
import type { Graph, Value } from '../graph/graph.ts'
import { defineOp } from '../graph/operation.ts'
import { sizeOf } from '../util/shape.ts'
import { affine } from './affine.ts'
import { addAll as kernel } from './kernels.gen.ts'

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g'] as const
/** Tensors that one launch adds: with the result, WebGPU's default limit of storage buffers. */
const MOST = NAMES.length

/** Those that are given are the first by name. */
export const addAll = defineOp({
  kernel,
  optional: ['c', 'd', 'e', 'f', 'g'],
  dims: { a: '...S', b: '...S', c: '...S', d: '...S', e: '...S', f: '...S', g: '...S' },
  shape: ({ a }) => ({ y: a }),
  params: (shapes, { scale = 1 }: { readonly scale?: number }) => ({
    size: sizeOf(shapes.a),
    count: NAMES.filter((name) => shapes[name] !== undefined).length,
    scale,
  }),
  threads: ({ size }) => size,
  gradient({ graph, attrs: { scale = 1 } }, { y }) {
    const d = y && scale !== 1 ? affine(graph, { x: y }, { scale }).y : y
    return Object.fromEntries(NAMES.map((name) => [name, d]))
  },
})

/** The sum of one tensor or more, from the first on. */
export function sumOf(graph: Graph, values: readonly Value[]): Value {
  const [a, b, c, d, e, f, g] = values
  if (a === undefined) impossible('no tensors to add')
  if (b === undefined) return a
  const { y } = addAll(graph, { a, b, c, d, e, f, g }, {})
  return sumOf(graph, [y, ...values.slice(MOST)])
}
