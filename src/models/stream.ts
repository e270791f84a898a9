// Training on batches as they come: from a generator, a reader of files, a socket. Each batch is uploaded and trained on
// while the next is made.

import { describeValue, fail } from '../errors.ts'
import { type Call, trainingScalars } from './call.ts'
import type { ModelCore } from './core.ts'
import { cursorAt } from './cursor.ts'
import { readSamples, type Samples } from './data.ts'
import type { FitSettings } from './fitOptions.ts'
import type { TrainingHooks } from './loops.ts'

/** Batches `[x, y]` or `[x, y, sampleWeight]`, made anew by each iteration where it can be iterated again. */
export type BatchStream = Iterable<unknown> | AsyncIterable<unknown>

const iterate = (stream: BatchStream): AsyncIterator<unknown> | Iterator<unknown> =>
  Symbol.asyncIterator in stream ? stream[Symbol.asyncIterator]() : stream[Symbol.iterator]()

/** A stream, and what fit was told of its batches. */
interface StreamSource {
  readonly stream: BatchStream
  readonly classWeight: FitSettings['classWeight']
  readonly where: string
}

/** Refuses what a stream says itself, or leaves no room for. */
export function checkStreamSettings(settings: FitSettings, y: unknown, where: string): void {
  const { sampleWeight, validationSplit, batchSize, shuffle } = settings
  const refused: readonly (readonly [name: string, isGiven: boolean, value: unknown, remedy: string])[] = [
    ['y', (y ?? null) !== null, y, 'Let the stream give [x, y].'],
    ['sampleWeight', sampleWeight !== null, sampleWeight, 'Let the stream give [x, y, sampleWeight].'],
    ['validationSplit', validationSplit > 0, validationSplit, 'Give validationData.'],
    ['batchSize', batchSize !== null, batchSize, 'A batch is what the stream gives.'],
    ['shuffle', shuffle === true, shuffle, 'The order is that of the stream.'],
  ]
  for (const [name, isGiven, value, remedy] of refused) {
    if (isGiven)
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
  { stream, classWeight, where }: StreamSource,
): Promise<void> {
  const { core } = call.device
  let batches = iterate(stream)
  hooks.optimizer.iterations = hooks.cursor.iteration
  const moveTo = (epoch: number, step: number): void => {
    hooks.cursor = { ...cursorAt(epoch, hooks.optimizer.iterations, null), step }
  }
  for (let { epoch, step } = hooks.cursor; epoch < hooks.epochs; epoch++, step = 0) {
    if (step === 0) await hooks.onEpochBegin(epoch)
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
      await hooks.onStepBegin(step)
      const samples = await readBatch(core, value, classWeight, `${where}, batch ${step}`)
      await trainOn(call, samples, hooks, step)
      moveTo(epoch, step + 1)
      if (await hooks.onStepEnd(step)) break
    }
    if (await hooks.onEpochEnd(epoch)) break
    moveTo(epoch + 1, 0)
  }
}

async function readBatch(
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
  if (core.fixedBatch !== null && samples.rows !== core.fixedBatch) {
    fail(where, {
      expected: `${core.fixedBatch} samples, to which the model is fixed`,
      got: `${samples.rows}`,
    })
  }
  return samples
}

async function trainOn(
  call: Call,
  { rows, inputs, weights, fields }: Samples,
  { optimizer }: TrainingHooks,
  step: number,
): Promise<void> {
  call.data.uploadInOrder({ rows, fields })
  await call.load({ kind: 'train', inputs, weights }, [rows])
  const iteration = optimizer.iterations + 1
  call.writeSteps([trainingScalars(optimizer, { start: 0, iteration, reset: step === 0 })])
  await call.run(rows)
}
