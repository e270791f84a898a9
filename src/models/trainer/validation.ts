// The validation of fit: on `validationData`, or on the last of the training samples. Loaded if a fit validates.

import { describeValue, fail } from '../../errors.ts'
import type { ListOfCallbacks } from '../../training/callbackList.ts'
import type { Logs } from '../../training/output.ts'
import { isBatchStream } from '../../util/batchStream.ts'
import { isTensorData } from '../../util/tensor.ts'
import type { Call } from '../call.ts'
import type { ModelCore } from '../core.ts'
import { readBatchSize } from '../data/batchSize.ts'
import type { BatchSource } from '../data/batchSource.ts'
import type { Samples } from '../data/data.ts'
import { cut } from '../data/rows.ts'
import { readTestData, type TestData } from '../data/testData.ts'
import { setsData } from '../data/testSets.ts'
import { testHooks } from '../hookedCalls.ts'
import type { FitSettings } from './fitSettings.ts'

/** Evaluates validation data after an epoch. */
export interface Validation {
  run(callbacks: ListOfCallbacks<unknown>): Promise<Logs>
  /** Ends what the data were read from, where no run has done so. */
  close(): Promise<void>
}

/**
 * Puts validation data on the device.
 *
 * @param call In the role of validation.
 */
export async function placeValidation(
  call: Call,
  data: TestData,
  signal: AbortSignal | null,
): Promise<Validation> {
  const pass = await data.place(call)
  return {
    close: () => pass.close(),
    async run(callbacks) {
      call.begin(signal)
      await pass.run(testHooks(call, callbacks))
      return call.device.core.measures.logsOf(await call.readTotals())
    },
  }
}

/** Divides the data into those to train on, null where these are batches of different shapes, and those to validate on. */
export async function splitValidation(
  core: ModelCore,
  data: Samples | BatchSource | null,
  settings: FitSettings,
  where: string,
): Promise<{ readonly training: Samples | null; readonly validation: TestData | null }> {
  const { validationSplit, validationData, validationBatchSize, validationSteps, batchSize, classWeight } =
    settings
  const samples = data && 'fields' in data ? data : null
  if (validationData !== null) {
    const isStream = isBatchStream(validationData)
    // A step that a class says itself may need inputs alone.
    const isOfClass = core.ownSteps !== undefined
    const isAlone = isStream || (isOfClass && isTensorData(validationData))
    const isList = Array.isArray(validationData) && [isOfClass ? 1 : 2, 2, 3].includes(validationData.length)
    if (!isAlone && !isList) {
      const expected = 'validationData as [x, y] or [x, y, sampleWeight]'
      fail(where, { expected, got: describeValue(validationData) })
    }
    const [x, y, sampleWeight] = (isAlone ? [validationData] : validationData) as readonly unknown[]
    const pass = { batchSize: isStream ? null : (validationBatchSize ?? batchSize), steps: validationSteps }
    const validation = await readTestData(core, { x, y, sampleWeight }, pass, `${where}, validationData`)
    return { training: samples, validation }
  }
  if (data && !('fields' in data)) {
    const { validation } = data
    return {
      training: null,
      validation: validation && setsData(validation.buckets, validation.batchSize, validationSteps),
    }
  }
  if (!samples || validationSplit === 0) return { training: samples, validation: null }
  const trained = Math.floor(samples.rows * (1 - validationSplit))
  checkSplit(validationSplit, trained, samples.rows, where)
  const asked = { given: validationBatchSize ?? batchSize, steps: validationSteps }
  const size = readBatchSize(core, where, asked, samples.rows - trained)
  const kept = cut(classWeight === null ? samples : unweighted(samples), trained, samples.rows)
  return { training: cut(samples, 0, trained), validation: setsData([kept], size, validationSteps) }
}

/** Throws where a split leaves no samples on one of its sides. */
export function checkSplit(validationSplit: number, trained: number, rows: number, where: string): void {
  if (trained > 0 && trained < rows) return
  fail(where, {
    expected: 'a validationSplit that leaves samples on both sides',
    got: `${validationSplit} of ${rows}`,
  })
}

/** As in Keras, weights of classes are for training alone. */
const unweighted = ({ weights, fields, ...others }: Samples): Samples => {
  const given = weights.filter((shape) => shape !== null).length
  return { ...others, weights: weights.map(() => null), fields: fields.slice(0, fields.length - given) }
}
