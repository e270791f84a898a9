// What makes metrics: of which kind arguments and options are.

import * as api from '../../../src/index.ts'
import {
  finite,
  flag,
  integer,
  isPlainFunction,
  type Kind,
  kind,
  nullable,
  oneOf,
  positive,
  positiveInteger,
  text,
} from '../kinds.ts'
import { everything, type Options, type PublicCall, plain } from './call.ts'

const isFraction = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value <= 1
const isListOf =
  (fits: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    Array.isArray(value) && value.length > 0 && value.every(fits)
/** From 0 to 1, both included. */
const fraction = kind([0, 0.5, 1], isFraction)
const thresholds = nullable(
  kind([0, 0.5, [0.5], [0.1, 0.9]], (value) => isFraction(value) || isListOf(isFraction)(value)),
)
const anyInteger = kind([0, -1], Number.isSafeInteger)
const classId = nullable(integer)
const numClasses = kind(
  [2, 3],
  (value) => Number.isInteger(value) && Number(value) >= 2 && Number(value) <= 2 ** 15,
)
const targetClassIds = kind(
  [[0], [1, 0]],
  isListOf((value) => value === 0 || value === 1),
)
const axes = kind(
  [0, -1, [0, 1]],
  (value) => Number.isSafeInteger(value) || isListOf(Number.isSafeInteger)(value),
)
const average = nullable(oneOf('micro', 'macro', 'weighted'))
const threshold = nullable(kind([0.5, 1], (value) => isFraction(value) && value !== 0))

/** An argument that may be left out. */
const optional = ({ valid, accepts }: Kind): Kind =>
  kind(valid, (value) => value === undefined || value === null || accepts(value))

const named: Options = { name: nullable(text), dtype: nullable(text) }
const ofCounts: Options = { thresholds, topK: nullable(positiveInteger), classId }
const oneHot: Options = { ignoreClass: nullable(anyInteger), sparseYPred: flag, axis: anyInteger }
const sparse: Options = { ...oneHot, sparseYTrue: flag }

/** Metrics that take options alone. */
const makers: Readonly<Record<string, Options>> = {
  Accuracy: {},
  AUC: {
    numThresholds: kind([2, 5], (value) => Number.isSafeInteger(value) && Number(value) >= 2),
    curve: oneOf('ROC', 'PR', 'PRGAIN'),
    summationMethod: oneOf('interpolation', 'minoring', 'majoring'),
    thresholds: nullable(kind([[0.25, 0.5]], isListOf(isFraction), [[2]])),
    multiLabel: flag,
    numLabels: nullable(kind([])),
    labelWeights: nullable(
      kind(
        [[], [1, 0.5]],
        (value) => Array.isArray(value) && value.every((weight) => Number.isFinite(weight) && weight >= 0),
      ),
    ),
    fromLogits: flag,
  },
  BinaryAccuracy: { threshold: finite },
  BinaryIoU: { targetClassIds, threshold: finite },
  CategoricalAccuracy: {},
  ConcordanceCorrelation: { axis: axes },
  F1Score: { average, threshold },
  FBetaScore: { average, threshold, beta: positive },
  FalseNegatives: { thresholds },
  FalsePositives: { thresholds },
  Mean: {},
  PearsonCorrelation: { axis: axes },
  Precision: ofCounts,
  LogCoshError: {},
  R2Score: {
    classAggregation: nullable(oneOf('uniform_average', 'variance_weighted_average')),
    numRegressors: kind(
      [0, 2],
      (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) < 2 ** 32,
    ),
  },
  Recall: ofCounts,
  RootMeanSquaredError: {},
  SparseCategoricalAccuracy: {},
  Sum: {},
  TrueNegatives: { thresholds },
  TruePositives: { thresholds },
}

/** Metrics with arguments in front, by name, too. */
const withArguments: Readonly<
  Record<string, readonly [args: Readonly<Record<string, Kind>>, options: Options]>
> = {
  ConfusionMatrix: [{ numClasses }, { threshold: finite, normalize: nullable(oneOf('true', 'pred', 'all')) }],
  IoU: [{ numClasses, targetClassIds }, sparse],
  MeanIoU: [{ numClasses }, sparse],
  MeanMetricWrapper: [{ fn: kind([api.ops.subtract], isPlainFunction) }, {}],
  OneHotIoU: [{ numClasses, targetClassIds }, oneHot],
  OneHotMeanIoU: [{ numClasses }, oneHot],
  PrecisionAtRecall: [{ recall: fraction }, { numThresholds: positiveInteger, classId }],
  RecallAtPrecision: [{ precision: fraction }, { numThresholds: positiveInteger, classId }],
  SensitivityAtSpecificity: [{ specificity: fraction }, { numThresholds: positiveInteger, classId }],
  SparseTopKCategoricalAccuracy: [{ k: optional(positiveInteger) }, { fromSortedIds: flag }],
  SpecificityAtSensitivity: [{ sensitivity: fraction }, { numThresholds: positiveInteger, classId }],
  TopKCategoricalAccuracy: [{ k: optional(positiveInteger) }, {}],
}

export const metrics: readonly PublicCall[] = [
  ...Object.entries(makers).map(
    ([name, options]): PublicCall => ({
      name,
      args: [],
      options: { ...named, ...options },
      call: plain(everything[name]),
    }),
  ),
  ...Object.entries(withArguments).map(
    ([name, [args, options]]): PublicCall => ({
      name,
      args: Object.values(args),
      options: { ...named, ...options },
      call: plain(everything[name]),
    }),
  ),
]
