// Training on batches as they come: from a generator, a reader of files, a socket. Each batch is uploaded and trained on
// while the next is made.

import { describeValue, fail } from '../errors.ts'
import type { ModelCore } from './core.ts'
import { readSamples } from './data.ts'
import { runSteps, type TrainingHooks } from './loops.ts'
import type { Store } from './store.ts'

/** Batches `[x, y]` or `[x, y, sampleWeight]`, made anew by each iteration where it can be iterated again. */
export type BatchStream = Iterable<unknown> | AsyncIterable<unknown>

const iterate = (stream: BatchStream): AsyncIterator<unknown> | Iterator<unknown> =>
  Symbol.asyncIterator in stream ? stream[Symbol.asyncIterator]() : stream[Symbol.iterator]()

/** Trains on a stream: an epoch is one iteration, or `stepsPerEpoch` batches of one that goes on. */
export async function runStream(
  core: ModelCore,
  store: Store,
  stream: BatchStream,
  y: unknown,
  hooks: TrainingHooks,
  where: string,
): Promise<void> {
  if (y !== undefined && y !== null) {
    fail(where, {
      expected: 'no y beside a stream of batches',
      got: describeValue(y),
      remedy: 'Let the stream give [x, y].',
    })
  }
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
      await trainOn(core, store, value, hooks, step, `${where}, batch ${step}`)
      if (await hooks.onStepEnd(step)) break
    }
    if (await hooks.onEpochEnd(epoch)) break
  }
}

async function trainOn(
  core: ModelCore,
  store: Store,
  batch: unknown,
  { optimizer }: TrainingHooks,
  step: number,
  where: string,
): Promise<void> {
  if (!Array.isArray(batch) || batch.length < 2 || batch.length > 3) {
    fail(where, { expected: '[x, y] or [x, y, sampleWeight]', got: describeValue(batch) })
  }
  const [x, y, sampleWeight] = batch as readonly unknown[]
  const { rows, weights, fields } = await readSamples(core, { x, y, sampleWeight }, where)
  if (core.fixedBatch !== null && rows !== core.fixedBatch) {
    fail(where, {
      expected: `${core.fixedBatch} samples, to which the model is fixed`,
      got: `${rows}`,
    })
  }
  const buffers = core.runner.buffers(store, 'fit')
  buffers.uploadInOrder({ rows, fields })
  const executable = await core.runner.executable(store, { kind: 'train', batch: rows, weights }, buffers)
  const iteration = optimizer.iterations + 1
  executable.writeSteps([{ start: 0, iteration, rate: optimizer.rate(iteration), reset: Number(step === 0) }])
  await runSteps(core.runner, store, executable, core.changesInTraining)
  optimizer.iterations++
}
