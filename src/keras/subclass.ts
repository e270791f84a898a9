// Classes of a text that extend Model or Layer: their methods run when a model is built, as those of classes in TypeScript do.

import type { Layer as AnyLayer } from '../layers/layer.ts'
import { isCell as isCellLayer } from '../layers/rnn/cell.ts'
import { SteppedModel } from '../models/steppedModel.ts'
import {
  type Arguments,
  Instance,
  NativeFunction,
  PythonFunction,
  placedArguments,
  Unknown,
  type Value,
} from '../python/values.ts'
import type { Base } from './bases.ts'
import { callFromHere, valuesGiven } from './functions.ts'
import { hold } from './heldLayers.ts'
import { callLayer, checkInputs, LayerValue } from './layerValue.ts'
import { unknownAmong } from './onTensors.ts'
import { addLoss, addWeight } from './ownAdditions.ts'
import { methodArguments, ownCall, ownCallOptions, parted } from './ownCalls.ts'
import { initialStates, isCell } from './ownCells.ts'
import { addHooks, type OwnMethods, type OwnStates, ownCell, ownLayer, ownModel } from './ownClasses.ts'
import { checkPrediction, givenEnds, listedMetrics, ofSteps, stepAttribute, stepHooks } from './ownSteps.ts'
import { codeOf, withoutNone } from './pythonArguments.ts'
import { isModel, type Reader } from './reader.ts'
import { shapeTuple } from './tensorValue.ts'
import { WrappedValue } from './values.ts'

/** A class of Keras. */
interface Extended {
  call(args: Arguments, at: number): Value
}

/** What an object is made of. */
interface Construction {
  readonly base: Base
  readonly args: Arguments
  readonly at: number
  /** The layer of Keras that the class extends; null where that is Layer or Model itself. */
  readonly extended?: Extended
  /** Options that a copy has instead of those that the class gives it. */
  readonly changes?: object
}

/** Options of every layer. */
const COMMON = ['name', 'trainable', 'dtype']

/** An object of such a class. */
export class SubclassValue extends WrappedValue {
  readonly label: string
  readonly #instance: Instance
  readonly #construction: Construction
  #target: AnyLayer | null = null
  /** The layer of Keras that computes what the class does not. */
  #inner: LayerValue | null = null
  /** What calls of a model give beside tensors: its graph is that of one call. */
  #constants: Readonly<Record<string, unknown>> | null = null

  constructor(reader: Reader, instance: Instance, construction: Construction) {
    super(reader)
    this.label = instance.type.name
    this.#instance = instance
    this.#construction = construction
    const { extended, args, at } = construction
    const takesArguments = extended !== undefined || construction.base === 'Model'
    if (takesArguments && !(instance.type.find('__init__') instanceof PythonFunction))
      this.#initialize(args, at)
  }

  override get isLayer(): boolean {
    return true
  }

