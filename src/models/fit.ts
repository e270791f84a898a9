// model.fit: options, data, validation, callbacks, progress and history around the training loop.

import {
  checkBoolean,
  checkFinite,
  checkInteger,
  checkPositiveInteger,
  describeValue,
  fail,
} from '../errors.ts'
import { type Callback, History } from '../training/callbacks.ts'
import { type Logs, ProgressLogger, standardOutput, type Verbose } from '../training/progress.ts'
import { nextSeed } from '../util/seed.ts'
import type { ModelCore } from './core.ts'
import { type ClassWeight, type Data, readSamples, type Samples, splitSamples } from './data.ts'
import { runOnce, runTraining } from './loops.ts'

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
]

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

export async function trainModel(
  core: ModelCore,
  x: unknown,
  y: unknown,
  options: FitOptions,
): Promise<History> {
  const where = `${core.where}.fit`
  for (const name of Object.keys(options)) {
    if (!(FIT_OPTIONS as readonly string[]).includes(name)) {
      fail(where, { expected: `the options ${FIT_OPTIONS.join(', ')}`, got: `'${name}'` })
    }
  }
  const { optimizer } = core.compiled(where)
  const epochs = checkPositiveInteger(where, 'epochs', options.epochs ?? 1)
  const initialEpoch = checkInteger(where, 'initialEpoch', options.initialEpoch ?? 0, { min: 0 })
  const validationFreq = checkPositiveInteger(where, 'validationFreq', options.validationFreq ?? 1)
  const shuffle = checkBoolean(where, 'shuffle', options.shuffle ?? true)
  const verbose = readVerbose(where, options.verbose)
  const callbacks = readCallbacks(options.callbacks, where)
  const { training, validation } = readFitData(core, x, y, options, where)
  const batchSize = readBatchSize(core, where, options.batchSize, training.rows)
  const validationBatchSize = validation
    ? readBatchSize(core, where, options.validationBatchSize ?? batchSize, validation.rows)
    : batchSize
  optimizer.rate(1) // a bad rate shows here, before anything runs

  const store = await core.prepare()
  const buffers = core.runner.buffers(store, 'fit')
  const parts = validation ? [training, validation] : [training]
  buffers.upload(parts)
  const total = parts.reduce((sum, { rows }) => sum + rows, 0)
  const steps = Math.ceil(training.rows / batchSize)
  const history = new History({ verbose, epochs, steps })
  const logger = new ProgressLogger({ verbose, epochs, steps })
  const hooks = hooksOf(callbacks)
  const seed = shuffle ? nextSeed() : 0
  const waits = verbose !== 0 || validation !== null || hooks.epoch || hooks.batch

  const validate = async (): Promise<Logs> => {
    if (!validation) return {}
    await callEach(callbacks, (c) => c.onTestBegin?.({}))
    await runOnce(core.runner, store, buffers, {
      kind: 'test',
      rows: validation.rows,
      batchSize: validationBatchSize,
      weights: validation.weights,
      offset: training.rows,
    })
    store.markChanged(core.changesInTest)
    const logs = core.logsOf(await store.readTotals())
    await callEach(callbacks, (c) => c.onTestEnd?.(logs))
    return Object.fromEntries(Object.entries(logs).map(([name, value]) => [`val_${name}`, value]))
  }

  core.stopTraining = false
  // Without listeners epochs run ahead of the numbers that are read back for the history.
  let recorded: Promise<unknown> = Promise.resolve()
  let seen: Promise<void> | null = null
  let logs: Logs = {}
  await callEach(callbacks, (c) => c.onTrainBegin?.({}))
  await runTraining(core.runner, store, buffers, {
    request: { kind: 'train', rows: training.rows, batchSize, weights: training.weights, offset: 0 },
    total,
    epochs,
    initialEpoch,
    shuffle,
    seed,
    optimizer,
    horizon: hooks.batch ? 'step' : hooks.epoch || validation ? 'epoch' : 'open',
    async onEpochBegin(epoch) {
      if (waits || epoch === initialEpoch) {
        // A callback may have set weights.
        await store.sync()
        store.markChanged(core.changesInTraining)
      }
      logger.begin(epoch)
      await callEach(callbacks, (c) => c.onEpochBegin?.(epoch, {}))
    },
    async onStepBegin(step) {
      if (!hooks.batch) return
      await callEach(callbacks, (c) => c.onTrainBatchBegin?.(step, {}))
      await callEach(callbacks, (c) => c.onBatchBegin?.(step, {}))
    },
    async onStepEnd(step) {
      if (hooks.batch) {
        const batchLogs = core.logsOf(await store.readTotals())
        logger.step(step + 1, batchLogs)
        await callEach(callbacks, (c) => c.onTrainBatchEnd?.(step, batchLogs))
        await callEach(callbacks, (c) => c.onBatchEnd?.(step, batchLogs))
        return core.stopTraining
      }
      // The bar's loss is read back now and then, and never waited for.
      if (verbose === 1 && seen === null && step + 1 < steps) {
        seen = store.readTotals().then(
          (totals) => {
            logger.step(step + 1, core.logsOf(totals))
            seen = null
          },
          () => undefined,
        )
      }
      return false
    },
    async onEpochEnd(epoch) {
      const totals = store.readTotals()
      if (!waits) {
        recorded = Promise.all([recorded, totals]).then(([, read]) => {
          logs = core.logsOf(read)
          history.record(epoch, logs)
        })
        // A failure is thrown when the loop ends; until then it is nobody's.
        recorded.catch(() => undefined)
        return core.stopTraining
      }
      logs = core.logsOf(await totals)
      if ((epoch + 1) % validationFreq === 0) logs = { ...logs, ...(await validate()) }
      await seen
      logger.end(logs)
      history.record(epoch, logs)
      await callEach(callbacks, (c) => c.onEpochEnd?.(epoch, logs))
      return core.stopTraining
    },
  })
  await recorded
  store.backend.check()
  await callEach(callbacks, (c) => c.onTrainEnd?.(logs))
  return history
}

