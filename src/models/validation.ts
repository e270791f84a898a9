// What fit validates on after an epoch: samples given for it, or the last ones of those that it trains on. Loaded when a fit
// has any.

import { fail } from '../errors.ts'
import type { Logs } from '../training/output.ts'
import type { ModelCore } from './core.ts'
import { readSamples, type Samples } from './data.ts'
import type { FitSettings } from './fitOptions.ts'
import { runOnce } from './runOnce.ts'
import type { Store } from './store.ts'

/** Samples that an epoch ends with, resident on the device. */
export class Validation {
  readonly #core: ModelCore
  readonly #store: Store
  readonly #samples: Samples
  readonly #batchSize: number

  constructor(core: ModelCore, store: Store, samples: Samples, batchSize: number) {
    this.#core = core
    this.#store = store
    this.#samples = samples
    this.#batchSize = batchSize
    const buffers = core.runner.buffers(store, 'validation')
    buffers.uploadInOrder(samples)
  }

  async run(): Promise<Logs> {
    const { rows, weights } = this.#samples
    const buffers = this.#core.runner.buffers(this.#store, 'validation')
    await runOnce(this.#core.runner, this.#store, buffers, {
      kind: 'test',
      rows,
      batchSize: this.#batchSize,
      weights,
      changes: this.#core.changesInTest,
    })
    return this.#core.logsOf(await buffers.readTotals())
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
