// Values of a text that are something here.

import { isMade } from '../layers/weights/initializer.ts'
import { HostValue } from '../python/hostValue.ts'
import { type Arguments, numeric, Unknown, type Value } from '../python/values.ts'
import { Schedule } from '../training/schedule.ts'
import { InitialNumbers } from './initialNumbers.ts'
import type { Reader } from './reader.ts'

/** A value of a text that stands for an object here. */
export abstract class WrappedValue extends HostValue {
  readonly reader: Reader

  constructor(reader: Reader) {
    super()
    this.reader = reader
  }

  /** Whether that is a layer or a model. */
  get isLayer(): boolean {
    return false
  }

  /** What layers and models take for it. */
  abstract plain(): unknown
}

/** An object of Keras that a text only hands on: an optimizer, a loss, a callback. */
export class KerasObject extends WrappedValue {
  readonly label: string
  readonly #object: object

  constructor(reader: Reader, object: object) {
    super(reader)
    this.#object = object
    this.label = 'className' in object ? String(object.className) : 'object'
  }

  override plain(): unknown {
    return this.#object
  }

  /** What a schedule gives for a step that is known, and what an initializer draws; what others compute is not known. */
  override call({ placed, named }: Arguments, at: number): Value {
    const step = numeric(placed[0] ?? named.get('step') ?? null)
    if (this.#object instanceof Schedule && step !== null) return this.#object.called([Number(step)])
    const initializer = this.#object
    if (!isMade(initializer)) return new Unknown(this.label)
    return this.reader.attempt(at, () => {
      const shape: unknown = this.reader.plain(placed[0] ?? named.get('shape') ?? null)
      return Array.isArray(shape)
        ? new InitialNumbers(this.label, shape as number[], initializer)
        : new Unknown(this.label)
    })
  }
}
