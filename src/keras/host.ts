// What a text of Keras finds outside of itself: names, imports, values that the user knows.

import { toCamelCase } from '../formats/config/snakeCase.ts'
import { Layer } from '../layers/layer.ts'
import { openTensor } from '../layers/own/openTensor.ts'
import { isTracing } from '../layers/own/tracing.ts'
import type { LayersModel } from '../models/model.ts'
import type { HostValue } from '../python/hostValue.ts'
import type { Host } from '../python/interpreter.ts'
import { isOfOpenExtent } from '../python/operators.ts'
import { reprOf } from '../python/text.ts'
import {
  type Arguments,
  Dict,
  type Instance,
  List,
  NativeFunction,
  PythonFunction,
  Unknown,
  type Value,
} from '../python/values.ts'
import { ArrayValue, reshapedUnknown } from './arrays.ts'
import { baseOf } from './bases.ts'
import { ExtendedMetricValue, isExtendedMetric } from './extendedMetric.ts'
import { keepArguments, valuesGiven } from './functions.ts'
import { isLayerName } from './layerMaker.ts'
import { LayerValue } from './layerValue.ts'
import { pathValue } from './namedValue.ts'
import { isOldKeras } from './names.ts'
import { makerOf, type ObjectArea } from './objectMaker.ts'
import { outOf, unknownAmong } from './onTensors.ts'
import { OwnMetricValue } from './ownMetric.ts'
import { OwnObjectValue } from './ownObjects.ts'
import { changedMethod, PresetValue } from './presetValue.ts'
import type { Reader } from './reader.ts'
import { SubclassValue } from './subclass.ts'
import { isTensorValue } from './tensorValue.ts'
import { KerasObject } from './values.ts'

type GivenFunction = (...args: readonly unknown[]) => unknown

/** A function of the user's for code that is not read: it takes arguments by place, and those by name as an object behind them. */
const givenFunction = (reader: Reader, name: string, fn: GivenFunction): Value =>
  new NativeFunction(name, (args, at) => {
    const unknown = unknownAmong(valuesGiven(args))
    if (unknown) return outOf(unknown, at)
    return reader.attempt(at, () => {
      reader.act()
      const named = [...args.named].map(([key, value]) => [toCamelCase(key), reader.plain(value)])
      const options = named.length > 0 ? [Object.fromEntries(named)] : []
      const made = fn(...args.placed.map((value) => reader.plain(value)), ...options)
      const isFunction = typeof made === 'function' && !(made instanceof Layer)
      return isFunction ? givenFunction(reader, name, made as GivenFunction) : reader.wrap(made)
    })
  })

/** What names of modules usually mean in texts that leave their imports out. */
const MODULES: Readonly<Record<string, string>> = {
  keras: 'keras',
  tf: 'tensorflow',
  tensorflow: 'tensorflow',
  np: 'numpy',
  numpy: 'numpy',
  math: 'math',
  os: 'os',
  K: 'keras.backend',
  ops: 'keras.ops',
  layers: 'keras.layers',
  models: 'keras.models',
  optimizers: 'keras.optimizers',
  losses: 'keras.losses',
  metrics: 'keras.metrics',
  callbacks: 'keras.callbacks',
  initializers: 'keras.initializers',
  regularizers: 'keras.regularizers',
  constraints: 'keras.constraints',
  activations: 'keras.activations',
  Sequential: 'keras.models.Sequential',
  Model: 'keras.models.Model',
  Input: 'keras.layers.Input',
  Layer: 'keras.layers.Layer',
  Callback: 'keras.callbacks.Callback',
  load_model: 'keras.models.load_model',
  model_from_json: 'keras.models.model_from_json',
  LearningRateSchedule: 'keras.optimizers.schedules.LearningRateSchedule',
}

/** Functions of layers whose names are no usual names of anything else. */
const MERGING = ['concatenate', 'merge']

/** Areas in which classes are looked for whose imports are left out. */
const AREAS: readonly ObjectArea[] = ['optimizers', 'callbacks', 'regularizers', 'constraints']

/** The most letters of arguments that the word for a call has. */
const MOST = 40

/** Arguments as the word for a call has them; dots where they are long, or have no text. */
function wordsOf({ placed, named }: Arguments): string {
  const of = (value: Value): string => (value instanceof Unknown ? value.word : (reprOf(value) ?? '…'))
  const words = [...placed.map(of), ...[...named].map(([name, value]) => `${name}=${of(value)}`)]
  const text = words.join(', ')
  return text.length > MOST ? '…' : text
}

const EXTENDED =
  'Model, Layer and its classes, Loss, Metric, Callback, LearningRateSchedule, Initializer, Regularizer and Constraint'

/** An object of Keras's that a class of the text has, which its own `__init__` makes, or else the call of the class. */
function begun(made: PresetValue, { type }: Instance, args: Arguments, at: number): PresetValue {
  if (!(type.find('__init__') instanceof PythonFunction)) made.construct(args, at)
  return made
}

export class KerasHost implements Host {
  readonly #reader: Reader

  constructor(reader: Reader) {
    this.#reader = reader
  }

