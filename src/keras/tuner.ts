// KerasTuner in a text: a function that builds a model of hyperparameters is called with the values that the tuner's first trial takes,
// their defaults. No search is made.

import { HostValue } from '../python/hostValue.ts'
import {
  type Arguments,
  Dict,
  Instance,
  List,
  NativeFunction,
  PythonFunction,
  placedArguments,
  Tuple,
  Unknown,
  type Value,
} from '../python/values.ts'
import type { Reader } from './reader.ts'

/** The arguments that kinds of hyperparameters take by place, and which of them is the default where none is given. */
const KINDS: Readonly<Record<string, readonly [names: string, fallback: string]>> = {
  Int: ['name min_value max_value step', 'min_value'],
  Float: ['name min_value max_value step', 'min_value'],
  Choice: ['name values', 'values'],
  Boolean: ['name', ''],
  Fixed: ['name value', 'value'],
}

/** `hp` of a function that builds a model. */
export class HyperParameters extends HostValue {
  readonly label = 'HyperParameters'
  readonly #taken = new Map<string, Value>()

  constructor(readonly reader: Reader) {
    super()
  }

  override attribute(name: string): Value | undefined {
    if (name === 'get')
      return new NativeFunction(name, ({ placed: [key = null] }) => this.#taken.get(String(key)) ?? null)
    const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined
    return kind && new NativeFunction(name, (args) => this.#take(args, kind))
  }

  override index(key: Value): Value | undefined {
    return this.#taken.get(String(key))
  }

  /** A value that the user gives by the hyperparameter's name, the default, or the least or first value. */
  #take(args: Arguments, [names, fallback]: readonly [string, string]): Value {
    const given = this.reader.named(args, names.split(' '))
    const of = (name: string): Value | undefined => given.get(name)?.[0]
    const name = String(of('name') ?? '')
    const first = of(fallback)
    const least = first instanceof List || first instanceof Tuple ? first.items[0] : first
    const standard = of('default') ?? least ?? false
    const value = this.reader.interpreter.host.known(name, new Unknown(name))
    const taken = value instanceof Unknown ? standard : value
    this.#taken.set(name, taken)
    return taken
  }
}

/** `tuner = RandomSearch(build_model, …)`. */
class Tuner extends HostValue {
  readonly label = 'Tuner'
  readonly #reader: Reader
  readonly #model: () => Value
  readonly #parameters: HyperParameters

  constructor(reader: Reader, build: Value, at: number) {
    super()
    this.#reader = reader
    this.#parameters = new HyperParameters(reader)
    const callee = build instanceof Instance ? reader.interpreter.attribute(build, 'build', at) : build
    let made: Value | undefined
    this.#model = () => {
      made ??= reader.interpreter.call(callee, placedArguments([this.#parameters]), at)
      return made
    }
    this.#model()
  }

  override attribute(name: string, at: number): Value | undefined {
    const { interpreter } = this.#reader
    if (name === 'get_best_models') return new NativeFunction(name, () => new List([this.#model()]))
    if (name === 'get_best_hyperparameters')
      return new NativeFunction(name, () => new List([this.#parameters]))
    if (name === 'hypermodel') return Dict.of([['build', new NativeFunction('build', this.#model)]])
    // A search is a fit of each trial.
    if (name === 'search') return interpreter.attribute(this.#model(), 'fit', at)
    return new NativeFunction(name, () => new Unknown(name))
  }
}

const TUNERS = ['RandomSearch', 'Hyperband', 'BayesianOptimization', 'GridSearch']

/** A name of KerasTuner; undefined for what is not read. */
export function tunerName(reader: Reader, name: string): Value | undefined {
  if (name === 'HyperParameters') return new NativeFunction(name, () => new HyperParameters(reader))
  if (!TUNERS.includes(name)) return undefined
  return new NativeFunction(name, (args, at) => {
    const [build = args.named.get('hypermodel') ?? null] = args.placed
    const isRead = build instanceof PythonFunction || build instanceof Instance
    return isRead ? new Tuner(reader, build, at) : new Unknown(name)
  })
}
