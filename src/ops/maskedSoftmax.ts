// y = softmax of the scores of an attention, scale·x, over the keys: x, y [batch, heads, queries, keys]. Which keys a query sees
// the kernel works out by itself, so that no tensor has an entry for each head, query and key but the scores: by masks of queries
// and keys, by a mask of both, by causality and by a window.

import { defineOp, type Gradients } from '../graph/operation.ts'
import type { Shape } from '../util/shape.ts'
import { maskedSoftmax as kernel, maskedSoftmaxWorkgroup } from './kernels.gen.ts'
import { softmaxGradient } from './softmax.ts'
import { rowLaunches, rowStrategies } from './softmaxStrategies.ts'

export interface MaskedSoftmaxAttributes {
  /** A factor of the scores; 1 by default. */
  readonly scale?: number
  /** Whether a query sees no key behind its own place. */
  readonly causal?: boolean
  /** A query sees keys at distances below this, on both sides; all of them by default. */
  readonly window?: number | null
  /**
   * Whether the weights of a query that sees no key are 0. If not, they are equal, as Keras's `Attention` has them, which
   * subtracts 10⁹ from scores.
   */
  readonly zeroWhereNone?: boolean
}

/** Strides of a mask whose extents are 1 where it is broadcast. */
function stridesOf([outer = 1, heads = 1, rows = 1, columns = 1]: Shape) {
  const stride = (extent: number, behind: number): number => (extent === 1 ? 0 : behind)
  return {
    maskOuter: stride(outer, heads * rows * columns),
    maskHead: stride(heads, rows * columns),
    maskRow: stride(rows, columns),
    maskColumn: stride(columns, 1),
  }
}

export const maskedSoftmax = defineOp({
  kernel,
  dims: { x: 'B H T S', queries: 'B T', keys: 'B S', mask: '_ _ _ _' },
  optional: ['queries', 'keys', 'mask'],
  shape: ({ x }) => ({ y: x }),
  strategies: ({ S }, _attrs: MaskedSoftmaxAttributes, device) => rowStrategies(S, device),
  params(
    { x, B, H, T, S, queries, keys, mask },
    { scale = 1, causal = false, window = null, zeroWhereNone = false }: MaskedSoftmaxAttributes,
  ) {
    mask?.forEach((extent, axis) => {
      if (extent !== 1 && extent !== x[axis]) throw new TypeError(`a mask [${mask}] of scores [${x}]`)
    })
    return {
      size: B * H * T,
      columns: S,
      rows: T,
      heads: H,
      scale,
      causal: Number(causal),
      window: window ?? 0,
      isZero: Number(zeroWhereNone),
      hasQueries: Number(queries !== undefined),
      hasKeys: Number(keys !== undefined),
      hasMask: Number(mask !== undefined),
      ...stridesOf(mask ?? []),
    }
  },
  launches: (params, device, strategy) =>
    rowLaunches(params, device, strategy, [kernel, maskedSoftmaxWorkgroup], 8),
  gradient({ graph, outputs: { y }, attrs: { scale = 1 } }, { y: dy }): Gradients<'x'> {
    return dy === undefined ? {} : { x: softmaxGradient(graph, { y, dy }, { scale }).dx }
  },
})
