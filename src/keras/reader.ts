// A text of Keras as it is read: what it found so far, and how values of the text become those that layers and models take.

import { RecurraError } from '../errors.ts'
import type { Layer } from '../layers/layer.ts'
import { LayersModel } from '../models/model.ts'
import type { SteppedModel } from '../models/steppedModel.ts'
import { HostValue } from '../python/hostValue.ts'
import type { Interpreter } from '../python/interpreter.ts'
import { hostOf } from '../python/interpreter.ts'
import { quoted } from '../python/text.ts'
import {
  type Arguments,
  Container,
  Dict,
  Ellipsis,
  Instance,
  List,
  NativeFunction,
  PySet,
  PythonClass,
  PythonFunction,
  Range,
  Tuple,
  Unknown,
  type Value,
} from '../python/values.ts'
import type { Optimizer } from '../training/optimizer.ts'
import { isOptions } from '../util/options.ts'
import type { CustomLoops } from './customLoops.ts'
import type { Differentiated } from './customStep.ts'
import { Files } from './files.ts'
import { functionOf } from './functions.ts'
import { IncompleteModels } from './incompleteModels.ts'
import { NotKnown, type Problems } from './problems.ts'
import { RepeatedFits } from './repeatedFits.ts'
import { WrappedValue } from './values.ts'
import { wrapped } from './wrapped.ts'

/** What the arguments of a `fit` are. */
export interface ReadFit {
  readonly options: Readonly<Record<string, unknown>>
  readonly data: Readonly<Record<string, unknown>>
  readonly model: LayersModel
}

/** What is said of data, and of what a text computes of them. */
export const NOT_KNOWN = 'its value is not known, since it comes of data or of code that is not read'

/** Steps that a layer costs, since it is some memory and time. */
export const LAYER_STEPS = 200

export class Reader {
  /** Set right after the interpreter is made, which needs the host first. */
  interpreter!: Interpreter
  /** Training loops that the text writes out; what they become is made of all that a reader serves, which is set behind it, too. */
  customLoops!: CustomLoops
  activity = 0
  /** Models in the order in which they were made. */
  readonly models: LayersModel[] = []
  readonly incomplete = new IncompleteModels()
  fit: ReadFit | null = null
  /** Whether code here runs a function of the text, which says what a step computes. */
  isInCall = false
  /** How many tapes record what runs. */
  recordingTapes = 0
  /** Whether a step of the text runs on stand-ins, to find what it is. */
  isRehearsed = false
  /** The model of the training loop whose step is traced. */
  customModel: SteppedModel | null = null
  /** By models that a loop trains batch by batch, the optimizers that train them. */
  batchOptimizers: ReadonlyMap<LayersModel, Optimizer> = new Map()
  /** What a step of the text took gradients of so far; null where no step asks. */
  differentiated: Differentiated[] | null = null
  readonly files = new Files()
  readonly repeatedFits = new RepeatedFits()
  /** Options that calls of a layer have where they say nothing else. */
  readonly callOptions = new WeakMap<Layer, Readonly<Record<string, unknown>>>()
  readonly #fields = new WeakMap<Layer, Map<string, Value>>()
  /** Models that the text loads from elsewhere: where, and by which name they go on. */
  readonly loads = new Map<Unknown, { readonly at: number; readonly word: string; readonly name?: string }>()
  /** Networks whose trained weights are in files: where the text makes them, and by which name they go on. */
  readonly untrained = new Map<
    LayersModel,
    { readonly at: number; readonly word: string; readonly name?: string }
  >()
  /** Weights that the text sets, where. */
  readonly weights: { readonly layer: Layer; readonly values: unknown; readonly at: number }[] = []
  /** Variables of the environment: a text has those that it sets, and its defaults for others. */
  readonly environment = new Dict()
  /** Values that layers need and the text does not say, as {@link valuesOf} lists them. */
  readonly missing = new Map<string, string>()

  /** @param values What the user knows of names in the text. */
  constructor(
    readonly values: Readonly<Record<string, unknown>>,
    readonly problems: Problems,
  ) {}

