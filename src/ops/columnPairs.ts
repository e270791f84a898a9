// Joins two tensors side by side, or splits one, with a second pair in the same launch. The weights and states of a
// recurrence's two directions are joined so, and their gradients are split.

import type { Value } from '../graph/graph.ts'
import { defineOp, type Gradients } from '../graph/operation.ts'
import { lastOf, type Shape, sizeOf } from '../util/shape.ts'
import { copyColumns } from './columns.ts'
import { joinColumns as joinKernel, splitColumns as splitKernel } from './kernels.gen.ts'

/** y [..., p + q] = a [..., p] beside b [..., q]; z = c beside d in the same launch, if c and d are given. */
export const joinColumns = defineOp({
  kernel: joinKernel,
  dims: { a: '...rows P', b: '...rows Q', c: '...pairs R', d: '...pairs S' },
  optional: ['c', 'd'],
  discardable: ['z'],
  shape: ({ rows, P, Q, pairs, R, S }) => ({
    y: [...rows, P + Q],
    z: pairs && R && S ? [...pairs, R + S] : [0],
  }),
  params: ({ P, Q, R = 0, S = 0, y, z }, _attrs: object) => ({
    size: sizeOf(y),
    p: P,
    q: Q,
    zSize: z ? sizeOf(z) : 0,
    zP: R,
    zQ: S,
  }),
  threads: ({ size, zSize }) => Math.max(size, zSize),
  gradient({ graph, inputs: { a, c } }, { y: dy, z: dz }): Gradients<'a' | 'b' | 'c' | 'd'> {
    const first = lastOf(a.shape)
    const zFirst = c ? lastOf(c.shape) : 0
    if (dy && dz) return splitColumns(graph, { x: dy, z: dz }, { first, zFirst })
    if (dy) {
      const parts = splitColumns(graph, { x: dy }, { first })
      return { a: parts.a, b: parts.b }
    }
    if (!dz) return {}
    const parts = splitColumns(graph, { x: dz }, { first: zFirst })
    return { c: parts.a, d: parts.b }
  },
})

/** Columns of x that become a, and of z that become c. */
export interface Cut {
  readonly first: number
  readonly zFirst?: number | undefined
}

const cutShape = (x: Shape, start: number, end: number): Shape => [...x.slice(0, -1), end - start]

/** a [..., p] and b [..., q] of x [..., p + q]; c and d of z in the same launch, if z is given. */
export const splitColumns = defineOp({
  kernel: splitKernel,
  dims: { x: '...rows P', z: '...pairs Q' },
  optional: ['z'],
  discardable: ['a', 'b', 'c', 'd'],
  shape: ({ x, z }, { first, zFirst = 0 }: Cut) => ({
    a: cutShape(x, 0, first),
    b: cutShape(x, first, lastOf(x)),
    c: z ? cutShape(z, 0, zFirst) : [0],
    d: z ? cutShape(z, zFirst, lastOf(z)) : [0],
  }),
  params: ({ x, z, a, b, c, d }, { first, zFirst = 0 }) => ({
    size: sizeOf(x),
    p: first,
    q: lastOf(x) - first,
    zSize: z ? sizeOf(z) : 0,
    zP: zFirst,
    zQ: z ? lastOf(z) - zFirst : 0,
    keepA: Number(a !== undefined),
    keepB: Number(b !== undefined),
    keepC: Number(c !== undefined),
    keepD: Number(d !== undefined),
  }),
  threads: ({ size, zSize }) => Math.max(size, zSize),
  gradient({ graph, inputs: { x, z }, attrs: { first, zFirst = 0 } }, { a, b, c, d }): Gradients<'x' | 'z'> {
    if (a && b && c && d) {
      const joined = joinColumns(graph, { a, b, c, d }, {})
      return { x: joined.y, z: joined.z }
    }
    const back = (whole: Value, left: Value | undefined, right: Value | undefined, cut: number) => {
      if (left && right) return joinColumns(graph, { a: left, b: right }, {}).y
      const [part, start] = left ? [left, 0] : [right, cut]
      const placed = { first: 0, start, count: part ? lastOf(part.shape) : 0, width: lastOf(whole.shape) }
      return part && copyColumns(graph, { x: part }, placed).y
    }
    return { x: back(x, a, b, first), z: z && back(z, c, d, zFirst) }
  },
})
