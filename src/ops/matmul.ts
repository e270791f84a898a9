// y = act(op(a)·op(b) + bias): op(a) [m, k], op(b) [k, n], bias [n], y [m, n]; op transposes where asked.
// columnSums [n] = the sum of op(b)'s rows, which is the bias gradient where y is a weight gradient. parts is scratch memory of
// the split strategy. Dimensions before the last two are a batch of products, the same in all tensors: a [B, heads, T, d]
// has B·heads. A batch has no bias.

import { fail } from '../errors.ts'
import { defineOp, type Gradients } from '../graph/operation.ts'
import { type Shape, showShape, sizeOf } from '../util/shape.ts'
import { matmul as kernel } from './kernels.gen.ts'
import { chunksOf, matmulLaunches, matmulStrategies } from './matmulStrategies.ts'

export interface MatmulAttributes {
  /** Whether the last two axes of a factor are transposed. */
  readonly transposeA?: boolean
  readonly transposeB?: boolean
  /** Code of the activation applied to the result; 0, none, by default. */
  readonly activation?: number
}

/** The extents of one product. */
function extentsOf(a: Shape, b: Shape, { transposeA, transposeB }: MatmulAttributes) {
  const [m = 1, k = 1] = transposeA ? [a.at(-1), a.at(-2)] : a.slice(-2)
  const [, n = 1] = transposeB ? [b.at(-1), b.at(-2)] : b.slice(-2)
  return { m, k, n, batch: sizeOf(a.slice(0, -2)) }
}

/** How the kernels can read op(a) in whole vectors: not at all (0), along k (1), or across k, along rows (2). */
function vectorsOfA(m: number, k: number, transposeA = false): number {
  if ((!transposeA || m === 1) && k % 4 === 0) return 1
  return transposeA && m % 4 === 0 ? 2 : 0
}

export const matmul = defineOp({
  kernel,
  dims: ({ transposeA, transposeB }: MatmulAttributes) => ({
    a: transposeA ? '...batch K M' : '...batch M K',
    b: transposeB ? '...batch N K' : '...batch K N',
    bias: 'N',
  }),
  factors: ['a', 'b'],
  optional: ['bias'],
  discardable: ['columnSums', 'parts'],
  retains: (_attrs: MatmulAttributes, strategy) => (strategy === 'split' ? ['parts'] : []),
  strategies({ a, b }, attrs, device) {
    const { m, n, k, batch } = extentsOf(a, b, attrs)
    return matmulStrategies(m, n, k, device, batch)
  },
  shape({ a, b, bias }, attrs) {
    const { m, k, n, batch } = extentsOf(a, b, attrs)
    const leading = a.slice(0, -2)
    if (bias && leading.length > 0) {
      fail('matmul', { expected: 'no bias beside a batch of products', got: showShape(bias) })
    }
    return {
      y: [...leading, m, n],
      columnSums: [...leading, n],
      parts: [batch * chunksOf(m, n, k, batch), m + 1, n],
    }
  },
  params({ a, b, bias, columnSums, parts }, attrs) {
    const { transposeA, transposeB, activation = 0 } = attrs
    const { m, n, k, batch } = extentsOf(a, b, attrs)
    return {
      m,
      n,
      k,
      aRow: transposeA ? 1 : k,
      aColumn: transposeA ? m : 1,
      bRow: transposeB ? 1 : n,
      bColumn: transposeB ? k : 1,
      A_VECTORS: vectorsOfA(m, k, transposeA),
      B_VECTORS: Number((!transposeB || k === 1) && n % 4 === 0),
      hasBias: Number(bias !== undefined),
      ACTIVATION: activation,
      hasSums: Number(columnSums !== undefined),
      batch,
      chunks: (parts?.[0] ?? batch) / batch,
      start: 0,
      until: k,
    }
  },
  launches: matmulLaunches,
  gradient(
    { graph, inputs: { a, b }, attrs: { transposeA = false, transposeB = false, activation = 0 }, wants },
    { y: dy },
  ): Gradients<'a' | 'b' | 'bias'> {
    if (dy === undefined) return {}
    // Fusion runs after differentiation, because a product fused with its activation no longer stores the activation's argument.
    if (activation !== 0)
      fail('matmul', { expected: 'no activation where it is differentiated', got: `code ${activation}` })
    const product = (p: typeof a, q: typeof a, transposes: { transposeA: boolean; transposeB: boolean }) =>
      matmul(graph, { a: p, b: q }, transposes)
    const da = () =>
      transposeA
        ? product(b, dy, { transposeA: transposeB, transposeB: true })
        : product(dy, b, { transposeA: false, transposeB: !transposeB })
    // With dy as the right factor its column sums are the bias gradient.
    const db = () =>
      transposeB
        ? product(dy, a, { transposeA: true, transposeB: transposeA })
        : product(a, dy, { transposeA: !transposeA, transposeB: false })
    const left = wants('a') ? da().y : undefined
    if (wants('bias') && transposeB)
      fail('matmul', { expected: 'no transposeB with a bias to learn', got: 'both' })
    const right = wants('b') || wants('bias') ? db() : undefined
    return { a: left, b: right?.y, bias: right?.columnSums }
  },
  epilogue: {
    output: 'y',
    fuse: (attrs, { activation }) => (attrs.activation ? null : { ...attrs, activation }),
  },
  flops: ({ m, n, k, batch }) => 2 * batch * m * n * k,
})
