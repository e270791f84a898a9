// y = softmax of the scores of an attention, scale·x, over the keys: x, y [batch, heads, queries, keys]. Which keys a query sees
// the kernel works out by itself, so that no tensor has an entry for each head, query and key but the scores: by masks of queries
// and keys, by a mask of both, by causality and by a window.

import { impossible } from '../errors.ts'
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
   * The weights of a query that sees no key: `zero`; `equal`, whatever its scores are; or `lowered`, the default, those of its scores
   * less 10⁹, as Keras's `Attention` has them: equal but for rounding, and gradients go on to the scores.
   */
  readonly unseen?: 'lowered' | 'zero' | 'equal'
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
    { scale = 1, causal = false, window = null, unseen = 'lowered' }: MaskedSoftmaxAttributes,
  ) {
    mask?.forEach((extent, axis) => {
      if (extent !== 1 && extent !== x[axis]) impossible(`a mask [${mask}] of scores [${x}]`)
    })
    return {
      size: B * H * T,
      columns: S,
      rows: T,
      heads: H,
      scale,
      causal: Number(causal),
      window: window ?? 0,
      isFlat: Number(unseen !== 'lowered'),
      isZero: Number(unseen === 'zero'),
      hasQueries: Number(queries !== undefined),
      hasKeys: Number(keys !== undefined),
      hasMask: Number(mask !== undefined),
      ...stridesOf(mask ?? []),
    }
  },
  launches: (params, device, strategy) =>
    rowLaunches(params, device, strategy, [kernel, maskedSoftmaxWorkgroup], 8),
  gradient({ graph, inputs, outputs, attrs }, { y: dy }): Gradients<'x'> {
    if (dy === undefined) return {}
    const { queries, keys, mask } = inputs
    const maySeeNone = queries ?? keys ?? mask ?? attrs.window
    // Equal weights of a query that sees nothing do not depend on its scores. The weights alone do not tell which those are.
    const y =
      attrs.unseen === 'equal' && maySeeNone
        ? maskedSoftmax(graph, inputs, { ...attrs, unseen: 'zero' }).y
        : outputs.y
    return { x: softmaxGradient(graph, { y, dy }, { scale: attrs.scale ?? 1 }).dx }
  },
})
