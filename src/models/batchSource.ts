// What fit trains on where batches differ in shape: a stream of batches, or a list of samples of different shapes.

import { isBatchStream } from '../util/batchStream.ts'
import { nextSeed } from '../util/seed.ts'
import { type Bucket, batchesOf, bucketsOf, type RaggedBatch, readBucketSize } from './buckets.ts'
import type { Call } from './call.ts'
import type { ModelCore } from './core.ts'
import type { FitSettings } from './fitOptions.ts'
import type { TrainingHooks } from './loops.ts'
import type { GivenData } from './plainData.ts'
import { type RaggedData, readRagged } from './ragged.ts'
import { ResidentSets } from './residentSets.ts'
import { type PlacedBatch, readBatch, refuseBesideStream, runStream } from './stream.ts'
import { checkSplit } from './validation.ts'

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
    const { sampleWeight, validationSplit, batchSize, shuffle } = settings
    refuseBesideStream(where, {
      y: data.y,
      sampleWeight,
      validationSplit: validationSplit || null,
      batchSize,
      shuffle: shuffle || null,
    })
    const place = async (call: Call, batch: unknown, named: string): Promise<PlacedBatch> => {
      const samples = await readBatch(core, batch, classWeight as FitSettings['classWeight'], named)
      call.data.uploadInOrder(samples)
      return samples
    }
    const run: BatchSource['run'] = (call, hooks) => runStream(call, hooks, { stream: x, where, place })
    return { count: null, validation: null, run }
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
  const { validationSplit, validationData, validationBatchSize, shuffle } = settings
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
      const sets = new ResidentSets(call, buckets, batchSize)
      let { epoch } = hooks.cursor
      const stream = {
        [Symbol.iterator]: () => batchesOf(buckets, batchSize, seed, epoch++)[Symbol.iterator](),
      }
      const place = (_: Call, batch: unknown): PlacedBatch => {
        const { bucket, rows } = batch as RaggedBatch
        const { inputs, targets, weights } = buckets[bucket] as Bucket
        sets.select(bucket, rows)
        return { rows: rows.length, inputs, targets, weights }
      }
      return runStream(call, hooks, { stream, where, place })
    },
  }
}
