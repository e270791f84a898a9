// The arenas that the plans of an ejected model read, and the numbers that lie in them at first.

import { STEPS } from '../../backends/steps.ts'
import { isSlot } from '../../compiler/plan.ts'
import { impossible } from '../../errors.ts'
import type { Graph } from '../../graph/graph.ts'
import type { Layout } from '../../models/layout.ts'
import type { EjectedPlace } from '../../player/ejectedModel.ts'
import { f16Bits } from '../../util/f16.ts'
import { base64Of } from './base64.ts'

/** Arenas that the player makes for its data. */
const isOfData = (buffer: string): boolean =>
  ['data', 'sources', 'permutation', 'totals', STEPS].includes(buffer) || buffer.startsWith('results:')

export class EjectedMemory {
  /** Floats of each arena. */
  readonly arenas: Record<string, number> = {}
  readonly places: EjectedPlace[] = []
  readonly #layout: Layout
  readonly #numbers: Float32Array[] = []
  readonly #constants: { readonly name: string; readonly values: Float32Array }[] = []

  constructor(layout: Layout) {
    this.#layout = layout
  }

  /** The name that a buffer of a plan has in the file, which has its numbers then. */
  nameOf(buffer: string, { constants }: Graph): string {
    if (isSlot(buffer) || isOfData(buffer)) return buffer
    const constant = constants.get(buffer)
    if (constant) return this.#nameOfConstant(constant)
    if (!(buffer in this.arenas)) this.#addArena(buffer)
    return buffer
  }

  /** Graphs of different batch sizes have the same constants, mostly. */
  #nameOfConstant(values: Float32Array): string {
    const known = this.#constants.find((other) => sameNumbers(other.values, values))
    if (known) return known.name
    const name = `constant:${this.#constants.length}`
    this.#constants.push({ name, values })
    this.arenas[name] = values.length
    this.#add(name, 0, values)
    return name
  }

  #addArena(name: string): void {
    const size = this.#layout.sizeOf(name)
    if (size === 0) impossible(`a prediction reads the arena ${name}, which no variable lies in`)
    this.arenas[name] = size
    // States begin with zeros.
    for (const [variable, { arena, offset }] of this.#layout.places)
      if (arena === name && variable.kind !== 'state') this.#add(name, offset, variable.value)
  }

  #add(arena: string, offset: number, values: Float32Array): void {
    this.places.push([arena, offset, values.length])
    this.#numbers.push(values)
  }

  /** All numbers, one piece after the other, little-endian. */
  base64(dtype: 'float32' | 'float16'): string {
    const all = new Float32Array(this.#numbers.reduce((sum, { length }) => sum + length, 0))
    let at = 0
    for (const piece of this.#numbers) {
      all.set(piece, at)
      at += piece.length
    }
    if (dtype === 'float32') return base64Of(new Uint8Array(all.buffer))
    return base64Of(new Uint8Array(Uint16Array.from(new Uint32Array(all.buffer), f16Bits).buffer))
  }
}

const sameNumbers = (a: Float32Array, b: Float32Array): boolean =>
  a.length === b.length && a.every((value, i) => Object.is(value, b[i]))
