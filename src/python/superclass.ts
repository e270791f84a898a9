// `super()`: an object, seen as one of the bases of its class.

import { HostValue } from './hostValue.ts'
import type { Interpreter } from './interpreter.ts'
import { type Instance, NativeFunction, PythonClass, PythonFunction, type Value, valueOr } from './values.ts'

class Superclass extends HostValue {
  readonly label = 'super'
  readonly #self: Instance
  readonly #owner: PythonClass

  constructor(self: Instance, owner: PythonClass) {
    super()
    this.#self = self
    this.#owner = owner
  }

  override attribute(name: string, at: number): Value {
    for (const base of this.#owner.bases) {
      const found = base instanceof PythonClass ? base.find(name) : undefined
      if (found instanceof PythonFunction) return found.bind(this.#self)
      if (found !== undefined) return found
    }
    // Classes without code of their own have an __init__ that does nothing.
    return valueOr(this.#self.host?.attribute(name, at), () => new NativeFunction(name, () => null))
  }
}

export const superOf = (_: Interpreter, self: Instance, owner: PythonClass): Value =>
  new Superclass(self, owner)