  /** Is told that `__init__` has run. */
  constructed(): void {
    if (this.#construction.base !== 'Model') return void this.plain()
    checkPrediction(this.reader, this.#instance, this.#construction.at)
    const target = this.reader.ended(this.plain())
    // As in Keras metrics of elsewhere are the model's where its property says so.
    listedMetrics(this.reader, this.#instance).forEach((metric, i) => {
      if (!Object.values(target).includes(ofSteps(metric)?.plain()))
        hold(this.reader, target, `listed_metric_${i}`, metric)
    })
  }

  /** The layer or the model, with what was set since in its fields. */
  override plain(): AnyLayer {
    const target = this.#made({})
    // A text may give its class a call once there are objects of it: FeedBack.call = call.
    if (target instanceof SteppedModel && !target.hasOutputs) addHooks(target, this.#callHook)
    const { fields } = this.#instance
    for (const [name, value] of fields) hold(this.reader, target, name, value)
    const handsOn = fields.get('supports_masking')
    if (typeof handsOn === 'boolean' && 'supportsMasking' in target) target.supportsMasking = handsOn
    if (this.#inner) hold(this.reader, target, 'base', this.#inner)
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
    const hasBuild = type.find('build') instanceof PythonFunction
    const methods: OwnMethods = {
      name: type.name,
      call: (args) => this.#call(args),
      build: hasBuild ? (shape) => this.#build(shape) : null,
      computeMask: this.#computeMask,
      copy: (changes) => this.#copy(changes),
      code: codeOf(this.#construction.args),
      callOptions: () => ownCallOptions(method),
    }
    if (this.#construction.base === 'Model') {
      const steps = stepHooks(this.reader, this.#instance, () => this.plain())
      return ownModel(methods, { ...this.#callHook, ...steps }, options)
    }
    if (isCell(type) || (this.#inner && isCellLayer(this.#inner.layer)))
      return ownCell(methods, this.#states(), options)
    return ownLayer(methods, options)
  }

  /** Runs the method of the text that says the mask of the output. */
  get #computeMask(): OwnMethods['computeMask'] {
    const { reader } = this
    const method = this.#instance.type.find('compute_mask')
    if (!(method instanceof PythonFunction)) return null
    return (...args) =>
      callFromHere(
        reader,
        method.bind(this.#instance),
        placedArguments(args.map((value) => reader.wrap(value))),
      )
  }

  get #callHook(): { call?(...args: readonly unknown[]): unknown } {
    const { type } = this.#instance
    const hasCall = [type.find('call'), type.find('__call__')].some((one) => one instanceof PythonFunction)
    return hasCall ? { call: (...args) => this.#call(args) } : {}
  }

  /** What a cell says of its states. */
  #states(): OwnStates {
    const { reader } = this
    const method = this.#instance.type.find('get_initial_state')
    return {
      sizes: () => reader.plain(reader.interpreter.attribute(this.#instance, 'state_size', 0)),
      start:
        method instanceof PythonFunction
          ? (batch) => initialStates(reader, method.bind(this.#instance), batch)
          : null,
    }
  }

  /** Runs the method `call` of the text. */
  #call(args: readonly unknown[]): unknown {
    const { reader } = this
    const method = this.#instance.type.find('call') ?? this.#instance.type.find('__call__')
    if (!(method instanceof PythonFunction) && this.#inner) {
      this.plain()
      return this.#inner.layer.called(args)
    }
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
    // As in Keras a build that asks for nothing is told nothing.
    const takesShape = method.syntax.parameters.length > 1
    callFromHere(this.reader, method.bind(this.#instance), placedArguments(takesShape ? [given] : []))
    // Layers that it made are held before they are called.
    this.plain()
  }

  override call(args: Arguments, at: number): Value {
    const { reader } = this
    const values = valuesGiven(args)
    if (unknownAmong(values)) return callLayer(reader, this.plain(), args, at)
    return reader.attempt(at, () => {
      const own = ownCall(reader, this.#instance.type.find('call'), args)
      if (own === null || own.inputs.length === 0) return callLayer(reader, this.plain(), args, at)
      reader.act()
      const target = this.plain()
      checkInputs(target, own.inputs)
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

  /** As in Keras, who calls `build` has the weights made, of which the method of the text is the hook; that of a model is its own. */
  override around(name: string): Value | undefined {
    const isHook = this.#instance.type.find('build') !== undefined
    const isWanted = name === 'build' && isHook !== (this.#construction.base === 'Model')
    return isWanted ? new LayerValue(this.reader, this.plain()).attribute(name, 0) : undefined
  }

  override attribute(name: string, at: number): Value | undefined {
    const { reader } = this
    // Of the class's __init__ the options of every layer go on; others are the class's own.
    if (name === '__init__')
      return new NativeFunction(name, (args, place) => {
        this.#initialize(args, place)
        return null
      })
    if (this.#inner) {
      const { layer } = this.#inner
      if (name === 'call' || name === '__call__')
        return new NativeFunction(name, (args, place) => callLayer(reader, layer, withoutNone(args), place))
      const own = this.#inner.attribute(name, at)
      if (own !== undefined && name !== 'build') return own
    }
    if (name === 'add_weight')
      return new NativeFunction(name, (args, place) => addWeight(reader, this.#made({}), args, place))
    if (name === 'add_loss')
      return new NativeFunction(name, (args, place) => addLoss(reader, this.#made({}), args, place))
    if (name === 'build' || name === 'get_config' || name === 'compute_output_shape')
      return new NativeFunction(name, () => (name === 'build' ? null : new Unknown(name)))
    const target = this.plain()
    const ofSteps = isModel(target) ? stepAttribute(reader, target, name, at) : undefined
    return ofSteps === undefined ? new LayerValue(reader, target).attribute(name, at) : ofSteps
  }

  /** Does what `super().__init__(...)` does: the options of every layer are those of the layer, others of the one that it extends. */
  #initialize(args: Arguments, at: number): void {
    const { reader } = this
    const own = COMMON.flatMap((key) => {
      const value = args.named.get(key)
      return value === undefined || value === null || value === '' ? [] : [[key, [value, at]] as const]
    })
    const { extended } = this.#construction
    if (extended) {
      const named = new Map([...args.named].filter(([key]) => !COMMON.includes(key)))
      const made = extended.call({ ...args, named }, at)
      if (made instanceof LayerValue) this.#inner = made
    }
    const ends = this.#construction.base === 'Model' ? givenEnds(reader, args, at) : []
    this.#made(reader.options([...own, ...ends]) ?? {})
  }

  override setAttribute(name: string, value: Value): boolean {
    if (value instanceof Unknown && value.isReported) this.reader.incomplete.add(this.#made({}))
    // A model that is compiled has to have the metrics of its steps, and files the optimizers.
    if (ofSteps(value) && this.#target) hold(this.reader, this.#target, name, value)
    return true
  }
}
