// Classes of a text that extend Model or Layer: their methods run when a model is built, as those of classes in TypeScript do.

import { toCamelCase } from '../formats/config/snakeCase.ts'
import type { Layer as AnyLayer } from '../layers/layer.ts'
import { Layer } from '../layers/layerClass.ts'
import { Cell } from '../layers/rnn/cellClass.ts'
import type { LayersModel } from '../models/model.ts'
import { Model } from '../models/modelClass.ts'
import { hostOf } from '../python/interpreter.ts'
import {
  type Arguments,
  Instance,
  NativeFunction,
  PythonFunction,
  Unknown,
  type Value,
} from '../python/values.ts'
import type { Base } from './bases.ts'
import { callFromHere, placedArguments, valuesGiven } from './functions.ts'
import { callLayer, LayerValue } from './layerValue.ts'
import { methodArguments, ownCall, ownCallOptions, parted } from './ownCalls.ts'
import { initialStates, isCell } from './ownCells.ts'
import { PresetValue } from './presetValue.ts'
import { isModel, type Reader } from './reader.ts'
import { shapeTuple } from './tensorValue.ts'
import { WrappedValue } from './values.ts'

/** Methods that change how a model trains, which is Keras's own here. */
const REFUSED = ['train_step', 'test_step', 'predict_step', 'compute_loss']

/** What an object is made of. */
interface Construction {
  readonly base: Base
  readonly args: Arguments
  readonly at: number
  /** Options that a copy has instead of those that the class gives it. */
  readonly changes?: object
}

/** An object of such a class. */
export class SubclassValue extends WrappedValue {
  readonly label: string
  readonly #instance: Instance
  readonly #construction: Construction
  #target: AnyLayer | null = null
  /** What calls of a model give beside tensors: its graph is that of one call. */
  #constants: Readonly<Record<string, unknown>> | null = null

  constructor(reader: Reader, instance: Instance, construction: Construction) {
    super(reader)
    const { at } = construction
    this.label = instance.type.name
    this.#instance = instance
    this.#construction = construction
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
    const target = this.#make({ ...options, ...this.#construction.changes })
    this.#target = target
    if (isModel(target)) this.reader.addModel(target)
    return target
  }

  /** Another object of the class, as its arguments make it. */
  #copy(changes: object): AnyLayer {
    const { reader } = this
    const { args, at } = this.#construction
    const instance = new Instance(this.#instance.type)
    const copy = new SubclassValue(reader, instance, { ...this.#construction, changes })
    instance.host = copy
    reader.interpreter.initialize(instance, args, at)
    return copy.plain()
  }

  #make(options: object): AnyLayer {
    const { type } = this.#instance
    const method = type.find('call')
    const copy = (changes: object): AnyLayer => this.#copy(changes)
    const call = (args: readonly unknown[]): unknown => this.#call(args)
    const build = (shape: unknown): void => this.#build(shape)
    const hasBuild = type.find('build') instanceof PythonFunction
    const named = <T extends object>(made: T): T => Object.defineProperty(made, 'name', { value: type.name })
    if (this.#construction.base === 'Model') {
      const Net = named(
        class extends Model {
          override call(...args: readonly never[]) {
            return call(args) as never
          }
        },
      )
      return new Net(options) as unknown as AnyLayer
    }
    if (isCell(type))
      return new (named(this.#cell(call, hasBuild ? build : null)))(options) as unknown as AnyLayer
    const Own = named(
      class extends Layer {
        override build(shape: never) {
          if (hasBuild) build(shape)
        }
        override call(...args: readonly never[]) {
          return call(args) as never
        }
        override get callOptions() {
          return ownCallOptions(method)
        }
        override clone(changes: object) {
          return copy(changes)
        }
      },
    )
    return new Own(options) as unknown as AnyLayer
  }

  /** A class of cells, whose sizes of states are what the text set. */
  #cell(call: (args: readonly unknown[]) => unknown, build: ((shape: unknown) => void) | null) {
    const sizes = (): unknown => {
      const { reader } = this
      return reader.plain(reader.interpreter.attribute(this.#instance, 'state_size', 0))
    }
    const copy = (changes: object): AnyLayer => this.#copy(changes)
    const OwnCell = class extends Cell {
      override clone(changes: object) {
        return copy(changes)
      }
      constructor(options: object) {
        super(options)
        Object.defineProperty(this, 'stateSize', { get: sizes })
      }
      override build(shape: never) {
        build?.(shape)
      }
      override call(...args: readonly never[]) {
        return call(args) as never
      }
    }
    const method = this.#instance.type.find('get_initial_state')
    if (!(method instanceof PythonFunction)) return OwnCell
    const start = (batch: number): unknown => initialStates(this.reader, method.bind(this.#instance), batch)
    return class extends OwnCell {
      override getInitialState(batch: number) {
        return start(batch) as never
      }
    }
  }

  /** Runs the method `call` of the text. */
  #call(args: readonly unknown[]): unknown {
    const { reader } = this
    const method = this.#instance.type.find('call') ?? this.#instance.type.find('__call__')
    if (!(method instanceof PythonFunction))
      return reader.problems.throw({ at: 0, word: this.label, message: 'has no method call' })
    this.plain()
    const context = { ...this.#constants, ...(args.at(-1) as Readonly<Record<string, unknown>>) }
    const given = methodArguments(reader, method, args.slice(0, -1), context)
    return callFromHere(reader, method.bind(this.#instance), given)
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
    const { reader } = this
    const values = valuesGiven(args)
    if (values.some((value) => value instanceof Unknown)) return callLayer(reader, this.plain(), args, at)
    return reader.attempt(at, () => {
      const own = ownCall(reader, this.#instance.type.find('call'), args)
      if (own === null || own.inputs.length === 0) return callLayer(reader, this.plain(), args, at)
      reader.act()
      const target = this.plain()
      if (!isModel(target)) return reader.wrap(target.called([...own.inputs, own.options]))
      const { common, constants } = parted(own.options)
      const isCalled = target.built || this.#constants !== null
      if (isCalled && JSON.stringify(constants) !== JSON.stringify(this.#constants ?? {}))
        return reader.interpreter.problem(
          at,
          'is called with other arguments than before: a model is one graph, write a class of Layer for several',
        )
      this.#constants = constants
      return reader.wrap(target.called([...own.inputs, common]))
    })
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
  const layer = layerHostOf(value)?.plain()
  return isModel(layer) ? layer : null
}

/** A layer, or a list or an object of layers; null for other values. */
function layersOf(reader: Reader, value: Value): unknown {
  if (layerHostOf(value)) return reader.plain(value)
  const isGroup = typeof value === 'object' && value !== null && ('entries' in value || 'items' in value)
  if (!isGroup || value instanceof WrappedValue) return null
  const inner =
    'entries' in value ? [...(value.entries as Map<string, unknown>).values()].flat() : value.items
  return (inner as readonly Value[]).some(layerHostOf) ? reader.plain(value) : null
}

/** What knows a value that is a layer; null for other values. */
function layerHostOf(value: Value): LayerValue | SubclassValue | PresetValue | null {
  const host = hostOf(value)
  if (host instanceof LayerValue || host instanceof SubclassValue) return host
  return host instanceof PresetValue && host.isLayer ? host : null
}
