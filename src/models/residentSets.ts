// Several data sets on the device, one behind the other, of which steps see one at a time: the buckets of samples that differ in
// shape. So a step uploads which samples it takes, and not the samples.

import type { Call } from './call.ts'
import type { FieldData } from './data.ts'

export class ResidentSets {
  readonly #call: Call
  /** Where the fields of each set start. */
  readonly #sources: readonly Uint32Array[]

  /** @param most The most samples that a step, or a pass, takes of a set. */
  constructor(call: Call, sets: readonly { readonly fields: readonly FieldData[] }[], most: number) {
    this.#call = call
    const sources = call.data.upload({ fields: sets.flatMap(({ fields }) => fields) })
    let first = 0
    this.#sources = sets.map(({ fields }) => {
      first += fields.length
      return Uint32Array.from(sources.slice(first - fields.length, first))
    })
    call.data.writeOrder(new Uint32Array(most))
  }

  /** Makes one set the data of the steps to come, and these samples of it their order. */
  select(set: number, order: Uint32Array): void {
    const { data, device } = this.#call
    const sources = this.#sources[set] ?? new Uint32Array()
    device.backend.write(data.buffer('sources', sources.byteLength), 0, sources)
    data.writeOrder(order)
  }
}
