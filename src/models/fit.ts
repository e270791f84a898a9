// model.fit: data, validation, callbacks, progress and history around a training loop.

import { fail } from '../errors.ts'
import type { History } from '../training/callbacks.ts'
import { readOptions } from '../util/options.ts'
import { nextSeed } from '../util/seed.ts'
import type { ModelCore } from './core.ts'
import { readSamples } from './data.ts'
import { type FitOptions, fitOptions, readBatchSize } from './fitOptions.ts'
import { FitSession } from './fitSession.ts'
import { runTraining } from './loops.ts'
import type { BatchStream } from './stream.ts'

/** Trains a model on arrays, or on a stream of batches. */
export async function trainModel(
  core: ModelCore,
  x: unknown,
  y: unknown,
  options: FitOptions,
): Promise<History> {
  const where = `${core.where}.fit`
  const { optimizer } = core.compiled(where)
  const settings = readOptions(where, fitOptions, options)
  const { epochs, verbose, callbacks, sampleWeight, classWeight } = settings
  if (callbacks.length > 0) (await import('./checkCallbacks.ts')).checkCallbacks(where, callbacks)
  const stream = isBatchStream(x) ? x : null
  const streaming = stream && (await import('./stream.ts'))
  streaming?.checkStreamSettings(settings, y, where)
  const samples = stream ? null : await readSamples(core, { x, y, sampleWeight, classWeight }, where)
  const isValidated = settings.validationData !== null || settings.validationSplit > 0
  const validating = isValidated ? await import('./validation.ts') : null
  const data = (await validating?.splitValidation(core, samples, settings, where)) ?? {
    training: samples,
    validation: null,
  }
  const rows = data.training?.rows ?? 0
  const batchSize = readBatchSize(core, where, settings.batchSize, rows)
  const validationBatchSize = settings.validationBatchSize ?? batchSize
  if (data.validation) readBatchSize(core, where, validationBatchSize, data.validation.rows)
  const batches = Math.ceil(rows / batchSize)
  if (data.training && (settings.stepsPerEpoch ?? 0) > batches) {
    fail(where, {
      expected: `stepsPerEpoch of at most the ${batches} batches that there are`,
      got: `${settings.stepsPerEpoch}`,
    })
  }
  const steps = settings.stepsPerEpoch ?? (data.training && batches)
  const printing = verbose === 0 ? null : await import('../training/progress.ts')
  const logger = printing && new printing.ProgressLogger({ verbose, epochs, steps })

  const store = await core.prepare()
  const validation =
    validating && data.validation
      ? new validating.Validation(core, store, data.validation, validationBatchSize)
      : null
  const session =
    validation || logger || callbacks.length > 0
      ? new (await import('./listenedSession.ts')).ListenedSession(
          core,
          store,
          optimizer,
          settings,
          steps,
          validation,
          logger,
        )
      : new FitSession(core, store, optimizer, settings, steps)
  await session.begin()
  if (stream) {
    await streaming?.runStream(core, store, session, { stream, classWeight, where })
  } else if (data.training) {
    const buffers = core.runner.buffers(store, 'fit')
    buffers.upload(data.training)
    const { weights } = data.training
    const seed = (settings.shuffle ?? true) ? nextSeed() : null
    const request = { kind: 'train', rows, batchSize, weights, changes: core.changesInTraining } as const
    await runTraining(core.runner, store, buffers, request, seed, session)
  }
  return session.end()
}

/** Whether data are a stream of batches, and not arrays. */
function isBatchStream(data: unknown): data is BatchStream {
  if (typeof data !== 'object' || data === null || Array.isArray(data) || ArrayBuffer.isView(data))
    return false
  return Symbol.asyncIterator in data || Symbol.iterator in data
}