function readFitData(
  core: ModelCore,
  x: unknown,
  y: unknown,
  options: FitOptions,
  where: string,
): { training: Samples; validation: Samples | null } {
  const { validationData, classWeight, sampleWeight } = options
  const validationSplit = checkFinite(where, 'validationSplit', options.validationSplit ?? 0, {
    min: 0,
    max: 1,
  })
  const samples = readSamples(core, { x, y, sampleWeight, classWeight }, where)
  if (validationData !== undefined) {
    const [valX, valY, valWeight] = Array.isArray(validationData)
      ? (validationData as readonly unknown[])
      : []
    if (!Array.isArray(validationData) || validationData.length < 2 || validationData.length > 3) {
      fail(where, {
        expected: 'validationData as [x, y] or [x, y, sampleWeight]',
        got: describeValue(validationData),
      })
    }
    const read = readSamples(core, { x: valX, y: valY, sampleWeight: valWeight }, `${where}, validationData`)
    const [training, validation] = alignWeights(samples, read)
    return { training, validation }
  }
  if (validationSplit === 0) return { training: samples, validation: null }
  const kept = Math.floor(samples.rows * (1 - validationSplit))
  if (kept === 0 || kept === samples.rows) {
    fail(where, {
      expected: 'a validationSplit that leaves samples on both sides',
      got: `${validationSplit} of ${samples.rows}`,
    })
  }
  const [training, validation] = splitSamples(samples, kept)
  return { training, validation }
}

/** Data sets that share buffers have the same fields: weights of one are ones in the other. */
function alignWeights(a: Samples, b: Samples): [Samples, Samples] {
  const shapes = a.weights.map((shape, i) => shape ?? b.weights[i] ?? null)
  const aligned = (samples: Samples): Samples => {
    const given = samples.fields.slice(
      samples.fields.length - samples.weights.filter((shape) => shape !== null).length,
    )
    const base = samples.fields.slice(0, samples.fields.length - given.length)
    const weights = shapes.flatMap((shape, i) => {
      if (shape === null) return []
      const length = samples.rows * shape.reduce((product, extent) => product * extent, 1)
      const own = samples.weights[i] ? given.shift() : undefined
      return [
        own && own.length === length ? own : own ? spread(own, length) : new Float32Array(length).fill(1),
      ]
    })
    return { rows: samples.rows, fields: [...base, ...weights], weights: shapes }
  }
  return [aligned(a), aligned(b)]
}

/** One weight a sample, for each of its steps. */
const spread = (weights: Float32Array, length: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => weights[Math.floor((i * weights.length) / length)] ?? 1)

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

const hooksOf = (callbacks: readonly Callback[]): { readonly epoch: boolean; readonly batch: boolean } => ({
  epoch: callbacks.some((c) => c.onEpochBegin || c.onEpochEnd || c.onTestBegin || c.onTestEnd),
  batch: callbacks.some((c) => c.onTrainBatchBegin || c.onTrainBatchEnd || c.onBatchBegin || c.onBatchEnd),
})

async function callEach(
  callbacks: readonly Callback[],
  call: (callback: Callback) => unknown,
): Promise<void> {
  for (const callback of callbacks) await call(callback)
}
