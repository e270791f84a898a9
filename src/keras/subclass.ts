// Classes of a text that extend Model or Layer: their methods run when a model is built, as those of classes in TypeScript do.

import { toCamelCase } from '../formats/snakeCase.ts'
import type { Layer as AnyLayer } from '../layers/layer.ts'
import { Layer } from '../layers/layerClass.ts'
import type { LayersModel } from '../models/model.ts'
import { Model } from '../models/modelClass.ts'
import { hostOf } from '../python/interpreter.ts'
import {
  type Arguments,
  type Instance,
  NativeFunction,
  PythonClass,
  PythonFunction,
  Unknown,
  type Value,
} from '../python/values.ts'
import { callFromHere, placedArguments } from './functions.ts'
import { callLayer, LayerValue } from './layerValue.ts'
import { NamedValue } from './namedValue.ts'
import { placeOf } from './names.ts'
import { isModel, type Reader } from './reader.ts'
import { shapeTuple } from './tensorValue.ts'
import { WrappedValue } from './values.ts'

type Base = 'Model' | 'Layer'

/** What a class of the text extends; null for what is not Keras's, and the name of a class that cannot be extended here. */
export function baseOf(type: PythonClass): Base | { readonly other: string } | null {
  for (const base of type.bases) {
    if (base instanceof PythonClass) {
      const found = baseOf(base)
      if (found) return found
    }
    if (!(base instanceof NamedValue)) continue
    const place = placeOf(base.path)
    if (place?.area === 'models') return place.name === 'Model' ? 'Model' : { other: place.name }
    if (place?.area === 'layers') return place.name === 'Layer' ? 'Layer' : { other: place.name }
  }
  return null
}

/** Methods that change how a model trains, which is Keras's own here. */
const REFUSED = ['train_step', 'test_step', 'predict_step', 'compute_loss']

/** An object of such a class. */
export class SubclassValue extends WrappedValue {
  readonly label: string
  readonly #instance: Instance
  readonly #base: Base
  #target: AnyLayer | null = null

  constructor(reader: Reader, instance: Instance, base: Base, at: number) {
    super(reader)
    this.label = instance.type.name
    this.#instance = instance
    this.#base = base
    for (const name of REFUSED)
      if (instance.type.find(name) instanceof PythonFunction)
        reader.interpreter.problem(
          at,
          `has a ${name} of its own, which is not read: the model trains as Keras's do`,
        )
  }

  /** The layer or the model, with what was set since in its fields. */
  override plain(): AnyLayer {
    const target = this.#made({})
    for (const [name, value] of this.#instance.fields) this.#setField(target, name, value)
    return target
  }

  #made(options: object): AnyLayer {
    if (this.#target) return this.#target
    const target = this.#make(options)
    this.#target = target
    if (isModel(target)) this.reader.addModel(target)
    return target
  }

  #make(options: object): AnyLayer {
    const { type } = this.#instance
    const call = (args: readonly unknown[]): unknown => this.#call(args)
    const build = (shape: unknown): void => this.#build(shape)
    const hasBuild = type.find('build') instanceof PythonFunction
    const named = <T extends object>(made: T): T => Object.defineProperty(made, 'name', { value: type.name })
    if (this.#base === 'Model') {
      const Net = named(
        class extends Model {
          override call(...args: readonly never[]) {
            return call(args) as never
          }
        },
      )
      return new Net(options) as unknown as AnyLayer
    }
    const Own = named(
      class extends Layer {
        override build(shape: never) {
          if (hasBuild) build(shape)
        }
        override call(...args: readonly never[]) {
          return call(args) as never
        }
      },
    )
    return new Own(options) as unknown as AnyLayer
  }

