// The area under the curve of recall by the rate of false positives, or of precision by recall, by Keras's names.

import { checkBoolean, checkExtent, checkFinite, checkInteger, describeValue, fail } from '../../errors.ts'
import type { Graph, Value } from '../../graph/graph.ts'
import { activation } from '../../ops/activation.ts'
import { activations } from '../../ops/activations.ts'
import { point } from '../../ops/pointwise.ts'
import { reshape } from '../../ops/view.ts'
import { flag, nullable, oneOf, option, type TableFor } from '../../util/options.ts'
import { type OpenShape, showShape, sizeOf } from '../../util/shape.ts'
import { defineMetric, type MetricConstructor, type MetricOptions } from '../defineMetric.ts'
import type { MetricInputs } from '../metric.ts'
import { quotient } from '../metricState.ts'
import { addCounts, checkThresholds, countsState, readCounts } from './counts.ts'
import { areaUnder, type Curve, type Summation, sum } from './curves.ts'

export interface AUCOptions extends MetricOptions {
  /** The number of thresholds, evenly from 0 to 1, at which the curve is computed; `200` by default. */
  readonly numThresholds?: number
  /**
   * `'ROC'`, the default: recall by the rate of false positives; `'PR'`: precision by recall; `'PRGAIN'`: the gain of precision by that
   * of recall over a classifier that calls everything positive.
   */
  readonly curve?: Curve
  /** How the area between two thresholds is approximated; `'interpolation'` by default. */
  readonly summationMethod?: Summation
  /** Thresholds between 0 and 1, instead of `numThresholds`; `null` by default. */
  readonly thresholds?: readonly number[] | null
  /** Whether each entry of a row is a label with a curve of its own, whose areas are averaged; `false` by default. */
  readonly multiLabel?: boolean
  /** With `multiLabel` the number of labels, which predictions say, too; `null` by default. */
  readonly numLabels?: number | null
  /** A weight for each entry of a row: of its area in the average with `multiLabel`, else of what it counts; `null` by default. */
  readonly labelWeights?: readonly number[] | null
  /** Whether predictions are logits, not probabilities; `false` by default. */
  readonly fromLogits?: boolean
}

function checkWeights(where: string, name: string, value: unknown): readonly number[] {
  if (Array.isArray(value)) return value.map((weight) => checkFinite(where, name, weight, { min: 0 }))
  return fail(where, { expected: `${name} as a list of numbers`, got: describeValue(value) })
}

/** Keras's epsilon: the outer thresholds are this far below 0 and above 1, so that no prediction is beyond them. */
const EPSILON = 1e-7

/** `numThresholds` thresholds, evenly from 0 to 1, or the given ones with one more on either side. */
function thresholdsOf({ numThresholds, thresholds }: Pick<AUCOptions, 'numThresholds' | 'thresholds'>) {
  const count = numThresholds ?? 0
  const inner =
    (thresholds && [...thresholds].sort((a, b) => a - b)) ??
    Array.from({ length: count - 2 }, (_, i) => (i + 1) / (count - 1))
  return [-EPSILON, ...inner, 1 + EPSILON]
}

/**
 * The area under the curve of recall by the rate of false positives, or of precision by recall, approximated at thresholds.
 *
 * @see keras/src/metrics/confusion_metrics.py
 */
export const AUC: MetricConstructor<AUCOptions> = defineMetric(
  { names: ['AUC'] },
  {
    numThresholds: option(200, (where, name, value) => checkInteger(where, name, value, { min: 2 })),
    curve: option('ROC', oneOf(['ROC', 'PR', 'PRGAIN'])),
    summationMethod: option('interpolation', oneOf(['interpolation', 'minoring', 'majoring'])),
    thresholds: nullable(checkThresholds),
    multiLabel: flag(false),
    numLabels: nullable(checkExtent),
    labelWeights: nullable(checkWeights),
    fromLogits: option(false, checkBoolean),
  } satisfies TableFor<Omit<AUCOptions, keyof MetricOptions>>,
  ({ multiLabel, ...config }, prediction) =>
    countsState(thresholdsOf(config).length, multiLabel ? (prediction.at(-1) ?? 1) : 1),
  ({ multiLabel, numLabels, labelWeights, fromLogits, curve, summationMethod, ...config }) => {
    if (numLabels !== null && !multiLabel)
      fail('AUC', { expected: 'numLabels with multiLabel: true alone', got: `${numLabels}` })
    const thresholds = thresholdsOf(config)
    const area = areaUnder(curve, summationMethod)
    return {
      targetShape(prediction) {
        checkLabels(prediction, { multiLabel, numLabels, labelWeights })
        return prediction
      },
      lower(graph, { weights, ...inputs }, state) {
        const { predictions: x } = inputs
        const predictions = fromLogits ? activation(graph, { x }, { code: activations.sigmoid.code }).y : x
        const counted = {
          ...inputs,
          predictions,
          weights:
            labelWeights && !multiLabel ? ofLabels(graph, { ...inputs, weights }, labelWeights) : weights,
        }
        addCounts(graph, counted, state, { thresholds, labels: multiLabel ? (x.shape.at(-1) ?? 1) : 1 })
      },
      compute({ counts }) {
        const all = readCounts(counts)
        const labels = all.length / thresholds.length
        const areas = Array.from({ length: labels }, (_, label) =>
          area(all.filter((_counts, i) => i % labels === label)),
        )
        const weights = areas.map((_, label) => (multiLabel ? (labelWeights?.[label] ?? 1) : 1))
        return quotient(sum(areas.map((each, label) => each * (weights[label] ?? 1))), sum(weights))
      },
    }
  },
)
export type AUC = ReturnType<typeof AUC>

function checkLabels(
  prediction: OpenShape,
  { multiLabel, numLabels, labelWeights }: Pick<AUCOptions, 'multiLabel' | 'numLabels' | 'labelWeights'>,
): void {
  if (multiLabel && prediction.length !== 1)
    fail('AUC', {
      expected: 'predictions [batch, labels] with multiLabel: true',
      got: showShape([null, ...prediction]),
    })
  const labels = prediction.at(-1) ?? 1
  for (const [what, count] of [
    ['numLabels', numLabels],
    ['labelWeights', labelWeights?.length],
  ] as const)
    if (count !== undefined && count !== null && count !== labels)
      fail('AUC', { expected: `${what} for ${labels} labels, which predictions have`, got: `${count}` })
}

/** A weight for each entry: that of its row times that of its label. */
function ofLabels(
  graph: Graph,
  { predictions, weights }: MetricInputs,
  labelWeights: readonly number[],
): Value {
  const rows = predictions.shape.slice(0, -1)
  const label = graph.constant(Float32Array.from(labelWeights), [labelWeights.length])
  const ones = graph.constant(new Float32Array(sizeOf(rows)).fill(1), [...rows, 1])
  if (!weights) return point(graph, 'multiply', ones, label)
  const missing = Array<number>(predictions.shape.length - weights.shape.length).fill(1)
  const row = reshape(graph, weights, { shape: [...weights.shape, ...missing] })
  return point(graph, 'multiply', point(graph, 'multiply', ones, row), label)
}