  /** Whether the text has trained a model so far. */
  get isTrained(): boolean {
    return this.fit !== null || this.customLoops.hasFound
  }

  /** Attributes that the text gives a layer of its own. */
  fieldsOf(layer: Layer): Map<string, Value> {
    const known = this.#fields.get(layer) ?? new Map<string, Value>()
    this.#fields.set(layer, known)
    return known
  }

  /** Counts something that the text makes. */
  act(): void {
    this.activity++
    this.interpreter.budget.spend(LAYER_STEPS)
  }

  addModel(model: LayersModel): void {
    if (!this.models.includes(model)) this.models.push(model)
  }

  /** Is told that an object is whole: models that it was made of in its constructor were built before it. */
  ended<L extends Layer>(made: L): L {
    const place = isModel(made) ? this.models.indexOf(made) : -1
    if (place >= 0) this.models.push(...this.models.splice(place, 1))
    return made
  }

  /** Runs what may refuse its arguments; the refusal is a problem. */
  attempt(at: number, work: () => Value): Value {
    try {
      return work()
    } catch (error) {
      return this.refused(error, at)
    }
  }

  /** Tells of the problem that an error says; other errors are thrown on. */
  refused(error: unknown, at: number): Unknown {
    if (error instanceof NotKnown) return this.unknownAt(error.unknown, at)
    if (!(error instanceof RecurraError)) throw error
    const thrown = this.problems.thrownIn(error.message)
    if (thrown) return this.interpreter.problem(thrown.at, thrown.message, thrown.word)
    return this.interpreter.problem(at, error.message)
  }

  /** Keeps what gradients are taken of, the first argument of a call, by its name in the text. */
  tellLoss({ places }: Arguments, loss: unknown): void {
    const at = places.get(0) ?? places.get('target') ?? places.get('loss')
    const word = at === undefined ? 'loss' : this.interpreter.wordAt(at)
    this.addNumber(/^\w+$/.test(word) ? word : 'loss', loss)
  }

  /** Keeps a number of a step, by a name that no other has. */
  addNumber(name: string, value: unknown): void {
    const numbers = this.differentiated ?? []
    const isTaken = (word: string): boolean => numbers.some(([other]) => other === word)
    let word = name
    for (let count = 2; isTaken(word); count++) word = `${name}_${count}`
    numbers.push([word, value])
  }

  /** Says that a value is not known where one is needed. */
  unknownAt(unknown: Unknown, at: number, consequence = '', form?: string): Unknown {
    if (unknown.isReported) return unknown
    const told = this.interpreter.tellOrigin(unknown, consequence)
    return told ?? this.interpreter.askFor(at, unknown.word, `${NOT_KNOWN}${consequence}`, form)
  }

  /** Tells of models that the text loads, and the user does not give. */
  tellLoads(): void {
    for (const { at, word, name } of this.loads.values()) {
      const message =
        'reads a model of elsewhere: load it by loadModel or modelFromJSON, or make it by cloneModel'
      const remedy =
        name === undefined
          ? 'Give it a name in the text, and the model by it as `values`'
          : this.remedyFor(name, 'model')
      this.interpreter.problem(at, `${message}. ${remedy}.`, word)
    }
    for (const { at, word, name } of this.untrained.values()) {
      const message = `begins with random weights, since files are not read with a text: make it by ${word} of recurra/applications`
      const remedy =
        name === undefined
          ? 'Give it a name in the text, and the model by it as `values`'
          : this.remedyFor(name, 'model')
      this.interpreter.problem(at, `${message}. ${remedy}`, word)
    }
  }

