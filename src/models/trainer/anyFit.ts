// model.fit with whatever options, on whatever data. Loaded for all but plain fits on arrays.

import { isOpen } from '../../layers/layerGraph.ts'
import type { History } from '../../training/callbacks.ts'
import { isBatchStream } from '../../util/batchStream.ts'
import { readOptions } from '../../util/options.ts'
import { nextSeed } from '../../util/seed.ts'
import { windowsOf } from '../../util/windows.ts'
import type { ModelCore } from '../core.ts'
import { type Cursor, cursorAt } from '../cursor.ts'
import { readBatchSize } from '../data/batchSize.ts'
import { besideStream } from '../data/besideStream.ts'
import { type GivenData, readTrainingData } from '../data/plainData.ts'
import { refuseBesideStream } from '../data/stream.ts'
import { train } from './fit.ts'
import type { FitOptions } from './fitOptions.ts'
import { FitSession } from './fitSession.ts'
import { type FitSettings, fitOptions } from './fitSettings.ts'
import { runTraining } from './loops.ts'
import { partialPasses } from './partialPasses.ts'

/** A position from which a training resumes: the cursor, and the totals of the epoch so far. */
export interface Position {
  readonly cursor: Cursor
  readonly totals: Uint32Array
}

/**
 * Trains a model on arrays, or on a stream of batches.
 *
 * @param position Where to resume; the variables must have the values of that time. By default the start of `initialEpoch`.
 */
export async function trainOnAny(
  core: ModelCore,
  x: unknown,
  given: unknown,
  options: FitOptions | null | undefined,
  position: Position | null = null,
): Promise<History> {
  const where = `${core.where}.fit`
  const [y, next] = besideStream(core, fitOptions, [x, given, options])
  const told = readOptions(where, fitOptions, next)
  const windows = windowsOf(x)
  if (!windows) return trainOn(core, { x, y }, told, position)
  const { sampleWeight, validationSplit, batchSize, shuffle } = told
  const split = validationSplit || null
  refuseBesideStream(where, { y, sampleWeight, validationSplit: split, batchSize, shuffle: shuffle || null })
  return trainOn(core, windows, { ...told, ...windows }, position, windows.seed)
}

/** @param seed Of the order of samples; null takes the next. */
async function trainOn(
  core: ModelCore,
  { x, y }: GivenData,
  settings: FitSettings,
  position: Position | null,
  seed: number | null = null,
): Promise<History> {
  const where = `${core.where}.fit`
  const { verbose, callbacks, stepsPerEpoch, sampleWeight, classWeight, signal } = settings
  signal?.throwIfAborted()
  const isValidated = settings.validationData !== null || settings.validationSplit > 0
  const isListened = isValidated || verbose !== 0 || callbacks.length > 0
  const given = { x, y, sampleWeight, classWeight }
  const listening = isListened ? await import('./listening.ts') : null
  listening?.checkCallbacks(where, callbacks)
  const source =
    isBatchStream(x) || isOpen(core)
      ? await (await import('../data/batchSource.ts')).openSource(core, given, settings, where)
      : null
  const samples = source ? null : await readTrainingData(core, given, where)
  const { training, validation } = (await listening?.splitValidation(
    core,
    samples ?? source,
    settings,
    where,
  )) ?? { training: samples, validation: null }
  const rows = training?.rows ?? 0
  const batchSize = readBatchSize(core, where, { given: settings.batchSize, steps: stepsPerEpoch }, rows)
  const batches = Math.ceil(rows / batchSize)
  if (training && (stepsPerEpoch ?? 0) > batches) warnOfSteps(where, stepsPerEpoch, batches)
  const perEpoch = training && stepsPerEpoch ? Math.min(stepsPerEpoch, batches) : stepsPerEpoch
  const steps = perEpoch ?? source?.count ?? (training && batches)
  return train(core, training?.inputs ?? null, {
    signal,
    async open(call, optimizer) {
      if (position) call.data.writeTotals(position.totals)
      const audience = { steps, validation }
      const session =
        (await listening?.openSession(call, optimizer, settings, audience)) ??
        new FitSession(call, optimizer, settings, steps)
      return session
    },
    async run(call, session) {
      const shuffles = training !== null && (settings.shuffle ?? true)
      session.cursor =
        position?.cursor ??
        cursorAt(
          core.resumesAt ?? settings.initialEpoch,
          session.optimizer.steps,
          shuffles ? (seed ?? nextSeed()) : null,
        )
      // A backup is of one fit.
      core.resumesAt = undefined
      if (source) await source.run(call, session)
      else if (training) {
        const passes = stepsPerEpoch ? partialPasses(batches, stepsPerEpoch, session.cursor) : undefined
        await runTraining(call, { kind: 'train', batchSize, ...training }, session, passes)
      }
    },
  })
}

/** Says that there are fewer batches than an epoch was asked to have. */
function warnOfSteps(where: string, steps: number | null, batches: number): void {
  console.warn(
    `${where}: expected samples for ${steps} steps an epoch, got ${batches} batches, which an epoch consists of then.`,
  )
}
