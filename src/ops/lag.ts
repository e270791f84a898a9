// Tables whose rows lag behind: an update of Adam's writes the rows alone that its ids name, and the others catch up when they are
// read next, so that a step costs what its ids cost. The numbers are those of an update of all rows, up to rounding.
//
// What a row misses is computed from the rates of the updates that it missed (shaders/lib/adam_lag.wgsl), which lie in `history`
// with the number of updates that each row has seen (shaders/lib/lag.wgsl).

import { inThreads, launchesOf } from '../graph/launch.ts'
import { defineOp } from '../graph/operation.ts'
import { sizeOf } from '../util/shape.ts'
import type { RowAttributes } from './embedding.ts'
import type { IdAttributes } from './ids.ts'
import {
  adamCatchUp as catchUpKernel,
  adamLookup as lookupKernel,
  adamRows as rowsKernel,
  stampRows,
  stampTable,
} from './kernels.gen.ts'
import { RATES } from './lagHistory.ts'
import type { AdamAttributes } from './optimizers.ts'

/** The share of a weight's change that is nothing: no more missed updates are computed than until changes are as small. */
const NOTHING = 2 ** -36
/** How far 1/√β₂ᵏ may move within a span, in which the sum over k is that of a quadratic: the cube is below f32's rounding. */
const MOST_STRETCH = 0.01

/** How a weight goes on without gradients. */
function decayOf({ beta1, beta2, epsilon }: AdamAttributes) {
  const ratio = beta1 / Math.sqrt(beta2)
  const stretch = 1 / Math.sqrt(beta2) - 1
  return {
    epsilon,
    logFirst: Math.log(beta1),
    logSecond: Math.log(beta2),
    ratio,
    stretch,
    span: Math.min(Math.max(Math.floor(MOST_STRETCH / stretch), 1), RATES),
    most: ratio < 1 ? Math.min(Math.ceil(Math.log(NOTHING) / Math.log(ratio)), RATES) : RATES,
    rates: RATES,
  }
}

/** The logarithm of the largest factor of moments that f32 holds with room. */
const MOST_FACTOR = 60

/** Whether rows may lag behind this Adam: what missed updates are computed of are numbers of f32. */
export function canLag(attrs: AdamAttributes): boolean {
  const { beta1, epsilon } = attrs
  const { ratio, stretch, most } = decayOf(attrs)
  const grows = Math.max(ratio, 1 + stretch)
  return epsilon > 0 && beta1 > 0 && most * Math.log(grows) < MOST_FACTOR
}

/** y [..., columns] = table[ids], as {@link embedding}, with the updates that the rows have missed. */
export const adamLookup = defineOp({
  kernel: lookupKernel,
  dims: { ids: '...ids', table: 'V D', m: 'V D', v: 'V D', history: '_' },
  shape: ({ ids, D }) => ({ y: [...ids, D] }),
  params: ({ y, V, D }, { isFloat, ...adam }: IdAttributes & AdamAttributes) => ({
    size: sizeOf(y),
    columns: D,
    rows: V,
    isFloat: Number(isFloat),
    ...decayOf(adam),
  }),
  threads: ({ size }) => size,
})

/** Adam over the rows that ids name. `sums` are those of {@link embeddingSums}. */
export const adamRows = defineOp({
  kernel: rowsKernel,
  dims: {
    ids: '...ids',
    order: 'N',
    sums: 'N D',
    scaling: '_',
    table: 'V D',
    m: 'V D',
    v: 'V D',
    history: '_',
  },
  optional: ['scaling'],
  updates: ['table', 'm', 'v', 'history'],
  shape: () => ({}),
  params: ({ N, D, scaling }, { rows, isFloat, ...adam }: RowAttributes & AdamAttributes) => ({
    count: N,
    columns: D,
    rows,
    isFloat: Number(isFloat),
    firstShare: 1 - adam.beta1,
    secondShare: 1 - adam.beta2,
    ...decayOf(adam),
    SCALED: Number(scaling !== undefined),
  }),
  launches: (params, device) => [
    ...launchesOf(rowsKernel, params, inThreads(params.count * params.columns), device),
    ...launchesOf(stampRows, params, inThreads(params.count), device),
  ],
})

/** All rows of a table catch up. */
export const adamCatchUp = defineOp({
  kernel: catchUpKernel,
  dims: { table: 'V D', m: 'V D', v: 'V D', history: '_' },
  updates: ['table', 'm', 'v', 'history'],
  shape: () => ({}),
  params: ({ V, D }, adam: AdamAttributes) => ({ size: V * D, columns: D, rows: V, ...decayOf(adam) }),
  launches: (params, device) => [
    ...launchesOf(catchUpKernel, params, inThreads(params.size), device),
    ...launchesOf(stampTable, params, inThreads(params.rows), device),
  ],
})
