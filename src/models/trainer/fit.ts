// model.fit: a session of progress and history around a training loop. Here are plain fits on arrays; all others are anyFit.ts's.

import { isOpen } from '../../layers/layerGraph.ts'
import type { History } from '../../training/callbacks.ts'
import type { Optimizer } from '../../training/optimizer.ts'
import { isBatchStream } from '../../util/batchStream.ts'
import { isOptions, readOptions } from '../../util/options.ts'
import { nextSeed } from '../../util/seed.ts'
import type { Shape } from '../../util/shape.ts'
import type { Call } from '../call.ts'
import type { ModelCore } from '../core.ts'
import { cursorAt } from '../cursor.ts'
import { readTrainingData } from '../data/plainData.ts'
import { anyFit, averagedWeights } from '../later.ts'
import { type FitOptions, plainOptions } from './fitOptions.ts'
import { FitSession } from './fitSession.ts'
import { runTraining } from './loops.ts'

/** Trains a model on arrays, or on a stream of batches. */
export async function trainModel(
  core: ModelCore,
  x: unknown,
  y: unknown,
  options: FitOptions | null | undefined,
): Promise<History> {
  const where = `${core.where}.fit`
  core.compiled(where)
  const isPlain =
    plainOptions.verbose.read(where, 'verbose', options?.verbose) === 0 &&
    Object.keys(options ?? {}).every((name) => name in plainOptions) &&
    !(isBatchStream(x) || isOptions(y) || isOpen(core) || core.fixedBatch)
  if (!isPlain) return (await anyFit()).trainOnAny(core, x, y, options)
  const settings = readOptions(where, plainOptions, options)
  const samples = await readTrainingData(core, { x, y }, where)
  const batchSize = settings.batchSize ?? 32
  return train(core, samples.inputs, {
    open: (call, optimizer) => new FitSession(call, optimizer, settings, Math.ceil(samples.rows / batchSize)),
    run(call, session) {
      session.cursor = cursorAt(
        settings.initialEpoch,
        session.optimizer.steps,
        settings.shuffle === false ? null : nextSeed(),
      )
      return runTraining(call, { kind: 'train', batchSize, ...samples }, session)
    },
  })
}

/** A fit whose data are read. */
interface Fit {
  readonly signal?: AbortSignal | null
  open(call: Call, optimizer: Optimizer): FitSession | Promise<FitSession>
  run(call: Call, session: FitSession): Promise<void>
}

/** @param inputs Shapes of one sample of each input, if known. */
export async function train(
  core: ModelCore,
  inputs: readonly Shape[] | null,
  { signal, open, run }: Fit,
): Promise<History> {
  const call = await core.begin('fit', inputs, signal)
  const session = await open(call, core.compiled(core.where).optimizer)
  core.fit = session
  try {
    await session.begin?.()
    await run(call, session)
    // As in Keras the averages of other optimizers are left to those who apply these.
    const { compiledOptimizer: optimizer } = core.compiled(core.where)
    if (optimizer.rule.slots.some(({ name }) => name === 'average'))
      await (await averagedWeights()).overwriteWithAverages(optimizer)
    return await session.end()
  } finally {
    core.fit = null
    await session.close?.()
  }
}