  /** Runs the method `call` of the text. */
  #call(args: readonly unknown[]): unknown {
    const { reader } = this
    const method = this.#instance.type.find('call') ?? this.#instance.type.find('__call__')
    if (!(method instanceof PythonFunction))
      return reader.problems.throw({ at: 0, word: this.label, message: 'has no method call' })
    this.plain()
    const context = args.at(-1) as Readonly<Record<string, unknown>>
    const named = new Map<string, Value>()
    const takes = (name: string): boolean =>
      method.syntax.parameters.some((parameter) => parameter.name === name)
    for (const name of ['training', 'mask']) if (takes(name)) named.set(name, reader.wrap(context[name]))
    const placed = args.slice(0, -1).map((argument) => reader.wrap(argument))
    return callFromHere(reader, method.bind(this.#instance), { placed, named, places: new Map() })
  }

  #build(shape: unknown): void {
    const method = this.#instance.type.find('build')
    if (!(method instanceof PythonFunction)) return
    const isOne =
      Array.isArray(shape) && shape.every((extent) => extent === null || typeof extent === 'number')
    const given = isOne ? shapeTuple(shape as (number | null)[]) : this.reader.wrap(shape)
    callFromHere(this.reader, method.bind(this.#instance), placedArguments([given]))
  }

  override call(args: Arguments, at: number): Value {
    return callLayer(this.reader, this.plain(), args, at)
  }

  override attribute(name: string, at: number): Value | undefined {
    const { reader } = this
    // Of the class's __init__ the options of every layer go on; others are the class's own.
    if (name === '__init__')
      return new NativeFunction(name, ({ named }) => {
        const own = ['name', 'trainable', 'dtype'].flatMap((key) => {
          const value = named.get(key)
          return value === undefined || value === null ? [] : [[key, [value, at]] as const]
        })
        this.#made(reader.options(own) ?? {})
        return null
      })
    if (name === 'add_weight') return new NativeFunction(name, (args, place) => this.#addWeight(args, place))
    if (name === 'build' || name === 'get_config' || name === 'compute_output_shape')
      return new NativeFunction(name, () => (name === 'build' ? null : new Unknown(name)))
    return new LayerValue(reader, this.plain()).attribute(name, at)
  }

  override setAttribute(_name: string, value: Value): boolean {
    if (value instanceof Unknown && value.isReported) this.reader.incomplete.add(this.#made({}))
    return true
  }

  /** Layers in fields are parts of the layer, under the field's name, which files have. */
  #setField(target: AnyLayer, name: string, value: Value): void {
    const layers = layersOf(this.reader, value)
    if (layers === null) return
    const fields = target as unknown as Record<string, unknown>
    const isFree = Object.hasOwn(target, name)
      ? fields[name] === layers || Array.isArray(layers)
      : !(name in target)
    fields[isFree ? name : `${name}_`] = layers
  }

  #addWeight(args: Arguments, at: number): Value {
    const { reader } = this
    // Keras 2 had the name first.
    const isOld = typeof args.placed[0] === 'string'
    const order = isOld
      ? ['name', 'shape', 'dtype', 'initializer', 'regularizer', 'trainable']
      : ['shape', 'initializer', 'dtype', 'trainable']
    const given = [...reader.named(args, order)].map(([name, value]) => [toCamelCase(name), value] as const)
    return reader.attempt(at, () => {
      const options = reader.options(given.filter(([name]) => name !== 'dtype'))
      if (!options) return new Unknown('add_weight', true)
      const target = this.#made({}) as unknown as { addWeight(options: object): object }
      return reader.wrap(target.addWeight(options))
    })
  }
}

/** The model that a value is; null for other values. */
export function modelOf(value: Value): LayersModel | null {
  const known = hostOf(value)
  const layer = known instanceof LayerValue || known instanceof SubclassValue ? known.plain() : null
  return isModel(layer) ? layer : null
}

/** A layer, or a list or an object of layers; null for other values. */
function layersOf(reader: Reader, value: Value): unknown {
  if (value instanceof LayerValue || hostOfInstance(value) instanceof SubclassValue)
    return reader.plain(value)
  const isGroup = typeof value === 'object' && value !== null && ('entries' in value || 'items' in value)
  if (!isGroup || value instanceof WrappedValue) return null
  const inner =
    'entries' in value ? [...(value.entries as Map<string, unknown>).values()].flat() : value.items
  const isLayers = (inner as readonly Value[]).some(
    (one) => one instanceof LayerValue || hostOfInstance(one) instanceof SubclassValue,
  )
  return isLayers ? reader.plain(value) : null
}

const hostOfInstance = (value: Value): unknown =>
  typeof value === 'object' && value !== null && 'host' in value ? value.host : null
