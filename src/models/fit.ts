// model.fit: data, validation, callbacks, progress and history around a training loop.

import { isOpen } from '../layers/layerGraph.ts'
import type { History } from '../training/callbacks.ts'
import { isBatchStream } from '../util/batchStream.ts'
import { readOptions } from '../util/options.ts'
import { nextSeed } from '../util/seed.ts'
import type { ModelCore } from './core.ts'
import { type Cursor, cursorAt } from './cursor.ts'
import { type FitOptions, fitOptions } from './fitOptions.ts'
import { FitSession } from './fitSession.ts'
import { runTraining } from './loops.ts'
import { readTrainingData } from './plainData.ts'

const batchSources = () => import('./batchSource.ts')

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
export async function trainModel(
  core: ModelCore,
  x: unknown,
  y: unknown,
  options: FitOptions,
  position: Position | null = null,
): Promise<History> {
  const where = `${core.where}.fit`
  const { optimizer } = core.compiled(where)
  const settings = readOptions(where, fitOptions, options)
  const { verbose, callbacks, sampleWeight, classWeight } = settings
  const isValidated = settings.validationData !== null || settings.validationSplit > 0
  const isListened = isValidated || verbose !== 0 || callbacks.length > 0
  const given = { x, y, sampleWeight, classWeight }
  const listening = isListened ? await import('./listening.ts') : null
  listening?.checkCallbacks(where, callbacks)
  const source =
    isBatchStream(x) || isOpen(core)
      ? await (await batchSources()).openSource(core, given, settings, where)
      : null
  const samples = source ? null : await readTrainingData(core, given, where)
  const data = (await listening?.splitValidation(core, samples ?? source, settings, where)) ?? {
    training: samples,
    validation: null,
  }
  const rows = data.training?.rows ?? 0
  const batchSize =
    core.fixedBatch === null
      ? (settings.batchSize ?? 32)
      : (await import('./batchSize.ts')).readBatchSize(core, where, settings.batchSize, rows)
  const batches = Math.ceil(rows / batchSize)
  if (data.training && (settings.stepsPerEpoch ?? 0) > batches) {
    const { failForSteps } = await import('./refusedTargets.ts')
    failForSteps(where, batches, settings.stepsPerEpoch)
  }
  const steps = settings.stepsPerEpoch ?? source?.count ?? (data.training && batches)
  const device = await core.prepare(data.training?.inputs ?? null)
  const call = device.begin('fit')
  if (position) call.data.writeTotals(position.totals)
  const audience = { steps, validation: data.validation }
  const session =
    (await listening?.openSession(call, optimizer, settings, audience)) ??
    new FitSession(call, optimizer, settings, steps)
  core.fit = session
  try {
    await session.begin?.()
    const shuffles = data.training !== null && (settings.shuffle ?? true)
    session.cursor =
      position?.cursor ?? cursorAt(settings.initialEpoch, optimizer.iterations, shuffles ? nextSeed() : null)
    if (source) {
      await source.run(call, session)
    } else if (data.training) {
      call.data.upload(data.training)
      await runTraining(call, { kind: 'train', batchSize, ...data.training }, session)
    }
    return await session.end()
  } finally {
    session.close?.()
    core.fit = null
  }
}
