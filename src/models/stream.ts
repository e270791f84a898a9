// Training on batches as they come: from a generator, a reader of files, a socket. Each batch is uploaded and trained on
// while the next is made.

import { describeValue, fail } from '../errors.ts'
import type { ModelCore } from './core.ts'
import { readSamples, type Samples } from './data.ts'
import type { FitSettings } from './fitOptions.ts'
import { runSteps, type TrainingHooks } from './loops.ts'
import type { Store } from './store.ts'

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

/** Trains on a stream: an epoch is one iteration, or `stepsPerEpoch` batches of one that goes on. */
export async function runStream(
  core: ModelCore,
  store: Store,
  hooks: TrainingHooks,
  { stream, classWeight, where }: StreamSource,
): Promise<void> {
  let batches = iterate(stream)
  for (let epoch = hooks.initialEpoch; epoch < hooks.epochs; epoch++) {
    await hooks.onEpochBegin(epoch)
    let step = 0
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
      await trainOn(core, store, samples, hooks, step)
      if (await hooks.onStepEnd(step)) break
    }
    if (await hooks.onEpochEnd(epoch)) break
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
  core: ModelCore,
  store: Store,
  { rows, weights, fields }: Samples,
  { optimizer }: TrainingHooks,
  step: number,
): Promise<void> {
  const buffers = core.runner.buffers(store, 'fit')
  buffers.uploadInOrder({ rows, fields })
  const executable = await core.runner.executable(store, { kind: 'train', batch: rows, weights }, buffers)
  const iteration = optimizer.iterations + 1
  const reset = Number(step === 0)
  buffers.writeSteps([executable], [{ start: 0, iteration, reset, ...optimizer.scalars(iteration) }])
  await runSteps({ runner: core.runner, store, changes: core.changesInTraining, optimizer }, executable)
}
