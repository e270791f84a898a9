// The batch size of a call on arrays. Loaded by all but a fit of a model whose batch is open.

import { fail } from '../errors.ts'
import type { ModelCore } from './core.ts'

/** The batch size of a call: what is asked for, what the model is fixed to, or 32. */
export function readBatchSize(core: ModelCore, where: string, given: number | null, rows: number): number {
  const fixed = core.fixedBatch
  const size = given ?? fixed ?? 32
  if (fixed === null) return size
  if (size !== fixed || rows % fixed !== 0) {
    fail(where, {
      expected: `batches of ${fixed} samples, to which the model is fixed`,
      got: size === fixed ? `${rows} samples` : `batchSize ${size}`,
      remedy: `Give ${fixed} samples, or a multiple of that.`,
    })
  }
  return size
}
