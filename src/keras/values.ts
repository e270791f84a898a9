// Values of a text that are something here.

import { HostValue } from '../python/hostValue.ts'
import { type Arguments, Unknown, type Value } from '../python/values.ts'
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

  /** What it computes, a schedule of a step or an initializer of a shape, is not known. */
  override call(_args: Arguments, _at: number): Value {
    return new Unknown(this.label)
  }
}
