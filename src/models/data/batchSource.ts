// What fit trains on where batches differ in shape: a stream of batches, or a list of samples of different shapes.

import { isBatchStream } from '../../util/batchStream.ts'
import { nextSeed } from '../../util/seed.ts'
import type { Call } from '../call.ts'
import type { ModelCore } from '../core.ts'
import type { FitSettings } from '../trainer/fitSettings.ts'
import type { TrainingHooks } from '../trainer/loops.ts'
import { checkSplit } from '../trainer/validation.ts'
import { type Bucket, batchesOf, bucketsOf, type RaggedBatch, readBucketSize } from './buckets.ts'
import type { Samples } from './data.ts'
import type { GivenData } from './plainData.ts'
import { type RaggedData, readRagged } from './ragged.ts'
import { ResidentSets } from './residentSets.ts'
import { take } from './rows.ts'
import { type PlacedBatch, readBatch, refuseBesideStream, runStream } from './stream.ts'
import { countOf } from './streamCount.ts'

/** Batches that fit trains on. */
export interface BatchSource {
  /** Batches an epoch; null where a stream has not said yet. */
  readonly count: number | null
  /** What validationSplit keeps of them, and its batch size. */
  readonly validation: { readonly buckets: readonly Bucket[]; readonly batchSize: number } | null
  run(call: Call, hooks: TrainingHooks): Promise<void>
}

/** The batches of data whose samples differ in shape; null for arrays. */
export async function openSource(
  core: ModelCore,
  data: GivenData,
  settings: FitSettings,
  where: string,
): Promise<BatchSource | null> {
  const { x, classWeight } = data
  if (isBatchStream(x)) {
    const { sampleWeight, validationSplit, batchSize, shuffle, stepsPerEpoch } = settings
    refuseBesideStream(where, {
      y: data.y,
      sampleWeight,
      validationSplit: validationSplit || null,
      batchSize,
      shuffle: shuffle || null,
    })
    const read = (batch: unknown, named: string): Promise<Samples> =>
      readBatch(core, batch, classWeight as FitSettings['classWeight'], named)
    const place = (call: Call, samples: Samples): PlacedBatch => {
      call.data.uploadInOrder(samples)
      return samples
    }
    const run: BatchSource['run'] = (call, hooks) =>
      runStream(call, hooks, { stream: x, where, read, place, stepsPerEpoch })
    const count = countOf(x, stepsPerEpoch, where, 'stepsPerEpoch')
    return { count, validation: null, run }
  }
  const ragged = readRagged(core, data, where)
  return ragged && openBuckets(core, ragged, settings, where)
}

async function openBuckets(
  core: ModelCore,
  ragged: RaggedData,
  settings: FitSettings,
  where: string,
): Promise<BatchSource> {
  const { validationSplit, validationData, validationBatchSize, shuffle, stepsPerEpoch } = settings
  const isSplit = validationSplit > 0 && validationData === null
  const trained = isSplit ? Math.floor(ragged.rows * (1 - validationSplit)) : ragged.rows
  if (isSplit) checkSplit(validationSplit, trained, ragged.rows, where)
  const buckets = await bucketsOf(core, ragged, where, [0, trained])
  const batchSize = readBucketSize(core, where, settings.batchSize, buckets)
  // As in Keras, weights of classes are for training alone.
  const unweighted = { ...ragged, classWeight: null }
  const validation = isSplit && {
    buckets: await bucketsOf(core, unweighted, where, [trained, ragged.rows]),
    batchSize: validationBatchSize ?? batchSize,
  }
  const seed = (shuffle ?? true) ? nextSeed() : null
  return {
    count: batchesOf(buckets, batchSize, null, 0).length,
    validation: validation || null,
    run(call, hooks) {
      const all = { rows: 1, fields: buckets.flatMap(({ fields }) => fields) }
      const sets = call.data.rowsThatFit(all) < 1 ? null : new ResidentSets(call, buckets, batchSize)
      let { epoch } = hooks.cursor
      const stream = {
        [Symbol.iterator]: () => batchesOf(buckets, batchSize, seed, epoch++)[Symbol.iterator](),
      }
      const read = (batch: unknown): RaggedBatch => batch as RaggedBatch
      const place = (_: Call, { bucket, rows }: RaggedBatch): PlacedBatch => {
        const samples = buckets[bucket] as Bucket
        const { inputs, targets, weights } = samples
        // Where no buffer holds all samples, those of a batch are uploaded with it.
        if (sets) sets.select(bucket, rows)
        else call.data.uploadInOrder(take(samples, rows))
        return { rows: rows.length, inputs, targets, weights }
      }
      return runStream(call, hooks, { stream, where, read, place, stepsPerEpoch })
    },
  }
}
