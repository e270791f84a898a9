// Training on batches one after the other, each of which may have another shape: from a generator, a reader of files, a socket.
// The next batch is asked for while the device works on the one before.

import { describeValue, fail } from '../../errors.ts'
import type { BatchStream } from '../../util/batchStream.ts'
import { type Call, trainingScalars } from '../call.ts'
import type { ModelCore } from '../core.ts'
import { cursorAt } from '../cursor.ts'
import type { FitSettings } from '../trainer/fitSettings.ts'
import type { TrainingHooks } from '../trainer/loops.ts'
import { readSamples, type Samples } from './data.ts'
import { StreamReader } from './streamReader.ts'

/** A batch that lies on the device. */
export type PlacedBatch = Pick<Samples, 'rows' | 'inputs' | 'targets' | 'weights'>

/** Batches, how each is read on the host, and how it comes onto the device. */
interface StreamSource<T> {
  readonly stream: BatchStream
  readonly where: string
  /** @param where The batch's name in errors. */
  read(batch: unknown, where: string): T | Promise<T>
  place(call: Call, batch: T): PlacedBatch
  /** Batches an epoch; null for all of an iteration. */
  readonly stepsPerEpoch: number | null
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
 * Trains on a stream: an epoch is one iteration, or `stepsPerEpoch` batches of one that goes on. An iteration that ends before that
 * ends the epoch, as in Keras. Entered in the middle of an epoch, it takes what the stream gives next.
 */
export async function runStream<T>(
  call: Call,
  hooks: TrainingHooks,
  { stream, where, read, place, stepsPerEpoch }: StreamSource<T>,
): Promise<void> {
  const reader = new StreamReader({ stream, where, read, signals: call.signals })
  const perEpoch = stepsPerEpoch ?? Number.POSITIVE_INFINITY
  hooks.optimizer.steps = hooks.cursor.iteration
  const moveTo = (epoch: number, step: number): void => {
    hooks.cursor = { ...cursorAt(epoch, hooks.optimizer.steps, null), step }
  }
  let isWhole = false
  let isShort = false
  try {
    for (let { epoch, step } = hooks.cursor; epoch < hooks.epochs; epoch++, step = 0) {
      if (step === 0) await hooks.onEpochBegin?.(epoch)
      const samples: number[] = []
      hooks.samples = samples
      for (; step < perEpoch; step++) {
        // The end of one iteration, at the end of an epoch, is the start of the next.
        const batch = (await reader.next()) ?? (step === 0 ? await reader.next() : null)
        if (batch === null) {
          if (step === 0) failForEnd(where, `batches for epoch ${epoch + 1}`)
          if (perEpoch < Number.POSITIVE_INFINITY && !isShort) warnOfEnd(where, { epoch, step, perEpoch })
          isShort = perEpoch < Number.POSITIVE_INFINITY
          break
        }
        await hooks.onStepBegin?.(step)
        const placed = place(call, batch)
        samples[step] = placed.rows
        await trainOn(call, placed, hooks, step)
        moveTo(epoch, step + 1)
        if (epoch + 1 < hooks.epochs || step + 1 < perEpoch) reader.readAhead()
        if (await hooks.onStepEnd?.(step)) break
      }
      if (await hooks.onEpochEnd(epoch)) break
      moveTo(epoch + 1, 0)
    }
    isWhole = true
  } finally {
    await reader.close(isWhole)
  }
}

/** Throws for a stream that gives no batch. */
export function failForEnd(where: string, expected = 'batches'): never {
  return fail(where, {
    expected,
    got: 'a stream that has ended, or is empty',
    remedy: 'Give one that can be iterated again, or a function that returns one.',
  })
}

/** Says that an epoch is shorter than it was asked for. */
function warnOfEnd(
  where: string,
  { epoch, step, perEpoch }: { readonly epoch: number; readonly step: number; readonly perEpoch: number },
): void {
  console.warn(
    `${where}: expected ${perEpoch} batches for epoch ${epoch + 1}, got ${step}, with which the stream ended. ` +
      'The epoch ends there, and the next begins the stream again. Give one that goes on, or fewer stepsPerEpoch.',
  )
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
  const iteration = optimizer.steps + 1
  call.writeSteps([trainingScalars(optimizer, { start: 0, iteration, reset: step === 0 })])
  await call.run(rows)
}
