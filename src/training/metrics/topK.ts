// How often the target is among the largest predictions of a row, by Keras's names.

import { checkPositiveInteger } from '../../errors.ts'
import type { Graph, Value } from '../../graph/graph.ts'
import { argExtreme, fold } from '../../ops/fold.ts'
import { point } from '../../ops/pointwise.ts'
import { sum } from '../../ops/reduce.ts'
import { reshape } from '../../ops/view.ts'
import { flag, option, type TableFor } from '../../util/options.ts'
import { defineMetric, type MetricConstructor, type MetricOptions } from '../defineMetric.ts'
import { classIndices, sameAsPrediction } from '../loss.ts'
import { meanOf, meanState } from '../metric.ts'

export interface TopKOptions extends MetricOptions {
  /** How many of the largest predictions count; `5` by default. */
  readonly k?: number
}

export interface SparseTopKOptions extends TopKOptions {
  /** Whether predictions are class indices, the best first, and not a number for each class; `false` by default. */
  readonly fromSortedIds?: boolean
}

/** A constructor whose `k` comes first or by its name. */
type ByCount<Options extends TopKOptions> = MetricConstructor<
  Options,
  readonly [k: number, options?: Omit<Options, 'k'>] | readonly [options?: Options]
>

const k = option(5, checkPositiveInteger)

/** 1 where fewer than `count` predictions of a row are larger than that of the target's class; those as large as it are not. */
function isAmongTop(graph: Graph, targets: Value, predictions: Value, count: number): Value {
  const { shape } = predictions
  const axis = shape.length - 1
  const [classes = 1] = shape.slice(-1)
  const behind = (x: Value): Value => reshape(graph, x, { shape: [...shape.slice(0, -1), 1] })
  const each = graph.constant(
    Float32Array.from({ length: classes }, (_, i) => i),
    [classes],
  )
  const isOwn = point(graph, 'equal', each, point(graph, 'trunc', behind(targets)))
  const candidates = point(graph, 'where', isOwn, predictions, Number.NEGATIVE_INFINITY)
  const own = behind(fold(graph, { x: candidates }, { axis, fn: 'max' }).y)
  const larger = sum(graph, { x: point(graph, 'less', own, predictions) }, { axis }).y
  // As in Keras a prediction that is not finite is not among the largest, and no class has none.
  const hasNumber = reshape(graph, point(graph, 'isfinite', own), { shape: larger.shape })
  return point(graph, 'logicalAnd', point(graph, 'less', larger, count), hasNumber)
}

/** 1 where the target is among the first `count` indices of a row. */
function isAmongFirst(graph: Graph, targets: Value, predictions: Value, count: number): Value {
  const { shape } = predictions
  const axis = shape.length - 1
  const [entries = 1] = shape.slice(-1)
  const isFirst = graph.constant(
    Float32Array.from({ length: entries }, (_, i) => Number(i < count)),
    [entries],
  )
  const isEqual = point(
    graph,
    'equal',
    predictions,
    reshape(graph, targets, { shape: [...shape.slice(0, -1), 1] }),
  )
  return fold(graph, { x: point(graph, 'multiply', isEqual, isFirst) }, { axis, fn: 'max' }).y
}

/** How often the largest target is among the `k` largest predictions. */
export const TopKCategoricalAccuracy: ByCount<TopKOptions> = defineMetric(
  { names: ['TopKCategoricalAccuracy'], name: 'top_k_categorical_accuracy', positional: ['k'] },
  { k } satisfies TableFor<Omit<TopKOptions, keyof MetricOptions>>,
  meanState,
  ({ k: count }) => ({
    targetShape: sameAsPrediction,
    ...meanOf((graph, { predictions, targets }) => {
      const { y } = argExtreme(graph, { x: targets }, { axis: targets.shape.length - 1, isMinimum: false })
      return isAmongTop(graph, y, predictions, count)
    }),
  }),
)
export type TopKCategoricalAccuracy = ReturnType<typeof TopKCategoricalAccuracy>

/** How often the class that the target names is among the `k` largest predictions. */
export const SparseTopKCategoricalAccuracy: ByCount<SparseTopKOptions> = defineMetric(
  { names: ['SparseTopKCategoricalAccuracy'], name: 'sparse_top_k_categorical_accuracy', positional: ['k'] },
  { k, fromSortedIds: flag(false) } satisfies TableFor<Omit<SparseTopKOptions, keyof MetricOptions>>,
  meanState,
  ({ k: count, fromSortedIds }) => ({
    targetShape: classIndices,
    ...meanOf((graph, { predictions, targets }) =>
      (fromSortedIds ? isAmongFirst : isAmongTop)(graph, targets, predictions, count),
    ),
  }),
)
export type SparseTopKCategoricalAccuracy = ReturnType<typeof SparseTopKCategoricalAccuracy>
