// Several data sets on the device, one behind the other, of which steps see one at a time: the buckets of samples that differ in
// shape. So a step uploads which samples it takes, and not the samples.

import type { Call } from '../call.ts'
import { inRows } from './dataset.ts'
import type { FieldData } from './fields.ts'

export class ResidentSets {
  readonly #call: Call
  /** Where the fields of each set start. */
  readonly #sources: readonly (readonly number[])[]

  /** @param most The most samples that a step, or a pass, takes of a set. */
  constructor(call: Call, sets: readonly { readonly fields: readonly FieldData[] }[], most: number) {
    this.#call = call
    const sources = call.data.upload({ fields: sets.flatMap(({ fields }) => fields) })
    let first = 0
    this.#sources = sets.map(({ fields }) => {
      first += fields.length
      return sources.slice(first - fields.length, first).flatMap(inRows)
    })
    call.data.writeOrder(new Uint32Array(most))
  }

  /** Makes one set the data of the steps to come, and these samples of it their order. */
  select(set: number, order: Uint32Array): void {
    const { data } = this.#call
    data.writeSources(this.#sources[set] ?? [])
    data.writeOrder(order)
  }
}
