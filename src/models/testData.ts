// The data of evaluate, and of fit's validation: arrays, a list of samples of different shapes, or a stream of batches.

import { fail } from '../errors.ts'
import { isOpen } from '../layers/layerGraph.ts'
import { type BatchStream, isBatchStream } from '../util/batchStream.ts'
import type { Shape } from '../util/shape.ts'
import { readBatchSize } from './batchSize.ts'
import type { Call, LoopRequest } from './call.ts'
import type { ModelCore } from './core.ts'
import { readSamples, type Samples } from './data.ts'
import type { GivenData } from './plainData.ts'
import { type PassHooks, runOnce } from './runOnce.ts'

export interface TestData {
  /** Shapes of one sample of each input; null where they differ. */
  readonly inputs: readonly Shape[] | null
  /** Batches of a pass; null where a stream has not said yet. */
  readonly steps: number | null
  /** Uploads what stays on the device from pass to pass; makes a pass. */
  place(call: Call): Promise<(hooks?: PassHooks) => Promise<void>>
}

/** How much of the data a pass takes. */
interface PassSettings {
  /** Samples a step; null is 32, or the batch to which the model is fixed. */
  readonly batchSize: number | null
  /** The most steps; null for all. */
  readonly steps: number | null
}

/** Reads the data of a test. */
export async function readTestData(
  core: ModelCore,
  data: GivenData,
  settings: PassSettings,
  where: string,
): Promise<TestData> {
  const { x } = data
  if (isBatchStream(x)) return streamData(core, { ...data, x }, settings, where)
  const { batchSize, steps } = settings
  if (isOpen(core)) {
    const [{ readRagged }, { bucketsOf, readBucketSize }] = await Promise.all([
      import('./ragged.ts'),
      import('./buckets.ts'),
    ])
    const ragged = readRagged(core, data, where)
    if (ragged) {
      const buckets = await bucketsOf(core, ragged, where)
      return setsData(buckets, readBucketSize(core, where, batchSize, buckets), steps)
    }
  }
  const samples = await readSamples(core, data, where)
  return setsData([samples], readBatchSize(core, where, batchSize, samples.rows), steps)
}

/** Data sets of one shape each. */
export function setsData(sets: readonly Samples[], batchSize: number, most: number | null): TestData {
  const passes: (Samples & { readonly set: number; readonly done: number })[] = []
  let done = 0
  for (const [set, samples] of sets.entries()) {
    const steps = Math.min(Math.ceil(samples.rows / batchSize), (most ?? Number.POSITIVE_INFINITY) - done)
    if (steps > 0) passes.push({ ...samples, rows: Math.min(samples.rows, steps * batchSize), set, done })
    done += steps
  }
  const [first, ...more] = sets
  return {
    inputs: more.length === 0 ? (first?.inputs ?? null) : null,
    steps: done,
    async place(call) {
      if (first && more.length === 0) {
        call.data.uploadInOrder(first)
        return (hooks) => run(call, { batchSize, ...first, ...passes[0] }, hooks)
      }
      const { ResidentSets } = await import('./residentSets.ts')
      const { inOrder } = await import('./dataset.ts')
      const resident = new ResidentSets(call, sets, Math.max(...sets.map(({ rows }) => rows)))
      return async (hooks) => {
        for (const { set, done: before, ...samples } of passes) {
          resident.select(set, inOrder(samples.rows))
          const request = { batchSize, ...samples, continues: before > 0 }
          await run(call, request, hooks && shifted(hooks, before))
        }
      }
    },
  }
}

const run = (
  call: Call,
  request: Omit<LoopRequest, 'kind'> & { readonly continues?: boolean },
  hooks?: PassHooks,
): Promise<void> => runOnce(call, { ...request, kind: 'test' }, hooks)

/** The hooks of a pass for a part of it, before which other steps were done. */
export const shifted = ({ onBegin, onEnd }: PassHooks, before: number): PassHooks => ({
  onBegin: onBegin && ((step) => onBegin(before + step)),
  onEnd: (done) => onEnd(before + done),
})

/** A stream of batches, each pass of which is an iteration. */
async function streamData(
  core: ModelCore,
  { x: stream, y, sampleWeight }: GivenData & { readonly x: BatchStream },
  { batchSize, steps }: PassSettings,
  where: string,
): Promise<TestData> {
  const { iterate, readBatch, refuseBesideStream } = await import('./stream.ts')
  refuseBesideStream(where, { y, sampleWeight, batchSize })
  return {
    inputs: null,
    steps,
    async place(call) {
      const open = async (): Promise<OpenedStream> => {
        const batches = iterate(stream)
        return { batches, next: await read(await batches.next(), 0) }
      }
      const read = async ({ done, value }: IteratorResult<unknown>, step: number): Promise<Samples | null> =>
        done ? null : readBatch(core, value, null, `${where}, batch ${step}`)
      // The first batch is read before anything runs, so that one that does not fit is found then.
      let opened: OpenedStream | null = await open()
      if (opened.next === null) failForEnd(where)
      return async (hooks) => {
        let { batches, next } = opened ?? (await open())
        opened = null
        let done = 0
        while (next !== null) {
          call.data.uploadInOrder(next)
          await run(
            call,
            { batchSize: next.rows, ...next, continues: done > 0 },
            hooks && shifted(hooks, done),
          )
          done++
          next = done === steps ? null : await read(await batches.next(), done)
        }
        if (done === 0) failForEnd(where)
      }
    },
  }
}

/** A stream with its next batch; null at its end. */
interface OpenedStream {
  readonly batches: AsyncIterator<unknown> | Iterator<unknown>
  readonly next: Samples | null
}

const failForEnd = (where: string): never =>
  fail(where, {
    expected: 'batches',
    got: 'a stream that has ended, or is empty',
    remedy: 'Give one that can be iterated again.',
  })
