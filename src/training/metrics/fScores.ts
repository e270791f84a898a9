// F-beta and F1 scores: harmonic means of precision and recall, class by class, by Keras's names.

import { checkFinite, checkPositive, fail } from '../../errors.ts'
import type { Graph, Value } from '../../graph/graph.ts'
import { accumulate } from '../../ops/accumulate.ts'
import { concat } from '../../ops/columns.ts'
import { fold } from '../../ops/fold.ts'
import { point } from '../../ops/pointwise.ts'
import { reshape } from '../../ops/view.ts'
import { nullable, oneOf, option, type TableFor } from '../../util/options.ts'
import { showShape } from '../../util/shape.ts'
import { defineMetric, type MetricConstructor, type MetricOptions } from '../defineMetric.ts'
import type { MetricInputs } from '../metric.ts'
import { exactSums } from '../metricState.ts'
import { oneOrAll } from './counts.ts'
import { sum } from './curves.ts'

export interface F1ScoreOptions extends MetricOptions {
  /**
   * How the scores of classes become one: `null`, the default, leaves a list, a score for each class; `'micro'` counts all classes
   * together; `'macro'` is the mean; `'weighted'` the mean by how many targets a class has.
   */
  readonly average?: 'micro' | 'macro' | 'weighted' | null
  /** Predictions above this threshold, above 0 and up to 1, are positive; `null`, the default: the largest of each row. */
  readonly threshold?: number | null
}

export interface FBetaScoreOptions extends F1ScoreOptions {
  /** How many times as much recall counts as precision; `1` by default. */
  readonly beta?: number
}

const table = {
  average: nullable(oneOf(['micro', 'macro', 'weighted'])),
  threshold: nullable((where, name, value) => {
    const threshold = checkFinite(where, name, value, { max: 1 })
    return threshold > 0 ? threshold : fail(where, { expected: `${name} above 0`, got: `${threshold}` })
  }),
} satisfies TableFor<Omit<F1ScoreOptions, keyof MetricOptions>>

/** Keras's epsilon, by which no divisor is 0. */
const EPSILON = 1e-7
/** A largest prediction of a row that is smaller is no prediction. */
const LEAST = 1e-9

/** True positives, false positives and false negatives of each class, side by side. */
function countsOf(graph: Graph, { predictions: p, targets }: MetricInputs, threshold: number | null): Value {
  const t = reshape(graph, targets, { shape: p.shape })
  const isLargest = (): Value => {
    const axis = p.shape.length - 1
    const { y } = fold(graph, { x: p }, { axis, fn: 'max' })
    const most = reshape(graph, y, { shape: [...y.shape, 1] })
    const isSome = point(graph, 'less', LEAST, point(graph, 'absolute', p))
    return point(graph, 'logicalAnd', point(graph, 'lessEqual', most, p), isSome)
  }
  const positive = threshold === null ? isLargest() : point(graph, 'less', threshold, p)
  const not = (x: Value): Value => point(graph, 'subtract', 1, x)
  const both = (x: Value, y: Value): Value => point(graph, 'multiply', x, y)
  return concat(graph, { a: both(positive, t), b: both(positive, not(t)), c: both(not(positive), t) }, {}).y
}

/** Scores of classes, by their true positives, false positives and false negatives. */
function scoreOf(
  beta: number,
  truePositives: number,
  falsePositives: number,
  falseNegatives: number,
): number {
  const precision = truePositives / (truePositives + falsePositives + EPSILON)
  const recall = truePositives / (truePositives + falseNegatives + EPSILON)
  return ((1 + beta ** 2) * precision * recall) / (beta ** 2 * precision + recall + EPSILON)
}

/* @__NO_SIDE_EFFECTS__ */
const defineScore = <Options extends F1ScoreOptions>(
  className: string,
  name: string,
  own: { readonly beta?: ReturnType<typeof option<number>> },
): MetricConstructor<Options> =>
  defineMetric(
    { names: [className], name },
    { ...table, ...own },
    (_config, prediction) => ({ counts: exactSums(3 * (prediction.at(-1) ?? 1)) }),
    ({ average, threshold, beta = 1 }) => {
      return {
        targetShape(prediction) {
          if (prediction.length === 1) return prediction
          return fail(className, {
            expected: 'predictions [batch, classes]',
            got: showShape([null, ...prediction]),
          })
        },
        lower(graph, { weights, ...inputs }, { counts: totals }) {
          const counted = countsOf(graph, inputs, threshold)
          const [rows = 1, columns = 1] = counted.shape
          accumulate(graph, { values: counted, weights, totals }, { rows, columns })
        },
        compute({ counts }) {
          const classes = counts.length / 3
          const kind = (k: number): number[] => [...counts.subarray(k * classes, (k + 1) * classes)]
          const [tp, fp, fn] = [kind(0), kind(1), kind(2)]
          if (average === 'micro') return scoreOf(beta, sum(tp), sum(fp), sum(fn))
          const scores = tp.map((count, i) => scoreOf(beta, count, fp[i] ?? 0, fn[i] ?? 0))
          if (average === 'macro') return sum(scores) / classes
          if (average === null) return oneOrAll(scores)
          const support = tp.map((count, i) => count + (fn[i] ?? 0))
          return sum(scores.map((score, i) => (score * (support[i] ?? 0)) / (sum(support) + EPSILON)))
        },
      }
    },
  )

/**
 * The harmonic mean of precision and `beta` times recall, for each class of predictions [batch, classes].
 *
 * @see keras/src/metrics/f_score_metrics.py
 */
export const FBetaScore: MetricConstructor<FBetaScoreOptions> = defineScore('FBetaScore', 'fbeta_score', {
  beta: option(1, checkPositive),
})
export type FBetaScore = ReturnType<typeof FBetaScore>

/**
 * The harmonic mean of precision and recall, for each class of predictions [batch, classes].
 *
 * @see keras/src/metrics/f_score_metrics.py
 */
export const F1Score: MetricConstructor<F1ScoreOptions> = defineScore('F1Score', 'f1_score', {})
export type F1Score = ReturnType<typeof F1Score>
