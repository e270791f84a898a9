// The data of evaluate, and of fit's validation: arrays, a list of samples of different shapes, or a stream of batches.

import { isOpen } from '../../layers/layerGraph.ts'
import { isBatchStream } from '../../util/batchStream.ts'
import type { Shape } from '../../util/shape.ts'
import { windowsOf } from '../../util/windows.ts'
import type { Call } from '../call.ts'
import type { ModelCore } from '../core.ts'
import type { PassHooks } from '../trainer/runOnce.ts'
import { readBatchSize } from './batchSize.ts'
import { readSamples } from './data.ts'
import type { GivenData } from './plainData.ts'
import { setsData } from './testSets.ts'

export interface TestData {
  /** Shapes of one sample of each input; null where they differ. */
  readonly inputs: readonly Shape[] | null
  /** Batches of a pass; null where a stream has not said yet. */
  readonly steps: number | null
  /** Uploads what stays on the device from pass to pass. */
  place(call: Call): Promise<TestPass>
}

/** Data of a test on the device. */
export interface TestPass {
  /** Goes through the data once. */
  run(hooks?: PassHooks): Promise<void>
  /** Ends what the data were read from, where no pass has done so. */
  close(): Promise<void>
}

/** How much of the data a pass takes. */
export interface PassSettings {
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
  const windows = windowsOf(x)
  if (windows) {
    const { y, sampleWeight } = data
    ;(await import('./stream.ts')).refuseBesideStream(where, {
      y,
      sampleWeight,
      batchSize: settings.batchSize,
    })
    const { batchSize } = windows
    return readTestData(core, { ...data, x: windows.x, y: windows.y }, { ...settings, batchSize }, where)
  }
  if (isBatchStream(x))
    return (await import('./testStream.ts')).streamData(core, { ...data, x }, settings, where)
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
  return setsData([samples], readBatchSize(core, where, { given: batchSize, steps }, samples.rows), steps)
}
