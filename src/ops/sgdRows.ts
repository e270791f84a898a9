// Gradient descent over the rows of a table that ids name; it leaves the others as they are.

import { defineOp } from '../graph/operation.ts'
import type { RowAttributes } from './embedding.ts'
import { sgdRows as kernel } from './kernels.gen.ts'

/** table −= rate·g in the rows of ids. `sums` are those of {@link embeddingSums}. */
export const sgdRows = defineOp({
  kernel,
  dims: { ids: '...ids', order: 'N', sums: 'N D', scaling: '_', table: 'V D' },
  optional: ['scaling'],
  updates: ['table'],
  shape: () => ({}),
  params: ({ N, D, scaling }, { rows, isFloat }: RowAttributes) => ({
    count: N,
    columns: D,
    rows,
    isFloat: Number(isFloat),
    SCALED: Number(scaling !== undefined),
  }),
  threads: ({ count, columns }) => count * columns,
})
