// The batch size of a call on arrays. Loaded by all but a fit of a model whose batch is open.

import { fail } from '../../errors.ts'
import type { ModelCore } from '../core.ts'

interface AskedBatch {
  /** Samples a step. */
  readonly given: number | null
  /** The steps of a pass. */
  readonly steps?: number | null
}

/** The batch size of a call: what is asked for, what the model is fixed to, what so many steps of all samples need, or 32. */
export function readBatchSize(
  core: ModelCore,
  where: string,
  { given, steps }: AskedBatch,
  rows: number,
): number {
  const fixed = core.fixedBatch
  const size = given ?? fixed ?? sizeFor(rows, steps)
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

/** As in Keras, so many samples a step that `steps` go through all of them; 32 where the steps are not given. */
const sizeFor = (rows: number, steps: number | null | undefined): number =>
  steps ? Math.ceil(rows / steps) : 32
