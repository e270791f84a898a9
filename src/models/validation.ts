// What fit validates on after an epoch: samples given for it, or the last ones of those that it trains on. Loaded when a fit
// has any.

import { fail } from '../errors.ts'
import type { Logs } from '../training/output.ts'
import type { Call } from './call.ts'
import type { ModelCore } from './core.ts'
import { readSamples, type Samples } from './data.ts'
import type { FitSettings } from './fitOptions.ts'
import { runOnce } from './runOnce.ts'

/** Samples that an epoch ends with, resident on the device. */
export class Validation {
  readonly #call: Call
  readonly #samples: Samples
  readonly #batchSize: number

  /** @param call In the role of validation. */
  constructor(call: Call, samples: Samples, batchSize: number) {
    this.#call = call
    this.#samples = samples
    this.#batchSize = batchSize
    call.data.uploadInOrder(samples)
  }

  async run(): Promise<Logs> {
    const { rows, weights } = this.#samples
    const call = this.#call
    call.begin()
    await runOnce(call, { kind: 'test', rows, batchSize: this.#batchSize, weights })
    return call.device.core.measures.logsOf(await call.readTotals())
  }
}

/** The samples that are left to train on, null beside a stream, and those of the validation. */
export async function splitValidation(
  core: ModelCore,
  samples: Samples | null,
  { validationSplit, validationData }: FitSettings,
  where: string,
): Promise<{ readonly training: Samples | null; readonly validation: Samples | null }> {
  const given = validationData && (await readValidation(core, validationData, where))
  if (given || !samples || validationSplit === 0) return { training: samples, validation: given }
  const kept = Math.floor(samples.rows * (1 - validationSplit))
  if (kept === 0 || kept === samples.rows) {
    fail(where, {
      expected: 'a validationSplit that leaves samples on both sides',
      got: `${validationSplit} of ${samples.rows}`,
    })
  }
  return { training: cut(samples, 0, kept), validation: cut(samples, kept, samples.rows) }
}

/** Some samples in a row: Keras's validation split takes the last ones. */
const cut = ({ rows, weights, fields }: Samples, from: number, to: number): Samples => ({
  rows: to - from,
  weights,
  fields: fields.map((field) => {
    const length = field.length / rows
    return field.subarray(from * length, to * length)
  }),
})

async function readValidation(
  core: ModelCore,
  [x, y, sampleWeight]: readonly unknown[],
  where: string,
): Promise<Samples> {
  return readSamples(core, { x, y, sampleWeight }, `${where}, validationData`)
}
