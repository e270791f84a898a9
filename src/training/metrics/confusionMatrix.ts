// How often each class is taken for each: a metric that Keras does not have.

import { checkFinite, fail } from '../../errors.ts'
import type { Value } from '../../graph/graph.ts'
import { point } from '../../ops/pointwise.ts'
import { nullable, oneOf, option, required, type TableFor } from '../../util/options.ts'
import type { PlacedArguments } from '../../util/positional.ts'
import { sameShape, showShape } from '../../util/shape.ts'
import { defineMetric, type MetricConstructor, type MetricOptions } from '../defineMetric.ts'
import { quotient } from '../metricState.ts'
import { addPairs, checkClasses, largest, matrixOf, pairsState } from './classIds.ts'
import { sum } from './curves.ts'

export interface ConfusionMatrixOptions extends MetricOptions {
  /** The number of classes, at least 2. */
  readonly numClasses: number
  /** Of two classes whose predictions are one number, `[batch, …, 1]`, those above this threshold are class 1; `0.5` by default. */
  readonly threshold?: number
  /**
   * What each number is a share of: `'true'`, its row: the samples of the class; `'pred'`, its column: those that are taken for the class;
   * `'all'`. `null`, the default, leaves counts.
   */
  readonly normalize?: 'true' | 'pred' | 'all' | null
}

/** A constructor whose number of classes comes first or by its name. */
type Arguments = PlacedArguments<
  [numClasses: number],
  Omit<ConfusionMatrixOptions, 'numClasses'>,
  ConfusionMatrixOptions
>

/**
 * How often each class is taken for each: a list of rows, one for each class of targets, with a number for each class of predictions. By
 * their weights where samples have some. Predictions are a number for each class, `[batch, …, numClasses]`, or of two classes
 * one; targets are class indices, or have the predictions' shape.
 */
export const ConfusionMatrix: MetricConstructor<ConfusionMatrixOptions, Arguments> = defineMetric(
  { names: ['ConfusionMatrix'], positional: ['numClasses'] },
  {
    numClasses: required(checkClasses),
    threshold: option(0.5, checkFinite),
    normalize: nullable(oneOf(['true', 'pred', 'all'])),
  } satisfies TableFor<Omit<ConfusionMatrixOptions, keyof MetricOptions>>,
  ({ numClasses }) => pairsState(numClasses),
  ({ numClasses: classes, threshold, normalize }) => ({
    targetShape(prediction) {
      const columns = prediction.at(-1) ?? 1
      if (columns !== classes && !(columns === 1 && classes === 2)) {
        fail('ConfusionMatrix', {
          expected: `predictions of ${classes} numbers, one for each class`,
          got: showShape([null, ...prediction]),
        })
      }
      return 'any'
    },
    lower(graph, { predictions, targets, weights }, state) {
      const indices = (x: Value): Value =>
        x.shape.at(-1) === 1 ? point(graph, 'less', threshold, x) : largest(graph, x, -1)
      const isOneHot = sameShape(targets.shape, predictions.shape) && predictions.shape.at(-1) !== 1
      const ids = {
        predictions: indices(predictions),
        targets: isOneHot ? indices(targets) : targets,
        weights,
      }
      addPairs(graph, ids, state, { classes })
    },
    compute({ pairs }) {
      const matrix = matrixOf(pairs)
      const columns = matrix.map((_, j) => sum(matrix.map((row) => row[j] ?? 0)))
      const all = sum(columns)
      return matrix.map((row) => {
        const inRow = sum(row)
        return row.map((count, j) => {
          if (normalize === null) return count
          return quotient(count, normalize === 'all' ? all : normalize === 'true' ? inRow : (columns[j] ?? 0))
        })
      })
    },
  }),
)
export type ConfusionMatrix = ReturnType<typeof ConfusionMatrix>
