// Intersections over unions of classes, by Keras's names.

import { checkFinite, checkInteger, checkText, describeValue, fail } from '../../errors.ts'
import type { Graph, Value } from '../../graph/graph.ts'
import { point } from '../../ops/pointwise.ts'
import { flag, nullable, type OptionTable, option, required, type TableFor } from '../../util/options.ts'
import type { OpenShape } from '../../util/shape.ts'
import { defineMetric, type MetricConstructor, type MetricOptions } from '../defineMetric.ts'
import { sameAsPrediction } from '../loss.ts'
import { addPairs, checkClasses, largest, matrixOf, pairsState } from './classIds.ts'
import { sum } from './curves.ts'

/** Options of every metric of this kind. */
interface CountingOptions extends MetricOptions {
  /**
   * The dtype of the counts, by default integers. As in Keras weights of samples count without what is behind the point unless this is a
   * dtype of floats, such as `'float32'`.
   */
  readonly dtype?: string | null
}

interface OneHotMeanIoUOptions extends CountingOptions {
  /** The number of classes. */
  readonly numClasses: number
  /** Entries whose target is this class do not count; `null`, the default: all do. */
  readonly ignoreClass?: number | null
  /** Whether predictions are class indices, and not a number for each class; by default as the metric's name says. */
  readonly sparseYPred?: boolean
  /** The axis of classes, counted with the batch; `-1`, the last, by default. */
  readonly axis?: number
}
interface MeanIoUOptions extends OneHotMeanIoUOptions {
  /** Whether targets are class indices, `true` by default, and not a number for each class. */
  readonly sparseYTrue?: boolean
}
interface Targeted {
  /** The classes whose mean is the value. */
  readonly targetClassIds: readonly number[]
}

type ByClasses<Options extends { readonly numClasses: number }> = MetricConstructor<
  Options,
  readonly [numClasses: number, options?: Omit<Options, 'numClasses'>] | readonly [options: Options]
>
type ByTargets<Options extends Targeted & { readonly numClasses: number }> = MetricConstructor<
  Options,
  | readonly [
      numClasses: number,
      targetClassIds: readonly number[],
      options?: Omit<Options, 'numClasses' | 'targetClassIds'>,
    ]
  | readonly [numClasses: number, options: Omit<Options, 'numClasses'>]
  | readonly [options: Options]
>

export interface BinaryIoUOptions extends CountingOptions {
  /** The classes whose mean is the value: `[0, 1]`, the default, `[0]` or `[1]`. */
  readonly targetClassIds?: readonly number[]
  /** Predictions from this threshold on are class 1; `0.5` by default. */
  readonly threshold?: number
}

/** What a metric of this kind counts. */
interface Settings {
  readonly numClasses: number
  readonly targetClassIds: readonly number[]
  readonly ignoreClass: number | null
  readonly sparseYTrue: boolean
  readonly sparseYPred: boolean
  readonly axis: number
  readonly dtype: string | null
}

function checkIds(where: string, name: string, value: unknown): readonly number[] {
  if (Array.isArray(value) && value.length > 0)
    return value.map((id) => checkInteger(where, name, id, { min: 0 }))
  return fail(where, { expected: `${name} as a list of classes`, got: describeValue(value) })
}

/** The option of every metric of this kind. */
const counting = { dtype: nullable(checkText) } satisfies TableFor<Pick<CountingOptions, 'dtype'>>

/** What weighs pairs under a dtype of their counts: floats of a dtype of integers are those without what is behind the point. */
const countable = (graph: Graph, weights: Value | undefined, dtype: string | null): Value | undefined =>
  weights && !dtype?.includes('float') ? point(graph, 'trunc', weights) : weights

/** Keras's epsilon, by which no divisor is 0. */
const EPSILON = 1e-7

/** The mean over classes of what target and prediction share of what either has; classes that neither has do not count. */
function meanOfClasses(pairs: Float64Array, ids: readonly number[]): number {
  const matrix = matrixOf(pairs)
  const found = ids.flatMap((id) => {
    const hits = matrix[id]?.[id] ?? 0
    const union = sum(matrix[id] ?? []) + sum(matrix.map((row) => row[id] ?? 0)) - hits
    return union > 1e-9 ? [hits / (union + EPSILON)] : []
  })
  return sum(found) / (found.length + EPSILON)
}

