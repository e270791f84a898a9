// Training on batches one after the other, each of which may have another shape: from a generator, a reader of files, a socket.
// Each batch is uploaded and trained on while the next is made.

import { describeValue, fail } from '../errors.ts'
import type { BatchStream } from '../util/batchStream.ts'
import { type Call, trainingScalars } from './call.ts'
import type { ModelCore } from './core.ts'
import { cursorAt } from './cursor.ts'
import { readSamples, type Samples } from './data.ts'
import type { FitSettings } from './fitOptions.ts'
import type { TrainingHooks } from './loops.ts'

/** Starts an iteration. */
export const iterate = (stream: BatchStream): AsyncIterator<unknown> | Iterator<unknown> =>
  Symbol.asyncIterator in stream ? stream[Symbol.asyncIterator]() : stream[Symbol.iterator]()

/** A batch that lies on the device. */
export type PlacedBatch = Pick<Samples, 'rows' | 'inputs' | 'targets' | 'weights'>

/** Batches, and how each comes onto the device. */
interface StreamSource {
  readonly stream: BatchStream
  readonly where: string
  /** @param where The batch's name in errors. */
  place(call: Call, batch: unknown, where: string): PlacedBatch | Promise<PlacedBatch>
}

/** What a stream says itself, or leaves no room for, and what to do instead. */
const REMEDIES = {
  y: 'Let the stream give [x, y].',
  sampleWeight: 'Let the stream give [x, y, sampleWeight].',
  validationSplit: 'Give validationData.',
  batchSize: 'A batch is what the stream gives.',
  shuffle: 'The order is that of the stream.',
} as const

/** Refuses what is given beside a stream. */
export function refuseBesideStream(
  where: string,
  given: { readonly [Name in keyof typeof REMEDIES]?: unknown },
): void {
  for (const [name, remedy] of Object.entries(REMEDIES)) {
    const value = given[name as keyof typeof REMEDIES] ?? null
    if (value !== null)
      fail(where, { expected: `no ${name} beside a stream of batches`, got: describeValue(value), remedy })
  }
}

/**
 * Trains on a stream: an epoch is one iteration, or `stepsPerEpoch` batches of one that goes on. Entered in the middle of an
 * epoch, it takes what the stream gives next.
 */
export async function runStream(
  call: Call,
  hooks: TrainingHooks,
  { stream, where, place }: StreamSource,
): Promise<void> {
  let batches = iterate(stream)
  hooks.optimizer.iterations = hooks.cursor.iteration
  const moveTo = (epoch: number, step: number): void => {
    hooks.cursor = { ...cursorAt(epoch, hooks.optimizer.iterations, null), step }
  }
  for (let { epoch, step } = hooks.cursor; epoch < hooks.epochs; epoch++, step = 0) {
    if (step === 0) await hooks.onEpochBegin?.(epoch)
    for (; step < (hooks.stepsPerEpoch ?? Number.POSITIVE_INFINITY); step++) {
      let { done, value } = await batches.next()
      if (done && (step === 0 || hooks.stepsPerEpoch !== null)) {
        // The end of one iteration may be the start of the next.
        batches = iterate(stream)
        ;({ done, value } = await batches.next())
        if (done)
          fail(where, {
            expected: `batches for epoch ${epoch + 1}`,
            got: 'a stream that has ended',
            remedy: 'Give one that can be iterated again.',
          })
      }
      if (done) break
      await hooks.onStepBegin?.(step)
      await trainOn(call, await place(call, value, `${where}, batch ${step}`), hooks, step)
      moveTo(epoch, step + 1)
      if (await hooks.onStepEnd?.(step)) break
    }
    if (await hooks.onEpochEnd(epoch)) break
    moveTo(epoch + 1, 0)
  }
}

/** Reads a batch `[x, y]` or `[x, y, sampleWeight]` of a stream. */
export async function readBatch(
  core: ModelCore,
  batch: unknown,
  classWeight: FitSettings['classWeight'],
  where: string,
): Promise<Samples> {
  if (!Array.isArray(batch) || batch.length < 2 || batch.length > 3) {
    fail(where, { expected: '[x, y] or [x, y, sampleWeight]', got: describeValue(batch) })
  }
  const [x, y, sampleWeight] = batch as readonly unknown[]
  const samples = await readSamples(core, { x, y, sampleWeight, classWeight }, where)
  checkFixed(core, samples.rows, where)
  return samples
}

/** Throws where a batch has another size than the one to which the model is fixed. */
export function checkFixed(core: ModelCore, rows: number, where: string): void {
  if (core.fixedBatch !== null && rows !== core.fixedBatch)
    fail(where, { expected: `${core.fixedBatch} samples, to which the model is fixed`, got: `${rows}` })
}

async function trainOn(
  call: Call,
  { rows, inputs, targets, weights }: PlacedBatch,
  { optimizer }: TrainingHooks,
  step: number,
): Promise<void> {
  await call.load({ kind: 'train', inputs, targets, weights }, [rows])
  const iteration = optimizer.iterations + 1
  call.writeSteps([trainingScalars(optimizer, { start: 0, iteration, reset: step === 0 })])
  await call.run(rows)
}
