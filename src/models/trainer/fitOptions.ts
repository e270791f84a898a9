// What model.fit is told.

import {
  checkBoolean,
  checkExtent,
  checkInteger,
  checkPositiveInteger,
  describeValue,
  fail,
} from '../../errors.ts'
import type { CallbackHooks } from '../../training/callbacks.ts'
import { standardOutput, type Verbose } from '../../training/output.ts'
import { type Config, computed, nullable, option, type TableFor } from '../../util/options.ts'
import type { TensorData } from '../../util/tensor.ts'
import type { ClassWeight, Data, TrainingStream } from '../data/data.ts'

export const batchSize = nullable(checkExtent)
/** 'auto', the default, is 1 in Node and 0 in a page: 0 silent, 1 a progress bar, 2 a line an epoch. */
export const verbose = computed<Verbose, Verbose | 'auto'>(readVerbose)

/** Options of a fit on a stream of batches, which says itself what a batch is, and in which order they come. */
export interface StreamFitOptions {
  /** Times through the data, `1` by default. */
  readonly epochs?: number
  /** `'auto'`, the default, is 1 in Node and 0 in a page: 0 silent, 1 a progress bar, 2 a line an epoch. */
  readonly verbose?: Verbose | 'auto'
  /** An object of hooks, or several; none by default. */
  readonly callbacks?: CallbackHooks | readonly CallbackHooks[] | null
  /**
   * `[x, y]` or `[x, y, sampleWeight]`, or a stream of such batches, which is iterated once a validation; `null` by default. Where a
   * class says its steps itself, also a tensor, or `[x]`.
   */
  readonly validationData?: ValidationData | null
  /** Samples a validation step; `null`, the default, takes `batchSize`, or as many as `validationSteps` need. */
  readonly validationBatchSize?: number | null
  /** The most steps of a validation; `null`, the default: all batches. */
  readonly validationSteps?: number | null
  /** Validate every so many epochs, `1` by default; or after the epochs of a list, which count from 1. */
  readonly validationFreq?: number | readonly number[]
  /** Weights of samples by class index, as an object or a Map; `null` by default. */
  readonly classWeight?: ClassWeight | null
  /** The epoch to start from, when training goes on, `0` by default. */
  readonly initialEpoch?: number
  /**
   * Batches an epoch. `null`, the default: all of an array's, and a stream's until it ends. With fewer than an array has, the next
   * epoch goes on where this one stopped, and the epoch in which the data run out is shorter, as in Keras; with fewer than a stream
   * has, the next goes on, too.
   */
  readonly stepsPerEpoch?: number | null
  /**
   * Ends the fit between two steps, with the signal's reason, an AbortError by default; `null` by default. Weights are those after the
   * last step, and a stream is closed.
   */
  readonly signal?: AbortSignal | null
}

/** Options of a fit on arrays. */
export interface FitOptions extends StreamFitOptions {
  /** Samples a step; `null`, the default, is the batch that a stateful model is fixed to, as many as `stepsPerEpoch` need, or 32. */
  readonly batchSize?: number | null
  /** Share of the last samples kept for validation, in [0, 1), `0` by default, instead of `validationData`. Taken before shuffling. */
  readonly validationSplit?: number
  /** A new order of samples every epoch; `null`, the default, shuffles arrays and leaves a stream in its own order. */
  readonly shuffle?: boolean | null
  /**
   * A weight for each sample, or for each time step of each; `null` by default. Where an output's loss is one of your own that keeps
   * the last axis, or the output has metrics alone, also one for each entry. An axis of 1 is for all entries of the output's.
   */
  readonly sampleWeight?: Data | null
}

/** Data of a validation. */
export type ValidationData =
  | readonly [x: Data, y: Data | null, sampleWeight?: Data | null]
  | readonly [x: Data]
  | TensorData
  | TrainingStream

/** The options that most fits have alone; the others are read with the code for them (anyFit.ts). */
export const plainOptions = {
  batchSize,
  epochs: option(1, checkPositiveInteger),
  verbose,
  shuffle: nullable(checkBoolean),
  initialEpoch: option(0, (where, name, value) => checkInteger(where, name, value, { min: 0 })),
} as const satisfies TableFor<
  Pick<FitOptions, 'batchSize' | 'epochs' | 'verbose' | 'shuffle' | 'initialEpoch'>
>

/** What a loop and its session are told. */
export type LoopSettings = Config<typeof plainOptions>

function readVerbose(where: string, name: string, verbose: unknown): Verbose {
  if (verbose === undefined || verbose === 'auto') return standardOutput().kind === 'console' ? 0 : 1
  if (verbose === 0 || verbose === 1 || verbose === 2) return verbose
  return fail(where, { expected: `${name} to be 0, 1, 2 or 'auto'`, got: describeValue(verbose) })
}
