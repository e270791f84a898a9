// Values of a text that are something here.

import { HostValue } from '../python/hostValue.ts'
import { type Arguments, numeric, Unknown, type Value } from '../python/values.ts'
import { Schedule } from '../training/schedule.ts'
import type { Reader } from './reader.ts'

/** A value of a text that stands for an object here. */
export abstract class WrappedValue extends HostValue {
  readonly reader: Reader

  constructor(reader: Reader) {
    super()
    this.reader = reader
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

  /** What a schedule gives for a step that is known; what others compute, an initializer of a shape say, is not known. */
  override call({ placed, named }: Arguments, _at: number): Value {
    const step = numeric(placed[0] ?? named.get('step') ?? null)
    return this.#object instanceof Schedule && step !== null
      ? this.#object.called([Number(step)])
      : new Unknown(this.label)
  }
}
