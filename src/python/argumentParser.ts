// `argparse.ArgumentParser`: a script's arguments are the defaults that it declares.

import { HostValue } from './hostValue.ts'
import type { Interpreter } from './interpreter.ts'
import {
  type Arguments,
  Instance,
  List,
  NativeFunction,
  NotGiven,
  PythonClass,
  Tuple,
  Unknown,
  type Value,
  valueOr,
} from './values.ts'

class ArgumentParser extends HostValue {
  readonly label = 'ArgumentParser'
  readonly #interpreter: Interpreter
  readonly #defaults = new Map<string, Value>()

  constructor(interpreter: Interpreter) {
    super()
    this.#interpreter = interpreter
  }

  override attribute(name: string): Value | undefined {
    switch (name) {
      case 'add_argument':
        return new NativeFunction(name, (args) => this.#add(args))
      case 'add_argument_group':
      case 'add_mutually_exclusive_group':
        return new NativeFunction(name, () => this)
      case 'set_defaults':
        return new NativeFunction(name, ({ named }) => {
          for (const [key, value] of named) this.#defaults.set(key, value)
          return null
        })
      case 'parse_args':
        return new NativeFunction(name, () => this.#read())
      case 'parse_known_args':
        return new NativeFunction(name, () => new Tuple([this.#read(), new List([])]))
    }
    return undefined
  }

  /** An argument by its longest flag, or by its name; one that must be given is not known, and others are not given. */
  #add({ placed, named }: Arguments): Value {
    const flags = placed.filter((flag) => typeof flag === 'string')
    const flag = flags.find((one) => one.startsWith('--')) ?? flags[0] ?? ''
    const dest = named.get('dest')
    const name = typeof dest === 'string' ? dest : flag.replace(/^-+/, '').replaceAll('-', '_')
    const action = named.get('action')
    const switched = action === 'store_true' ? false : action === 'store_false' ? true : undefined
    const isOption = flag.startsWith('-') && named.get('required') !== true
    const unknown = isOption ? new NotGiven(name) : new Unknown(name)
    this.#interpreter.budget.spend()
    const value = valueOr(named.get('default'), () => valueOr(switched, () => unknown))
    this.#defaults.set(name, this.#interpreter.host.known(name, value))
    return unknown
  }

  #read(): Instance {
    const made = new Instance(new PythonClass('Namespace', []))
    this.#interpreter.budget.spend(this.#defaults.size)
    for (const [name, value] of this.#defaults) made.fields.set(name, value)
    return made
  }
}

export const argumentParser = (interpreter: Interpreter): NativeFunction =>
  new NativeFunction('ArgumentParser', () => new ArgumentParser(interpreter))
