// What model.fit is told, read and checked before anything runs.

import {
  checkBoolean,
  checkFinite,
  checkInteger,
  checkPositiveInteger,
  describeValue,
  fail,
} from '../errors.ts'
import type { Callback } from '../training/callbacks.ts'
import { standardOutput, type Verbose } from '../training/output.ts'
import { checkOptionNames } from '../util/options.ts'
import type { ModelCore } from './core.ts'
import type { ClassWeight, Data } from './data.ts'

export interface FitOptions {
  /** Samples a step; 32 by default, the fixed batch of a stateful model otherwise. */
  readonly batchSize?: number
  /** Times through the data; 1 by default. */
  readonly epochs?: number
  /** 'auto' (default) is 1 in Node and 0 in a page: 0 silent, 1 a progress bar, 2 a line an epoch. */
  readonly verbose?: Verbose | 'auto'
  readonly callbacks?: Callback | readonly Callback[]
  /** Share of the last samples kept for validation, in [0, 1); 0 by default. Taken before shuffling. */
  readonly validationSplit?: number
  /** `[x, y]` or `[x, y, sampleWeight]`; instead of `validationSplit`. */
  readonly validationData?: readonly [x: Data, y: Data, sampleWeight?: Data]
  /** Samples a validation step; `batchSize` by default. */
  readonly validationBatchSize?: number
  /** Validate every so many epochs; 1 by default. */
  readonly validationFreq?: number
  /** A new order of samples every epoch; true by default. */
  readonly shuffle?: boolean
  readonly classWeight?: ClassWeight
  readonly sampleWeight?: Data
  /** The epoch to start from, when training goes on; 0 by default. */
  readonly initialEpoch?: number
  /** Batches an epoch, for data that come as a stream of batches; until the stream ends by default. */
  readonly stepsPerEpoch?: number
}

const FIT_OPTIONS: readonly (keyof FitOptions)[] = [
  'batchSize',
  'epochs',
  'verbose',
  'callbacks',
  'validationSplit',
  'validationData',
  'validationBatchSize',
  'validationFreq',
  'shuffle',
  'classWeight',
  'sampleWeight',
  'initialEpoch',
  'stepsPerEpoch',
]

/** Options of fit, checked, defaults filled in. */
export interface FitSettings {
  readonly epochs: number
  readonly initialEpoch: number
  readonly validationFreq: number
  readonly validationSplit: number
  readonly shuffle: boolean
  readonly verbose: Verbose
  readonly callbacks: readonly Callback[]
  readonly stepsPerEpoch: number | null
}

export function readFitOptions(options: FitOptions, where: string): FitSettings {
  checkOptionNames(where, options, FIT_OPTIONS)
  const { stepsPerEpoch } = options
  return {
    epochs: checkPositiveInteger(where, 'epochs', options.epochs ?? 1),
    initialEpoch: checkInteger(where, 'initialEpoch', options.initialEpoch ?? 0, { min: 0 }),
    validationFreq: checkPositiveInteger(where, 'validationFreq', options.validationFreq ?? 1),
    validationSplit: checkFinite(where, 'validationSplit', options.validationSplit ?? 0, { min: 0, max: 1 }),
    shuffle: checkBoolean(where, 'shuffle', options.shuffle ?? true),
    verbose: readVerbose(where, options.verbose),
    callbacks: readCallbacks(options.callbacks, where),
    stepsPerEpoch:
      stepsPerEpoch === undefined ? null : checkPositiveInteger(where, 'stepsPerEpoch', stepsPerEpoch),
  }
}

export function readVerbose(where: string, verbose: unknown): Verbose {
  if (verbose === undefined || verbose === 'auto') return standardOutput().kind === 'console' ? 0 : 1
  if (verbose === 0 || verbose === 1 || verbose === 2) return verbose
  return fail(where, { expected: "verbose to be 0, 1, 2 or 'auto'", got: describeValue(verbose) })
}

/** The batch size of a call: what is asked for, what the model is fixed to, or 32. */
export function readBatchSize(core: ModelCore, where: string, given: unknown, rows: number): number {
  const fixed = core.fixedBatch
  const batchSize = given === undefined ? (fixed ?? 32) : checkPositiveInteger(where, 'batchSize', given)
  if (fixed === null) return batchSize
  if (batchSize !== fixed || rows % fixed !== 0) {
    fail(where, {
      expected: `batches of ${fixed} samples, to which the model is fixed`,
      got: batchSize === fixed ? `${rows} samples` : `batchSize ${batchSize}`,
      remedy: `Give ${fixed} samples, or a multiple of that.`,
    })
  }
  return batchSize
}

function readCallbacks(callbacks: FitOptions['callbacks'], where: string): readonly Callback[] {
  const list =
    callbacks === undefined
      ? []
      : Array.isArray(callbacks)
        ? (callbacks as readonly Callback[])
        : [callbacks as Callback]
  for (const callback of list) {
    if (typeof callback !== 'object' || callback === null) {
      fail(where, {
        expected: 'callbacks as objects with hooks such as onEpochEnd',
        got: describeValue(callback),
      })
    }
  }
  return list
}
