// The validation of fit: on the samples of `validationData`, or on the last of the training samples. Loaded if a fit validates.

import { fail } from '../errors.ts'
import type { Logs } from '../training/output.ts'
import type { Call } from './call.ts'
import type { ModelCore } from './core.ts'
import { readSamples, type Samples } from './data.ts'
import type { FitSettings } from './fitOptions.ts'
import { runOnce } from './runOnce.ts'

/** Evaluates validation samples, which are resident on the device, after an epoch. */
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
    const call = this.#call
    call.begin()
    await runOnce(call, { kind: 'test', batchSize: this.#batchSize, ...this.#samples })
    return call.device.core.measures.logsOf(await call.readTotals())
  }
}

/** Divides the samples into those to train on, null for a stream, and those to validate on. */
export async function splitValidation(
  core: ModelCore,
  samples: Samples | null,
  { validationSplit, validationData, classWeight }: FitSettings,
  where: string,
): Promise<{ readonly training: Samples | null; readonly validation: Samples | null }> {
  const given = validationData && (await readValidation(core, validationData, where))
  if (given || !samples || validationSplit === 0) return { training: samples, validation: given }
  const trained = Math.floor(samples.rows * (1 - validationSplit))
  if (trained === 0 || trained === samples.rows) {
    fail(where, {
      expected: 'a validationSplit that leaves samples on both sides',
      got: `${validationSplit} of ${samples.rows}`,
    })
  }
  return {
    training: cut(samples, 0, trained),
    validation: cut(classWeight === null ? samples : unweighted(samples), trained, samples.rows),
  }
}

/** As in Keras, weights of classes are for training alone. */
const unweighted = ({ weights, fields, ...others }: Samples): Samples => {
  const given = weights.filter((shape) => shape !== null).length
  return { ...others, weights: weights.map(() => null), fields: fields.slice(0, fields.length - given) }
}

/** The samples from `from` up to `to`. */
const cut = ({ rows, fields, ...shapes }: Samples, from: number, to: number): Samples => ({
  ...shapes,
  rows: to - from,
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