  ofOpenExtents(operator: string, left: Value, right: Value): Value | undefined {
    if (!this.#reader.isInCall) return undefined
    if (isOfOpenExtent(operator, left, right)) return null
    // One number for each sample of the batch.
    const isOneEach = operator === '*' && right === null && left instanceof List && left.items.length === 1
    return isOneEach && isTracing() ? this.#reader.wrap(openTensor([null])) : undefined
  }

  get activity(): number {
    return this.#reader.activity
  }

  nameOf(name: string): Value | undefined {
    const reader = this.#reader
    const given = this.#given(name)
    if (given !== undefined) return given
    const module = Object.hasOwn(MODULES, name) ? MODULES[name] : undefined
    if (module !== undefined) return pathValue(reader, module)
    if (MERGING.includes(name)) return pathValue(reader, `keras.layers.${name}`)
    if (!/^[A-Z]|^l[12]|norm$/.test(name)) return undefined
    if (isLayerName(name)) return pathValue(reader, `keras.layers.${name}`)
    const area = AREAS.find((one) => makerOf(one, name))
    return area && pathValue(reader, `keras.${area}.${name}`)
  }

  imported(path: string, at: number): Value {
    if (isOldKeras(path))
      this.#reader.interpreter.problem(
        at,
        'is a Keras of old: defaults of layers are those of Keras 3 here',
        path,
      )
    return pathValue(this.#reader, path)
  }

  known(name: string, value: Value): Value {
    const model = value instanceof LayerValue ? value.layer : undefined
    const network = this.#reader.untrained.get(model as LayersModel)
    if (network) return this.#trained(name, value, model as LayersModel)
    const isOpen = value instanceof Unknown || (value instanceof ArrayValue && !value.isComplete)
    const given = isOpen ? this.#given(name) : undefined
    const { loads } = this.#reader
    const load = value instanceof Unknown ? loads.get(value) : undefined
    if (load && given === undefined && load.name === undefined && name !== load.word)
      loads.set(value as Unknown, { ...load, name })
    if (given !== undefined) {
      if (load) loads.delete(value as Unknown)
      return given
    }
    return value instanceof ArrayValue ? value.renamed(name) : value
  }

  /** A network whose weights are in a file: the one that the user gives by its name, or the one that the text made. */
  #trained(name: string, value: Value, model: LayersModel): Value {
    const { untrained, models } = this.#reader
    const given = this.#given(name)
    const network = untrained.get(model)
    if (given === undefined) {
      if (network && network.name === undefined) untrained.set(model, { ...network, name })
      return value
    }
    untrained.delete(model)
    models.splice(models.indexOf(model), 1)
    return given
  }

  callUnknown(callee: Unknown, args: Arguments, at: number): Value {
    const shaped = reshapedUnknown(this.#reader, callee, args)
    if (shaped) return shaped
    const made = callee.derived(`${callee.word}(${wordsOf(args)})`)
    keepArguments(made, callee.word, args)
    if (made.isReported || made.origin || !valuesGiven(args).some(isTensorValue)) return made
    // A layer that a class of other code makes, AttentionLayer(8)(x), is known by that class.
    return made.of({
      at,
      word: /^[^(]*/.exec(callee.word)?.[0] ?? callee.word,
      message: 'is code that is not read, and is called on tensors of a model',
      form: '(...) => layer',
    })
  }

  remedyFor(word: string, form?: string): string {
    return this.#reader.remedyFor(word, form)
  }

  refused(error: unknown, at: number): Unknown {
    return this.#reader.refused(error, at)
  }

  trains(loop: object): boolean {
    return this.#reader.customLoops.loops.has(loop)
  }

  constructed({ host }: Instance): void {
    if (host instanceof SubclassValue) host.constructed()
  }

  baseOf(instance: Instance, args: Arguments, at: number): HostValue | null {
    const base = baseOf(instance.type)
    if (base === null) return null
    if (typeof base === 'string') return new SubclassValue(this.#reader, instance, { base, args, at })
    if (base.isObject && base.other === 'Metric') return new OwnMetricValue(this.#reader, instance)
    if (base.isObject) return new OwnObjectValue(this.#reader, instance, base.other)
    const make = (given: Arguments, place: number): Value => base.named.call(given, place)
    if (base.isMetric && isExtendedMetric(instance))
      return begun(new ExtendedMetricValue(this.#reader, instance, make), instance, args, at)
    const method = changedMethod(instance.type)
    if (method === undefined)
      return begun(new PresetValue(this.#reader, instance.type.name, make), instance, args, at)
    if (base.isLayer)
      return new SubclassValue(this.#reader, instance, { base: 'Layer', extended: base.named, args, at })
    this.#reader.interpreter.problem(
      at,
      `extends ${base.other} with a method ${method}: only ${EXTENDED} can be extended so here`,
    )
    return null
  }

  /** What the user says of a name. */
  #given(name: string): Value | undefined {
    const { values } = this.#reader
    return Object.hasOwn(values, name) ? this.#fromUser(name, values[name]) : undefined
  }

  #fromUser(name: string, value: unknown): Value {
    if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value
    if (typeof value === 'string' || typeof value === 'boolean') return value
    if (Array.isArray(value)) return new List(value.map((one: unknown) => this.#fromUser(name, one)))
    // Layers are functions.
    if (value instanceof Layer) return this.#reader.wrap(value)
    if (typeof value === 'function') return givenFunction(this.#reader, name, value as GivenFunction)
    if (typeof value !== 'object' || value === null) return null
    if ('shape' in value && Array.isArray(value.shape)) {
      const shape = value.shape.map((extent: unknown) => this.#fromUser(name, extent))
      return new ArrayValue(
        this.#reader,
        name,
        shape,
        'data' in value ? new KerasObject(this.#reader, value) : null,
      )
    }
    return Dict.of(Object.entries(value).map(([key, one]) => [key, this.#fromUser(name, one)]))
  }
}
