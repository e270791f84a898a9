// Classes of a text that extend what compile, fit and weights take: losses, schedules, callbacks, initializers, regularizers and constraints.

import { Callback } from '../callbacks/callback.ts'
import { Constraint } from '../layers/weights/constraints.ts'
import { Initializer } from '../layers/weights/ownInitializer.ts'
import { Regularizer } from '../layers/weights/regularizers.ts'
import { Spent } from '../python/budget.ts'
import type { Tell, Trouble } from '../python/interpreter.ts'
import {
  type Arguments,
  Dict,
  type Instance,
  NativeFunction,
  PythonFunction,
  placedArguments,
  type Value,
} from '../python/values.ts'
import { Loss } from '../training/losses/lossClass.ts'
import { LearningRateSchedule } from '../training/schedule.ts'
import type { Shape } from '../util/shape.ts'
import { callFromHere } from './functions.ts'
import { valueOfToday } from './oldLayers.ts'
import type { Reader } from './reader.ts'
import { WrappedValue } from './values.ts'

type Maker = (options: object, call: (...args: readonly unknown[]) => never) => object

/** What Keras's classes that can be extended are made of, and by which method of the text. */
const BASES: Readonly<Record<string, readonly [method: string, make: Maker]>> = {
  Loss: [
    'call',
    (options, call) =>
      new (class extends Loss {
        override call(...tensors: readonly unknown[]) {
          return call(...tensors)
        }
      })(options),
  ],
  LearningRateSchedule: [
    '__call__',
    (_, call) =>
      new (class extends LearningRateSchedule {
        override call(step: number) {
          return Number(call(step))
        }
        override getConfig() {
          return {}
        }
      })(),
  ],
  Initializer: [
    '__call__',
    (_, call) =>
      new (class extends Initializer {
        override call(shape: Shape) {
          return call(shape)
        }
      })(),
  ],
  Regularizer: [
    '__call__',
    (_, call) =>
      new (class extends Regularizer {
        override call(x: unknown) {
          return call(x)
        }
      })(),
  ],
  Constraint: [
    '__call__',
    (_, call) =>
      new (class extends Constraint {
        override call(x: unknown) {
          return call(x)
        }
      })(),
  ],
}

/** Whether a class of Keras is one that is extended so. */
export const isObjectBase = (name: string): boolean =>
  name === 'Callback' || name === 'Metric' || Object.hasOwn(BASES, name)

/** Hooks of callbacks, in Keras's words. */
const HOOKS: Readonly<Record<string, string>> = {
  on_train_begin: 'onTrainBegin',
  on_train_end: 'onTrainEnd',
  on_epoch_begin: 'onEpochBegin',
  on_epoch_end: 'onEpochEnd',
  on_batch_begin: 'onTrainBatchBegin',
  on_batch_end: 'onTrainBatchEnd',
  on_train_batch_begin: 'onTrainBatchBegin',
  on_train_batch_end: 'onTrainBatchEnd',
}

/** An object of such a class. */
export class OwnObjectValue extends WrappedValue {
  readonly label: string
  readonly #instance: Instance
  readonly #base: string
  /** What was said of hooks, which run again and again. */
  readonly #said = new Set<string>()
  #options: Readonly<Record<string, unknown>> = {}
  #made: object | null = null

  constructor(reader: Reader, instance: Instance, base: string) {
    super(reader)
    this.label = instance.type.name
    this.#instance = instance
    this.#base = base
  }

  override plain(): object {
    this.#made ??= this.#base === 'Callback' ? this.#callback() : this.#make()
    return this.#made
  }

  #make(): object {
    const [method, make] = BASES[this.#base] as readonly [string, Maker]
    const made = make(this.#options, (...args) => this.#run(method, args) as never)
    // Names of losses are those of their classes.
    Object.defineProperty(made.constructor, 'name', { value: this.label })
    return made
  }

  #run(method: string, args: readonly unknown[]): unknown {
    const { reader } = this
    const found = this.#instance.type.find(method)
    if (!(found instanceof PythonFunction))
      return reader.problems.throw({ at: 0, word: this.label, message: `has no method ${method}` })
    return callFromHere(
      reader,
      found.bind(this.#instance),
      placedArguments(args.map((one) => reader.wrap(one))),
    )
  }

  /** Its hooks run as far as they are read: they may stop the training, and what they print or draw is passed over. */
  #callback(): object {
    const made = new Callback()
    const run = (method: PythonFunction, args: readonly unknown[]): null => {
      this.#instance.fields.set('model', this.reader.wrap(made.model))
      const given = args.map((one) => (isLogs(one) ? this.#logs(one) : this.reader.wrap(one)))
      callHook(this.reader, method.bind(this.#instance), placedArguments(given), this.#warn)
      return null
    }
    for (const [name, hook] of Object.entries(HOOKS)) {
      const method = this.#instance.type.find(name)
      if (method instanceof PythonFunction)
        Object.assign(made, { [hook]: (...args: readonly unknown[]) => run(method, args) })
    }
    return made
  }

  /** Says what a hook does not do, once: the problems of the text were handed over before it ran. */
  readonly #warn = ({ at, word, message }: Trouble): void => {
    const { line, column } = this.reader.problems.placeOf(at)
    const text = `${this.label}: line ${line}, column ${column}, ${word}: ${message.replace(/\.$/, '')}. The training goes on without it.`
    if (this.#said.has(text)) return
    this.#said.add(text)
    console.warn(text)
  }

  #logs(logs: Readonly<Record<string, unknown>>): Dict {
    return Dict.of(
      Object.entries(logs).map(([name, value]) => [
        name,
        typeof value === 'number' ? value : this.reader.wrap(value),
      ]),
    )
  }

  override call(args: Arguments, at: number): Value | undefined {
    const method = this.#instance.type.find(BASES[this.#base]?.[0] ?? '')
    if (!(method instanceof PythonFunction)) return undefined
    return this.reader.interpreter.callFunction(method.bind(this.#instance), args, at)
  }

  override attribute(name: string, at: number): Value | undefined {
    if (name !== '__init__') return undefined
    return new NativeFunction(name, ({ named }) => {
      const own = this.#base === 'Loss' ? ['name', 'reduction'] : []
      const given = own.flatMap((key) => {
        const value = named.get(key)
        return value === undefined || value === null ? [] : [[key, [valueOfToday(key, value), at]] as const]
      })
      this.#options = this.reader.options(given) ?? {}
      return null
    })
  }

  override setAttribute(): boolean {
    return true
  }
}

/** Runs a hook. What depends on what is not known it leaves out, and says so. */
function callHook(reader: Reader, hook: PythonFunction, args: Arguments, warn: Tell): void {
  const { interpreter } = reader
  const { at, name } = hook.syntax
  const { readsEveryBranch } = interpreter
  interpreter.readsEveryBranch = false
  try {
    interpreter.called(warn, () => interpreter.callFunction(hook, args, at))
  } catch (error) {
    if (!(error instanceof Spent)) throw error
    warn({ at, word: name, message: error.message })
  } finally {
    interpreter.readsEveryBranch = readsEveryBranch
  }
}

const isLogs = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null
