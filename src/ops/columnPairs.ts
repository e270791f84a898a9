// Joins two tensors side by side, with up to two further pairs in the same launch, or splits one, with a second one. The weights and
// states of a recurrence's two directions are joined so, and their gradients are split.

import { impossible } from '../errors.ts'
import type { Graph, Value } from '../graph/graph.ts'
import { defineOp, type Gradients } from '../graph/operation.ts'
import { strideOf } from '../graph/parts.ts'
import { lastOf, type Shape, sizeOf } from '../util/shape.ts'
import { copyColumns } from './columns.ts'
import { joinColumns as joinKernel, splitColumns as splitKernel } from './kernels.gen.ts'
import { loneHalf, setHalf } from './oneDirection.ts'

/** The shape of two tensors side by side; [0] where there are none. */
const besideShape = (a: Shape | undefined, b: Shape | undefined): Shape =>
  a && b ? [...a.slice(0, -1), lastOf(a) + lastOf(b)] : [0]

/**
 * y [..., p + q] = a [..., p] beside b [..., q]; z = c beside d and w = e beside f in the same launch, if they are given. The
 * results lie one behind the other in one tensor, since beside six inputs a kernel may bind no three by default.
 */
export const joinColumns = defineOp({
  kernel: joinKernel,
  dims: { a: '...rows P', b: '...rows Q', c: '...pairs R', d: '...pairs S', e: '...more U', f: '...more V' },
  optional: ['c', 'd', 'e', 'f'],
  parts: { joined: ['y', 'z', 'w'] },
  shape({ a, b, c, d, e, f }) {
    const [y, z, w] = [besideShape(a, b), besideShape(c, d), besideShape(e, f)]
    return { joined: [strideOf(y) + strideOf(z) + strideOf(w)], y, z, w }
  },
  params({ a, b, c, d, e, f, P, Q, R = 0, S = 0, U = 0, V = 0 }, _attrs: object) {
    const [y, z, w] = [besideShape(a, b), besideShape(c, d), besideShape(e, f)]
    const zStart = strideOf(y)
    return {
      size: sizeOf(y),
      p: P,
      q: Q,
      zSize: sizeOf(z),
      zP: R,
      zQ: S,
      zStart,
      wSize: sizeOf(w),
      wP: U,
      wQ: V,
      wStart: zStart + strideOf(z),
    }
  },
  threads: ({ size, zSize, wSize }) => Math.max(size, zSize, wSize),
  gradient({ graph, inputs: { a, c, e } }, { joined, y, z, w }): Gradients<JoinedName> {
    if (joined) impossible('joinColumns is differentiable by its parts')
    const pairs = [
      { d: y, first: a, names: ['a', 'b'] },
      { d: z, first: c, names: ['c', 'd'] },
      { d: w, first: e, names: ['e', 'f'] },
    ] as const
    const gradients: { [name in JoinedName]?: Value | undefined } = {}
    const present = pairs.flatMap(({ d, first, names }) =>
      d && first ? [{ d, cut: lastOf(first.shape), names }] : [],
    )
    // Two a launch.
    for (let i = 0; i < present.length; i += 2) {
      const [one, two] = present.slice(i, i + 2)
      if (!one) continue
      const parts = splitGradients(graph, { x: one.d, z: two?.d }, { first: one.cut, zFirst: two?.cut })
      gradients[one.names[0]] = parts.a
      gradients[one.names[1]] = parts.b
      if (!two) continue
      gradients[two.names[0]] = parts.c
      gradients[two.names[1]] = parts.d
    }
    return gradients
  },
})

type JoinedName = 'a' | 'b' | 'c' | 'd' | 'e' | 'f'

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
      if (!part) return undefined
      const width = lastOf(whole.shape)
      const { y } = copyColumns(graph, { x: part }, { first: 0, start, count: lastOf(part.shape), width })
      if (2 * cut === width) setHalf(y, left ? 'first' : 'second')
      return y
    }
    return { x: back(x, a, b, first), z: z && back(z, c, d, zFirst) }
  },
})

interface Pairs<Tensor> {
  readonly a: Tensor
  readonly b: Tensor
  readonly c: Tensor
  readonly d: Tensor
}

/** The gradients of what was joined, of those of the results; none of a direction that no loss depends on. */
export function splitGradients(
  graph: Graph,
  { x, z }: { readonly x: Value; readonly z?: Value | undefined },
  cut: Cut,
): Pairs<Value | undefined> {
  const { a, b, c, d } = splitColumns(graph, { x, z }, cut)
  const [half, zHalf] = [loneHalf(x), z && loneHalf(z)]
  return {
    a: half === 'second' ? undefined : a,
    b: half === 'first' ? undefined : b,
    c: zHalf === 'second' ? undefined : c,
    d: zHalf === 'first' ? undefined : d,
  }
}
