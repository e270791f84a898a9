// y = act(op(a)·op(b) + bias): op(a) [m, k], op(b) [k, n], bias [n], y [m, n]; op transposes where asked.
// columnSums [n] = the sum of op(b)'s rows, which is the bias gradient where y is a weight gradient. parts is scratch memory of
// the split strategy. Dimensions before the last two are a batch of products: a [B, heads, T, d] has B·heads. The last of
// these, heads, may lie between rows and columns, [B, T, heads, d], as a layer stores what it projects to several heads: kernels
// read and write both as they lie. A matrix of b may serve several heads of a, one after another.

import { impossible } from '../errors.ts'
import type { Graph, Value } from '../graph/graph.ts'
import { inThreads, LOAD_FLOPS } from '../graph/launch.ts'
import { defineOp, type Gradients } from '../graph/operation.ts'
import { type Shape, sizeOf } from '../util/shape.ts'
import {
  matmul as kernel,
  matmulSum,
  matmulReduced as reduced,
  matmulRegisters as registers,
  matmulSubgroups as subgroups,
} from './kernels.gen.ts'
import {
  chunksOf,
  holdsSubgroups,
  productLaunches,
  productStrategies,
  softwareTileOf,
  tileOf,
} from './matmulStrategies.ts'
import { sum } from './reduce.ts'
import { reshape } from './view.ts'

export interface MatmulAttributes {
  /** Whether the last two axes of a factor are transposed; heads between them do not count. */
  readonly transposeA?: boolean
  readonly transposeB?: boolean
  /** Whether a tensor is [..., rows, heads, columns], not [..., heads, rows, columns]. */
  readonly headsInsideA?: boolean
  readonly headsInsideB?: boolean
  readonly headsInsideY?: boolean
  /** How many heads of a each matrix of b serves; 1 by default. */
  readonly groups?: number
  /** Code of the activation applied to the result; 0, none, by default. */
  readonly activation?: number
}

/** A tensor as the kernels see it: rows, columns, and how far apart its rows, its heads and its outer products are. */
interface Layout {
  readonly heads: number
  readonly rows: number
  readonly columns: number
  readonly row: number
  readonly head: number
  readonly outer: number
}

function layoutOf(shape: Shape, isInside = false): Layout {
  const [first = 1, second = 1, columns = 1] = [1, ...shape].slice(-3)
  const [heads, rows] = isInside ? [second, first] : [first, second]
  const [row, head] = isInside ? [heads * columns, columns] : [columns, rows * columns]
  return { heads, rows, columns, row, head, outer: heads * rows * columns }
}

/** The extents of the products and the layouts of the factors. */
function extentsOf(a: Shape, b: Shape, attrs: MatmulAttributes) {
  const [left, right] = [layoutOf(a, attrs.headsInsideA), layoutOf(b, attrs.headsInsideB)]
  const [m, k] = attrs.transposeA ? [left.columns, left.rows] : [left.rows, left.columns]
  const n = attrs.transposeB ? right.rows : right.columns
  return { m, k, n, left, right, batch: sizeOf(a) / (m * k) }
}

const batched = <const P extends string, const Q extends string>(
  isInside: boolean | undefined,
  p: P,
  q: Q,
) => (isInside ? q : p)

