// y = Σ scale·tanh(q + k) over features, the scores of additive attention (Bahdanau et al. 2015): q [B, T, D], k [B, S, D], scale
// [D] → y [B, T, S]. No tensor has an entry for each query, key and feature: the way back computes tanh again.

import { LOAD_FLOPS } from '../graph/launch.ts'
import { defineOp, type Gradients } from '../graph/operation.ts'
import { sizeOf } from '../util/shape.ts'
import { additiveScoresGradient as gradientKernel, additiveScores as kernel } from './kernels.gen.ts'
import { sum } from './reduce.ts'
import { reshape } from './view.ts'

/** FLOPs of a hyperbolic tangent with the loads of its argument. */
const TANH_FLOPS = 2 * LOAD_FLOPS + 24

export const additiveScoresGradient = defineOp({
  kernel: gradientKernel,
  dims: ({ isKey }: { readonly isKey: boolean }) => ({
    own: 'B N D',
    other: 'B M D',
    scale: 'D',
    dy: isKey ? 'B M N' : 'B N M',
  }),
  optional: ['scale'],
  discardable: ['bent'],
  shape: ({ own }) => ({ dOwn: own, bent: own }),
  params: ({ own, N, M, D, scale, bent }, { isKey }) => ({
    size: sizeOf(own),
    count: N,
    others: M,
    features: D,
    hasScale: Number(scale !== undefined),
    ownStride: isKey ? 1 : M,
    otherStride: isKey ? N : 1,
    hasBent: Number(bent !== undefined),
  }),
  threads: ({ size }) => size,
  flopsEach: ({ others }) => others * (TANH_FLOPS + LOAD_FLOPS),
})

export const additiveScores = defineOp({
  kernel,
  dims: { q: 'B T D', k: 'B S D', scale: 'D' },
  optional: ['scale'],
  shape: ({ B, T, S }) => ({ y: [B, T, S] }),
  params: ({ B, T, S, D, scale }) => ({
    size: B * T * S,
    queries: T,
    keys: S,
    features: D,
    hasScale: Number(scale !== undefined),
  }),
  threads: ({ size }) => size,
  flopsEach: ({ features }) => features * TANH_FLOPS,
  gradient({ graph, inputs: { q, k, scale }, wants }, { y: dy }): Gradients<'q' | 'k' | 'scale'> {
    if (dy === undefined) return {}
    const queries =
      wants('q') || wants('scale')
        ? additiveScoresGradient(graph, { own: q, other: k, scale, dy }, { isKey: false })
        : undefined
    const [batch = 1, count = 1, features = 1] = q.shape
    const rows = queries && { x: reshape(graph, queries.bent, { shape: [batch * count, features] }) }
    return {
      q: queries?.dOwn,
      k: wants('k')
        ? additiveScoresGradient(graph, { own: k, other: q, scale, dy }, { isKey: true }).dOwn
        : undefined,
      scale: rows && wants('scale') ? sum(graph, rows, { axis: 0 }).y : undefined,
    }
  },
})