/* @__NO_SIDE_EFFECTS__ */
function defineIoU<Table extends OptionTable>(
  className: string,
  table: Table,
  positional: readonly string[],
  fixed: Partial<Settings>,
) {
  const settingsOf = (config: object): Settings => {
    const settings = { ignoreClass: null, axis: -1, ...fixed, ...config } as unknown as Settings
    const { numClasses, targetClassIds = Array.from({ length: numClasses }, (_, i) => i) } = settings
    const wrong = targetClassIds.find((id) => id >= numClasses)
    if (wrong !== undefined)
      fail(className, { expected: `targetClassIds below the ${numClasses} classes`, got: `${wrong}` })
    return { ...settings, targetClassIds }
  }
  return defineMetric(
    { names: [className], positional },
    table,
    (config) => pairsState(settingsOf(config).numClasses),
    (config) => {
      const { numClasses, targetClassIds, ignoreClass, sparseYTrue, sparseYPred, axis, dtype } =
        settingsOf(config)
      return {
        targetShape(prediction): OpenShape {
          if (sparseYPred && sparseYTrue) return prediction
          const at = axis < 0 ? axis + prediction.length + Number(sparseYPred) : axis - 1
          const ids = sparseYPred ? prediction : prediction.filter((_, i) => i !== at)
          return sparseYTrue ? ids : [...ids.slice(0, at), numClasses, ...ids.slice(at)]
        },
        lower(graph, { predictions, targets, weights }, state) {
          const indices = (x: Value, isSparse: boolean): Value => (isSparse ? x : largest(graph, x, axis))
          const ids = {
            predictions: indices(predictions, sparseYPred),
            targets: indices(targets, sparseYTrue),
            weights: countable(graph, weights, dtype),
          }
          addPairs(graph, ids, state, { classes: numClasses, ignored: ignoreClass })
        },
        compute: ({ pairs }) => meanOfClasses(pairs, targetClassIds),
      }
    },
  )
}

const numClasses = required(checkClasses)
const targetClassIds = required(checkIds)
const common = {
  ...counting,
  numClasses,
  ignoreClass: nullable((where, name, value) => checkInteger(where, name, value)),
  axis: option(-1, (where, name, value) => checkInteger(where, name, value)),
}
const sparse = { ...common, sparseYTrue: flag(true), sparseYPred: flag(true) } satisfies TableFor<
  Omit<MeanIoUOptions, 'name'>
>
const oneHot = { ...common, sparseYPred: flag(false) } satisfies TableFor<Omit<OneHotMeanIoUOptions, 'name'>>

export type IoUOptions = MeanIoUOptions & Targeted
export type OneHotIoUOptions = OneHotMeanIoUOptions & Targeted

/**
 * The mean over the classes `targetClassIds` of intersection over union. Targets and predictions are class indices, or with
 * `sparseYTrue: false` and `sparseYPred: false` a number for each class.
 *
 * @see keras/src/metrics/iou_metrics.py
 */
export const IoU: ByTargets<IoUOptions> = defineIoU(
  'IoU',
  { ...sparse, targetClassIds },
  ['numClasses', 'targetClassIds'],
  {},
)
export type IoU = ReturnType<typeof IoU>
/** The mean over all classes of intersection over union; see {@link IoU}. */
export const MeanIoU: ByClasses<MeanIoUOptions> = defineIoU('MeanIoU', sparse, ['numClasses'], {})
export type MeanIoU = ReturnType<typeof MeanIoU>
/** {@link IoU} of targets that have a number for each class. */
export const OneHotIoU: ByTargets<OneHotIoUOptions> = defineIoU(
  'OneHotIoU',
  { ...oneHot, targetClassIds },
  ['numClasses', 'targetClassIds'],
  { sparseYTrue: false },
)
export type OneHotIoU = ReturnType<typeof OneHotIoU>
/** {@link MeanIoU} of targets that have a number for each class. */
export const OneHotMeanIoU: ByClasses<OneHotMeanIoUOptions> = defineIoU(
  'OneHotMeanIoU',
  oneHot,
  ['numClasses'],
  {
    sparseYTrue: false,
  },
)
export type OneHotMeanIoU = ReturnType<typeof OneHotMeanIoU>

/** The mean of intersection over union of class 1, predictions from `threshold` (0.5) on, and of class 0. */
export const BinaryIoU: MetricConstructor<BinaryIoUOptions> = defineMetric(
  { names: ['BinaryIoU'] },
  {
    targetClassIds: option<readonly number[]>([0, 1], (where, name, value) => {
      const ids = checkIds(where, name, value)
      const wrong = ids.find((id) => id > 1)
      return wrong === undefined ? ids : fail(where, { expected: `${name} of 0 and 1`, got: `${wrong}` })
    }),
    threshold: option(0.5, checkFinite),
    ...counting,
  } satisfies TableFor<Omit<BinaryIoUOptions, 'name'>>,
  () => pairsState(2),
  ({ targetClassIds: ids, threshold, dtype }) => ({
    targetShape: sameAsPrediction,
    lower(graph, { predictions: x, targets, weights }, state) {
      const predictions = point(graph, 'lessEqual', threshold, x)
      const ids = { predictions, targets, weights: countable(graph, weights, dtype) }
      addPairs(graph, ids, state, { classes: 2 })
    },
    compute: ({ pairs }) => meanOfClasses(pairs, ids),
  }),
)
export type BinaryIoU = ReturnType<typeof BinaryIoU>
