// Classes of targets and predictions as indices, and the pairs of them over an epoch.

import { checkInteger } from '../../errors.ts'
import type { Graph, Value } from '../../graph/graph.ts'
import { classPairs } from '../../ops/classPairs.ts'
import { argExtreme } from '../../ops/fold.ts'
import { reshape } from '../../ops/view.ts'
import type { Read } from '../../util/options.ts'
import type { MetricInputs } from '../metric.ts'
import { exactSums } from '../metricState.ts'

/** The state of a metric that is computed from counts of pairs of classes. */
export const pairsState = (classes: number) => ({ pairs: exactSums(classes ** 2) })

/** At least two classes. */
export const checkClasses: Read<number> = (where, name, value) =>
  checkInteger(where, name, value, { min: 2, max: 2 ** 15 })

/** The indices of the largest entries along an axis. */
export const largest = (graph: Graph, x: Value, axis: number): Value =>
  argExtreme(graph, { x }, { axis: axis < 0 ? axis + x.shape.length : axis, isMinimum: false }).y

/** Adds a training step's pairs; targets and predictions are indices, as many of each. */
export function addPairs(
  graph: Graph,
  { predictions, targets, weights }: MetricInputs,
  { pairs: totals }: { readonly pairs: Value },
  { classes, ignored }: { readonly classes: number; readonly ignored?: number | null },
): void {
  const { shape } = predictions
  const [rows = 1] = shape
  const flat = reshape(graph, targets, { shape })
  classPairs(graph, { predictions, targets: flat, weights, totals }, { rows, classes, ignored })
}

/** The counts as a matrix, of which each target is a row. */
export const matrixOf = (pairs: Float64Array): number[][] => {
  const classes = Math.sqrt(pairs.length)
  return Array.from({ length: classes }, (_, row) => [...pairs.subarray(row * classes, (row + 1) * classes)])
}