export const matmul = defineOp({
  kernel,
  dims({ transposeA, transposeB, headsInsideA, headsInsideB, headsInsideY, groups }: MatmulAttributes) {
    if (!headsInsideA && !headsInsideB && !headsInsideY && !groups) {
      return {
        a: transposeA ? '...batch K M' : '...batch M K',
        b: transposeB ? '...batch N K' : '...batch K N',
        bias: 'N',
      }
    }
    return {
      a: transposeA
        ? batched(headsInsideA, '...batch groups·H K M', '...batch K groups·H M')
        : batched(headsInsideA, '...batch groups·H M K', '...batch M groups·H K'),
      b: transposeB
        ? batched(headsInsideB, '...batch H N K', '...batch N H K')
        : batched(headsInsideB, '...batch H K N', '...batch K H N'),
      bias: 'N',
    }
  },
  factors: ['a', 'b'],
  optional: ['bias'],
  discardable: ['columnSums', 'parts'],
  retains: (_attrs: MatmulAttributes, strategy) => (strategy === 'split' ? ['parts'] : []),
  strategies({ a, b }, attrs, device) {
    const { m, n, k, batch } = extentsOf(a, b, attrs)
    const best = device.isSoftware ? softwareTileOf(m, n, k, device.subgroups) : tileOf(m, n, k, batch)
    return productStrategies(best, {
      splits: chunksOf(m, n, k, batch) > 1,
      inSubgroups: holdsSubgroups(device.subgroups),
    })
  },
  shape({ a, b }, attrs) {
    const { m, k, n, left, batch } = extentsOf(a, b, attrs)
    const outer = a.slice(0, -3)
    const heads = a.length > 2 ? [left.heads] : []
    return {
      y: attrs.headsInsideY ? [...outer, m, ...heads, n] : [...outer, ...heads, m, n],
      columnSums: [...outer, ...heads, n],
      parts: [batch * chunksOf(m, n, k, batch), m + 1, n],
    }
  },
  params({ a, b, bias, y, columnSums, parts }, attrs) {
    const { transposeA, transposeB, headsInsideA, headsInsideB, headsInsideY, activation = 0 } = attrs
    const { m, n, k, left, right, batch } = extentsOf(a, b, attrs)
    const result = layoutOf(y, headsInsideY)
    const [aRow, aColumn] = transposeA ? [1, left.row] : [left.row, 1]
    const [bRow, bColumn] = transposeB ? [1, right.row] : [right.row, 1]
    return {
      m,
      n,
      k,
      aRow,
      aColumn,
      bRow,
      bColumn,
      yRow: result.row,
      heads: left.heads,
      groups: attrs.groups ?? 1,
      aHead: left.head,
      aOuter: left.outer,
      bHead: right.head,
      bOuter: right.outer,
      yHead: result.head,
      yOuter: result.outer,
      // How the kernels can read op(a) in whole vectors: not at all (0), along k (1), or across k, along rows (2). A matrix of
      // one column lies like one of one row, unless heads are inside.
      A_VECTORS:
        k % 4 === 0 && (!transposeA || (m === 1 && !headsInsideA)) ? 1 : transposeA && m % 4 === 0 ? 2 : 0,
      B_VECTORS: Number(n % 4 === 0 && (!transposeB || (k === 1 && !headsInsideB))),
      hasBias: Number(bias !== undefined),
      ACTIVATION: activation,
      hasSums: Number(columnSums !== undefined),
      batch,
      chunks: (parts?.[0] ?? batch) / batch,
      start: 0,
      until: k,
    }
  },
  launches(params, device, strategy) {
    const { m, n, batch: layers, k, chunks } = params
    const sums = inThreads(layers * (m + 1) * Math.ceil(n / 4), 4 * LOAD_FLOPS * chunks)
    const kernels = { tiled: kernel, reduced, registers, subgroups, sum: matmulSum }
    return productLaunches(kernels, { m, n, k, layers, params, sums }, device, strategy)
  },
  gradient({ graph, inputs: { a, b, bias }, attrs, wants }, { y: dy }): Gradients<'a' | 'b' | 'bias'> {
    if (dy === undefined) return {}
    const { transposeA = false, transposeB = false, groups = 1, activation = 0 } = attrs
    // Fusion runs after differentiation, because a product fused with its activation no longer stores the activation's argument.
    if (activation !== 0) impossible(`a product with activation ${activation} is differentiated`)
    if (wants('bias') && transposeB) impossible('a bias to learn stands beside a transposed factor')
    if (transposeA && groups > 1) impossible('heads share a matrix beside a transposed factor')
    const [A, B, Y] = [
      { value: a, isInside: attrs.headsInsideA },
      { value: b, isInside: attrs.headsInsideB },
      { value: dy, isInside: attrs.headsInsideY },
    ]
    const product = (p: typeof A, q: typeof A, to: typeof A, transposes: [boolean, boolean], shared = 1) =>
      matmul(
        graph,
        { a: p.value, b: q.value },
        {
          transposeA: transposes[0],
          transposeB: transposes[1],
          ...(p.isInside && { headsInsideA: true }),
          ...(q.isInside && { headsInsideB: true }),
          ...(to.isInside && { headsInsideY: true }),
          ...(shared > 1 && { groups: shared }),
        },
      )
    const da = () =>
      transposeA ? product(B, Y, A, [transposeB, true]) : product(Y, B, A, [false, !transposeB], groups)
    // With dy as the right factor its column sums are the bias gradient.
    const db = () =>
      transposeB ? product(Y, A, B, [true, transposeA]) : product(A, Y, B, [!transposeA, false])
    const left = wants('a') ? da().y : undefined
    const right = wants('b') || wants('bias') ? db() : undefined
    return {
      a: left,
      b: right && wants('b') ? overGroups(graph, right.y, groups, attrs.headsInsideB) : undefined,
      bias: bias && right && overBatch(graph, right.columnSums),
    }
  },
  epilogue: {
    output: 'y',
    fuse: (attrs, { activation }) => (attrs.activation ? null : { ...attrs, activation }),
  },
  flops: ({ m, n, k, batch }) => 2 * batch * m * n * k,
})

/** The sum of gradients over the heads that share a matrix. */
function overGroups(graph: Graph, d: Value, groups: number, isInside = false): Value {
  if (groups === 1) return d
  const axis = d.shape.length - (isInside ? 2 : 3)
  const [before, heads = 1, behind] = [d.shape.slice(0, axis), d.shape[axis], d.shape.slice(axis + 1)]
  const apart = reshape(graph, d, { shape: [...before, heads / groups, groups, ...behind] })
  return sum(graph, { x: apart }, { axis: axis + 1 }).y
}

/** The sum of each product's row, [..., n] → [n]. */
function overBatch(graph: Graph, rows: Value): Value {
  const n = rows.shape.at(-1) ?? 1
  const count = sizeOf(rows.shape) / n
  if (rows.shape.length === 1) return rows
  return sum(graph, { x: reshape(graph, rows, { shape: [count, n] }) }, { axis: 0 }).y
}