  /** Asks for a layer or a callback of other code: for the class that makes it, or for itself by its name. */
  askForObject(at: number, word: string, what: 'layer' | 'callback', message: string): Unknown {
    const [, made] = /^([\w.]+)\(/.exec(word) ?? []
    return this.interpreter.askFor(at, made ?? word, message, made === undefined ? what : `(...) => ${what}`)
  }

  /** Says how to give a value, and lists it among those that are missing. */
  remedyFor(word: string, form = '...'): string {
    const missing = missingOf(word, form)
    if (!missing) return 'Give it a name in the text, and the value of that name as `values`'
    this.missing.set(...missing)
    return `Give it: ${valuesOf([missing])}`
  }

  /** A value of the text as users write it here. @throws {NotKnown} */
  plain(value: Value): unknown {
    if (
      value === null ||
      typeof value === 'boolean' ||
      typeof value === 'number' ||
      typeof value === 'string'
    )
      return value
    if (typeof value === 'bigint') return Number(value)
    if (value instanceof List || value instanceof Tuple || value instanceof PySet) {
      if (value instanceof Container && value.isOpen) throw new NotKnown(new Unknown('a list'))
      this.interpreter.budget.spend(value.items.length)
      return this.interpreter.budget.deeper(() => value.items.map((item) => this.plain(item)))
    }
    if (value instanceof Range) return this.plain(new List([...(this.interpreter.items(value, 0) ?? [])]))
    if (value instanceof Dict) {
      if (value.isOpen) throw new NotKnown(new Unknown('a dict'))
      this.interpreter.budget.spend(value.entries.size)
      const pairs = [...value.entries.values()].map(([key, inner]) => [String(key), this.plain(inner)])
      return this.interpreter.budget.deeper(() => Object.fromEntries(pairs) as unknown)
    }
    if (value instanceof Unknown) throw new NotKnown(value)
    if (value instanceof PythonFunction) return functionOf(this, value)
    if (value instanceof Ellipsis) return '...'
    const known = hostOf(value)
    if (known instanceof WrappedValue) return known.plain()
    throw new NotKnown(new Unknown(nameOf(value)))
  }

  /** What a call of something here gave, as a value of the text. */
  wrap(made: unknown): Value {
    if (made === null || made === undefined) return null
    if (typeof made === 'number') return Number.isInteger(made) ? BigInt(made) : made
    if (typeof made === 'string' || typeof made === 'boolean') return made
    if (Array.isArray(made)) return new List(made.map((one: unknown) => this.wrap(one)))
    if (isOptions(made)) return Dict.of(Object.entries(made).map(([key, one]) => [key, this.wrap(one)]))
    return wrapped(this, made as object)
  }

  /** The arguments of a call by name, those by place under `names`. */
  named(args: Arguments, names: readonly string[]): Map<string, readonly [value: Value, at: number]> {
    const found = new Map<string, readonly [Value, number]>()
    for (const [i, value] of args.placed.entries())
      found.set(names[i] ?? `argument ${i + 1}`, [value, args.places.get(i) ?? 0])
    for (const [name, value] of args.named) found.set(name, [value, args.places.get(name) ?? 0])
    return found
  }

  /** Options in camelCase; null where one of them is not known, of which a problem is told. */
  options(
    given: Iterable<readonly [name: string, readonly [Value, number]]>,
  ): Record<string, unknown> | null {
    const options: [string, unknown][] = []
    let isComplete = true
    for (const [name, [value, at]] of given) {
      const made = this.attempt(at, () => {
        options.push([name, this.plain(value)])
        return null
      })
      if (made instanceof Unknown) isComplete = false
    }
    return isComplete ? Object.fromEntries(options) : null
  }
}

/** What the text calls a value that means nothing here. */
function nameOf(value: Value): string {
  if (value instanceof HostValue) return value.label
  if (value instanceof Instance) return value.type.name
  return value instanceof PythonClass || value instanceof NativeFunction ? value.name : 'this'
}

/** What to give for a value that is not known: its key among `values`, and how its value looks; null where its word is no key. */
function missingOf(word: string, form: string): readonly [key: string, value: string] | null {
  const shape = /^(\w+)\.shape\b/.exec(word)
  if (shape?.[1]) return [shape[1], '{ shape: [...] }']
  if (word.includes('…')) return null
  return [/^\w+$/.test(word) ? word : quoted(word), form]
}

/** The option `values` with what is missing. */
export const valuesOf = (missing: Iterable<readonly [string, string]>): string =>
  `{ values: { ${[...missing].map((entry) => entry.join(': ')).join(', ')} } }`

export const isModel = (value: unknown): value is LayersModel => value instanceof LayersModel
