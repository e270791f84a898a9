// Classes of a text that extend a class of Keras and change no more than its arguments: an object is one of Keras's class.

import { Layer } from '../layers/layer.ts'
import { hostOf } from '../python/interpreter.ts'
import {
  type Arguments,
  NativeFunction,
  PythonClass,
  PythonFunction,
  Unknown,
  type Value,
} from '../python/values.ts'
import { NotKnown } from './problems.ts'
import type { Reader } from './reader.ts'
import { WrappedValue } from './values.ts'

/** Methods that say how an object is made and stored, and nothing of what it computes. */
const OF_MAKING = ['__init__', 'get_config', 'from_config', 'compute_output_shape', '__repr__', '__str__']

/** A method of the text, of a class or its bases, that changes what objects compute; undefined where none does. */
export function changedMethod(type: PythonClass): string | undefined {
  const own = [...type.members].find(
    ([name, member]) => member instanceof PythonFunction && !OF_MAKING.includes(name),
  )
  if (own) return own[0]
  const bases = type.bases.filter((base) => base instanceof PythonClass)
  return bases.map(changedMethod).find((name) => name !== undefined)
}

/** An object of such a class. */
export class PresetValue extends WrappedValue {
  readonly label: string
  readonly #make: (args: Arguments, at: number) => Value
  #made: Value

  /** @param make Makes the object of Keras, which `__init__` of the text does, or nothing but the call of the class. */
  constructor(reader: Reader, name: string, make: (args: Arguments, at: number) => Value) {
    super(reader)
    this.label = name
    this.#make = make
    this.#made = new Unknown(name)
  }

  override get isLayer(): boolean {
    const host = hostOf(this.#made)
    return host instanceof WrappedValue && host.plain() instanceof Layer
  }

  construct(args: Arguments, at: number): null {
    this.#made = this.#make(args, at)
    return null
  }

  override plain(): unknown {
    const host = hostOf(this.#made)
    if (host instanceof WrappedValue) return host.plain()
    throw new NotKnown(this.#made instanceof Unknown ? this.#made : new Unknown(this.label))
  }

  override attribute(name: string, at: number): Value | undefined {
    if (name === '__init__') return new NativeFunction(name, (args, place) => this.construct(args, place))
    return hostOf(this.#made)?.attribute(name, at)
  }

  override setAttribute(name: string, value: Value, at: number): boolean {
    hostOf(this.#made)?.setAttribute(name, value, at)
    return true
  }

  override call(args: Arguments, at: number): Value {
    return this.reader.interpreter.call(this.#made, args, at)
  }
}
