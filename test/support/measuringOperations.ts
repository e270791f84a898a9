/** Operations of losses and metrics with inputs that they take, as operations.ts has all others. */
import { EXACT_SUM_WORDS } from '../../src/ops/exactSum.ts'
import * as ops from '../../src/ops/index.ts'
import { type Entry, entry } from './operationEntry.ts'
import { classes } from './values.ts'

const x = [59, 60]
/** Pairs of 46 classes are those of nine workgroups. */
const CLASSES = 46

export const measuring: Readonly<Record<string, Entry>> = {
  accumulate: entry(ops.accumulate, {
    inputs: { values: x, totals: new Uint32Array(EXACT_SUM_WORDS) },
    attrs: { rows: 3, isMean: true },
  }),
  accuracy: entry(ops.accuracy, {
    inputs: { predictions: [3600, 2], targets: classes([3600], 2) },
    attrs: { kind: 'sparse' },
  }),
  classPairs: entry(ops.classPairs, {
    inputs: {
      predictions: classes([59, 2], CLASSES),
      targets: classes([59, 2], CLASSES, 2),
      totals: new Uint32Array(CLASSES ** 2 * EXACT_SUM_WORDS),
    },
    attrs: { rows: 59, classes: CLASSES },
  }),
  confusion: entry(ops.confusion, {
    inputs: {
      predictions: x,
      targets: x,
      thresholds: [8],
      totals: new Uint32Array(8 * 4 * EXACT_SUM_WORDS),
    },
    attrs: { rows: 3 },
  }),
  restart: entry(ops.restart, { inputs: { state: x, start: x }, attrs: {} }),
}
