// y = act(op(a)·op(b) + bias): op(a) [m, k], op(b) [k, n], bias [n], y [m, n]; op transposes where asked.
// columnSums [n] = the sum of op(b)'s rows, which is the bias gradient where y is a weight gradient. parts is for a
// strategy's own use.

import { fail } from '../errors.ts'
import { knows } from '../graph/assembly.ts'
import { defineOp, type Gradients } from '../graph/operation.ts'
import { showShape } from '../util/shape.ts'
import { activationOf } from './activations.ts'
import { matmul as kernel } from './kernels.gen.ts'
import { chunksOf, matmulLaunches, matmulStrategies } from './matmulStrategies.ts'

export interface MatmulAttributes {
  readonly transposeA?: boolean
  readonly transposeB?: boolean
  /** Code of the activation that ends it; 0, none, by default. */
  readonly activation?: number
}

export const matmul = defineOp({
  kernel,
  factors: ['a', 'b'],
  optional: ['bias'],
  discardable: ['columnSums', 'parts'],
  keeps: (_attrs: MatmulAttributes, strategy) => (strategy === 'split' ? ['parts'] : []),
  strategies({ a, b }, { transposeA, transposeB }, device) {
    const [m = 1, k = 1] = transposeA ? [a[1], a[0]] : a
    return matmulStrategies(m, (transposeB ? b[0] : b[1]) ?? 1, k, !transposeB, device)
  },
  shape({ a, b, bias }, { transposeA, transposeB }) {
    const [m = 1, k = 1] = transposeA ? [a[1], a[0]] : a
    const [inner = 1, n = 1] = transposeB ? [b[1], b[0]] : b
    if (a.length !== 2 || b.length !== 2 || k !== inner || (bias && bias[0] !== n)) {
      fail('matmul', { expected: '[m, k]·[k, n] + [n]', got: [a, b, bias ?? []].map(showShape).join(', ') })
    }
    return { y: [m, n], columnSums: [n], parts: [chunksOf(m, n, k), m + 1, n] }
  },
  params({ a, b, bias, columnSums, parts }, { transposeA, transposeB, activation = 0 }) {
    const [m = 1, k = 1] = transposeA ? [a[1], a[0]] : a
    const n = (transposeB ? b[0] : b[1]) ?? 1
    return {
      m,
      n,
      k,
      aRow: transposeA ? 1 : k,
      aColumn: transposeA ? m : 1,
      bRow: transposeB ? 1 : n,
      bColumn: transposeB ? k : 1,
      // Rows that lie one after another, in whole vectors.
      aVectors: Number((!transposeA || m === 1) && k % 4 === 0),
      bVectors: Number((!transposeB || k === 1) && n % 4 === 0),
      hasBias: Number(bias !== undefined),
      ACTIVATION: activation,
      hasSums: Number(columnSums !== undefined),
      chunks: parts?.[0] ?? 1,
    }
  },
  launches: matmulLaunches,
  cpu({ a, b, bias, y, columnSums }, p) {
    const { m, n, k, aRow, aColumn } = p
    for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) y[i * n + j] = p.hasBias ? bias[j]! : 0
    if (p.bColumn === 1) {
      // Rows of b are added to rows of y, the inner loops along memory: a's rows outside where they lie so.
      const byRows = aColumn === 1
      for (let outer = 0; outer < (byRows ? m : k); outer++) {
        for (let inner = 0; inner < (byRows ? k : m); inner++) {
          const i = byRows ? outer : inner
          const l = byRows ? inner : outer
          const factor = a[i * aRow + l * aColumn]!
          for (let j = 0, to = i * n, from = l * p.bRow; j < n; j++, to++, from++) y[to]! += factor * b[from]!
        }
      }
    } else {
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          let sum = 0
          for (let l = 0; l < k; l++) sum += a[i * aRow + l * aColumn]! * b[j * p.bColumn + l * p.bRow]!
          y[i * n + j]! += sum
        }
      }
    }
    if (p.ACTIVATION) {
      const { apply } = activationOf(p.ACTIVATION)
      for (let i = 0; i < m * n; i++) y[i] = apply(y[i]!)
    }
    if (p.hasSums) {
      columnSums.fill(0)
      for (let l = 0; l < k; l++) for (let j = 0; j < n; j++) columnSums[j]! += b[l * p.bRow + j * p.bColumn]!
    }
  },
  compiled: {
    bind(assembly, { a, b, bias, y, columnSums }, p) {
      const { m, n, k, ACTIVATION: activation = 0 } = p
      const [transposedA, transposedB] = [p.aColumn !== 1, p.bColumn !== 1]
      if (!knows(assembly, activation) || (p.hasSums && transposedB)) return null
      return () => {
        assembly.matmul(m, n, k, a, transposedA, b, transposedB, p.hasBias ? bias : 0, y, activation)
        if (p.hasSums) assembly.columnSums(k, n, b, columnSums)
      }
    },
  },
  gradient(
    { graph, inputs: { a, b }, attrs: { transposeA = false, transposeB = false, activation = 0 }, wants },
    { y: dy },
  ): Gradients<'a' | 'b' | 'bias'> {
    if (dy === undefined) return {}
    // Fusion comes after differentiation; a product that ends in an activation does not know its argument any more.
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
  flops: ({ m, n, k }) => 2 * m * n * k,
})
