// Errors of predictions whose value is not the mean of one number a row, by Keras's names.

import { checkCount, fail } from '../../errors.ts'
import type { Graph, Value } from '../../graph/graph.ts'
import { accumulate } from '../../ops/accumulate.ts'
import { concat } from '../../ops/columns.ts'
import { point } from '../../ops/pointwise.ts'
import { reshape } from '../../ops/view.ts'
import { oneOf, option, orNull, type TableFor } from '../../util/options.ts'
import { showShape } from '../../util/shape.ts'
import { defineMetric, type MetricConstructor, type MetricOptions } from '../defineMetric.ts'
import { sameAsPrediction } from '../loss.ts'
import { type MetricInputs, meanOf, meanState } from '../metric.ts'
import { exactSums, quotient } from '../metricState.ts'
import { oneOrAll } from './counts.ts'
import { sum } from './curves.ts'

/** The root of the mean of squared errors. */
export const RootMeanSquaredError: MetricConstructor<MetricOptions> = defineMetric(
  { names: ['RootMeanSquaredError'], name: 'root_mean_squared_error' },
  {},
  meanState,
  () => ({
    targetShape: sameAsPrediction,
    ...meanOf(squaredErrors),
    // In Keras it takes the mean of squares itself, which have no mask.
    takesMask: false,
    compute: ({ mean: [errors = 0, weights = 0] }) => Math.sqrt(quotient(errors, weights)),
  }),
)
export type RootMeanSquaredError = ReturnType<typeof RootMeanSquaredError>

export interface R2ScoreOptions extends MetricOptions {
  /**
   * How the scores of columns become one: `'uniform_average'`, the default, their mean; `'variance_weighted_average'` their mean by the
   * variance of targets; `null` leaves a list.
   */
  readonly classAggregation?: 'uniform_average' | 'variance_weighted_average' | null
  /** The number of independent variables, by which the score is adjusted; `0`, the default, does not adjust it. */
  readonly numRegressors?: number
}

/** The square of each error. */
function squaredErrors(graph: Graph, { predictions, targets }: MetricInputs): Value {
  const t = reshape(graph, targets, { shape: predictions.shape })
  return point(graph, 'square', point(graph, 'subtract', predictions, t))
}

/** Targets, their squares and squared errors, side by side. */
function moments(graph: Graph, inputs: MetricInputs): Value {
  const a = reshape(graph, inputs.targets, { shape: inputs.predictions.shape })
  return concat(graph, { a, b: point(graph, 'square', a), c: squaredErrors(graph, inputs) }, {}).y
}

/** The score adjusted for so many independent variables. */
function adjusted(score: number, samples: number, regressors: number): number {
  if (regressors === 0) return score
  if (regressors < samples - 1) return 1 - ((1 - score) * (samples - 1)) / (samples - regressors - 1)
  console.warn(
    `R2Score: expected numRegressors below ${samples - 1}, one less than the samples, got ${regressors}. The score is not adjusted.`,
  )
  return score
}

/**
 * The coefficient of determination: 1 less the squared errors of predictions [batch, columns] by those of the mean of targets.
 *
 * @see keras/src/metrics/regression_metrics.py
 */
export const R2Score: MetricConstructor<R2ScoreOptions> = defineMetric(
  { names: ['R2Score'], name: 'r2_score' },
  {
    classAggregation: option<R2ScoreOptions['classAggregation']>(
      'uniform_average',
      orNull(oneOf(['uniform_average', 'variance_weighted_average'])),
    ),
    numRegressors: option(0, checkCount),
  } satisfies TableFor<Omit<R2ScoreOptions, keyof MetricOptions>>,
  (_config, prediction) => ({ sums: exactSums(3 * (prediction.at(-1) ?? 1) + 1), samples: exactSums(1) }),
  ({ classAggregation, numRegressors }) => {
    return {
      targetShape(prediction) {
        if (prediction.length === 1) return prediction
        return fail('R2Score', {
          expected: 'predictions [batch, columns]',
          got: showShape([null, ...prediction]),
        })
      },
      lower(graph, { weights, ...inputs }, { sums: totals, samples }) {
        const columns = moments(graph, inputs)
        const [rows = 1, count = 1] = columns.shape
        accumulate(graph, { values: columns, weights, totals }, { rows, columns: count, countsWeights: true })
        const counted = weights
          ? point(graph, 'notEqual', weights, 0)
          : graph.constant(new Float32Array(rows).fill(1), [rows])
        accumulate(graph, { values: counted, totals: samples }, { rows })
      },
      compute({ sums, samples: [samples = 0] }) {
        const columns = (sums.length - 1) / 3
        const weight = sums.at(-1) ?? 0
        const part = (k: number): number[] => [...sums.subarray(k * columns, (k + 1) * columns)]
        const [targets, squares, errors] = [part(0), part(1), part(2)]
        const totals = squares.map((squared, i) => squared - (targets[i] ?? 0) ** 2 / weight)
        const scores = totals.map((total, i) => {
          const score = 1 - (errors[i] ?? 0) / total
          return Math.abs(score) === Number.POSITIVE_INFINITY ? 0 : score
        })
        const finish = (score: number): number => adjusted(score, samples, numRegressors)
        if (classAggregation === null) return oneOrAll(scores.map(finish))
        if (classAggregation === 'uniform_average') return finish(sum(scores) / columns)
        return finish(sum(scores.map((score, i) => score * (totals[i] ?? 0))) / sum(totals))
      },
    }
  },
)
export type R2Score = ReturnType<typeof R2Score>
