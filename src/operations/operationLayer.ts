// Functions of `ops` as nodes of the functional graph and of what functions of tensors are traced to. A call of one is a layer with
// Keras's class and name, whatever operations it consists of (operation.ts): so summaries and files have what Keras's have.

import { describeValue, fail, impossible } from '../errors.ts'
import type { CallRequest, MaskedValue, StepLowering } from '../layers/call.ts'
import { DirectLayer } from '../layers/directLayer.ts'
import type { Reading, Reads } from '../layers/integers.ts'
import type { GivenOptions, Layer, LayerDefinition } from '../layers/layer.ts'
import { layerOptions } from '../layers/options.ts'
import { type LayerNode, type OwnOptions, oneOrAll, SymbolicTensor } from '../layers/symbolicTensor.ts'
import { DrawnVariable } from '../layers/weights/variable.ts'
import type { OpenShape } from '../util/shape.ts'
import { isTensorData, toTensor } from '../util/tensor.ts'
import { asCalled } from './asCalled.ts'
import { newest } from './assignable.ts'
import { follow, layersOf, type Traced, tensorsAmong, weightIn } from './followTraced.ts'
import { byPlace } from './keywords.ts'
import { areOfNumbers, computed, type OnNumbers } from './onNumbers.ts'
import { arrayOf, givenFor, isFields, type Parameter, readParameters, writeKey } from './signature.ts'

/** A function of `ops` as Keras has it. */
export interface Declaration {
  /** The module of the class, below `keras.src.ops`; null where Keras has no class of it. */
  readonly module: string | null
  /** Keras's name of the class, `TrueDivide`. */
  readonly className: string
  /** The parameters of the function, see signature.ts. */
  readonly parameters: string
  /** What Keras's results are, if not floats; for functions of which arguments say it, by these. */
  readonly dtype: Details['dtype']
  /** The function itself. */
  call(...args: readonly unknown[]): unknown
}

/** Whether a function of `ops` runs: the functions that it calls are parts of it. */
let isInside = false

/** Calls a function of `ops` with all that it calls as parts of it. */
function inside(call: () => unknown): unknown {
  const outer = isInside
  isInside = true
  try {
    return call()
  } finally {
    isInside = outer
  }
}

/** @internal One function of `ops`, as a layer that is called once. */
export class OperationLayer extends DirectLayer implements Reads {
  readonly #declaration: Declaration

  constructor(declaration: Declaration, name: string | null = null) {
    super(definitionOf(declaration), name === null ? {} : { name })
    this.#declaration = declaration
  }

  override clone({ name }: GivenOptions): OperationLayer {
    const weight = this.nodes.map(({ options }) => weightIn(options as Traced)).find(Boolean)
    if (weight) this.#plain('an argument', weight)
    return new OperationLayer(this.#declaration, name as string)
  }

  override get module(): string {
    return `keras.src.ops.${this.#declaration.module}`
  }

  // As in Keras masks end in an operation without a word.
  override get losesMask(): boolean {
    return false
  }

  /** What files say of its output. */
  get outputDtype(): string {
    const [call] = this.nodes
    const given = call ? this.getConfig().dtype : null
    const { dtype: declared } = this.#declaration
    const own = typeof declared === 'function' ? call && declared((call.options as Traced).args) : declared
    const dtype = own ?? (typeof given === 'string' ? given : null)
    return dtype ?? (this.dtypePolicy === 'mixed_float16' ? 'float16' : 'float32')
  }

  /** What it consists of makes floats of integers (operation.ts). */
  readingOf(): Reading {
    return 'either'
  }

  /** A reduction may be over the batch. */
  override mixesSamples(): boolean {
    return true
  }

  get parameters(): readonly Parameter[] {
    return readParameters(this.#declaration.parameters)
  }

  /** Calls the function; its results are those of a node of this layer. */
  apply(args: readonly unknown[]): unknown {
    return this.join(
      args,
      inside(() => this.#declaration.call(...args)),
    )
  }

  /** Makes a node of what the function made of its arguments. */
  join(args: readonly unknown[], made: unknown): unknown {
    const outputs = tensorsAmong(made)
    const traced: Traced = { args, inputs: tensorsAmong(args), outputs }
    for (const layer of layersOf(traced)) this.variables.push(...layer.variables)
    const results = this.connect(traced.inputs, { options: traced })
    return Array.isArray(made) ? results : oneOrAll(results)
  }

  /** The options of Keras's class, as they were given in the first call, or their defaults. */
  override getConfig(): Record<string, unknown> {
    const [call] = this.nodes
    if (!call) impossible(`${this.where} is not called`)
    if (this.#declaration.module === null)
      fail(this.where, {
        expected: 'operations that Keras has a class of, in a config',
        got: `${this.className}`,
        remedy: 'Call it in the call of a Layer.',
      })
    const { args } = call.options as Traced
    const options = this.parameters.flatMap((parameter) => {
      const { name, kind, fallback = null } = parameter
      if (kind === 'fixed') return [[name, fallback]]
      return kind === 'option' ? [[name, this.#plain(name, givenFor(parameter, args) ?? fallback)]] : []
    })
    return { name: this.name, ...Object.fromEntries(options) }
  }

  /** The arguments of a call as Keras's files have them: by place, or by name where Keras gives them so or one before is left out. */
  writeCall({ inputs, options }: LayerNode) {
    const { args, inputs: originals } = options as Traced
    const write = (value: unknown): unknown => {
      if (value instanceof SymbolicTensor) return inputs[originals.indexOf(value)]
      if (Array.isArray(value)) return value.map(write)
      if (isTensorData(value)) return arrayOf(toTensor(value, this.where).toArray())
      if (ArrayBuffer.isView(value)) return arrayOf([...(value as Float32Array)])
      return this.#plain('an argument', value)
    }
    const placed: unknown[] = []
    const named: (readonly [name: string, value: unknown])[] = []
    let isComplete = true
    for (const parameter of this.parameters) {
      const { name, kind, place } = parameter
      const given = givenFor(parameter, args)
      if (kind === 'rest')
        placed.push(
          ...args
            .slice(place)
            .filter((arg) => !isFields(arg))
            .map(write),
        )
      else if (kind === 'named') named.push([name, write(given ?? null)])
      else if (kind === 'argument') {
        if (given === undefined) isComplete = false
        else if (isComplete) placed.push(name === 'key' ? writeKey(given) : write(given))
        else named.push([name, write(given)])
      }
    }
    return { args: placed, kwargs: named }
  }

  /** A value that is neither a symbolic tensor nor a weight. */
  #plain(name: string, value: unknown): unknown {
    if (value instanceof DrawnVariable)
      fail(this.where, {
        expected: 'tensors of the model and numbers, which a config can have',
        got: `the weight "${value.path}"`,
        remedy: 'Call ops on weights in the call of a Layer that has them: its config makes them again.',
      })
    if (tensorsAmong(value).length > 0)
      fail(this.where, { expected: `${name} to be no tensor, in a config`, got: describeValue(value) })
    return value
  }

  override outputShapes(
    inputs: readonly OpenShape[],
    source?: Layer,
    options: OwnOptions = {},
  ): readonly OpenShape[] {
    return this.followCall(options, inputs, (layer, node, shapes) =>
      layer.outputShapes(shapes, source, node.options),
    )
  }

  /** @internal Follows what a call was traced to: from what its inputs are, what its results are. */
  followCall<T>(
    options: OwnOptions,
    given: readonly T[],
    call: (layer: Layer, node: LayerNode, inputs: readonly T[]) => readonly T[],
  ): readonly T[] {
    return follow(options as Traced, given, call)
  }

  protected override lowerCall(
    step: StepLowering,
    { inputs, options = {}, training }: CallRequest,
  ): readonly MaskedValue[] {
    const values = this.followCall(options, inputs, (layer, node, given) =>
      layer.lowerIn(step, { inputs: given, options: node.options, training }).map(({ value }) => value),
    )
    return values.map((value) => ({ value, mask: null }))
  }
}

/** The class of an operation, of which there are no options but those of its calls. */
const definitionOf = (declaration: Declaration): LayerDefinition => ({
  className: declaration.className,
  table: layerOptions,
  create: () => new OperationLayer(declaration),
})

/** A function of `ops` with its declaration. */
export interface Declared {
  readonly declaration: Declaration
}

/** What is seldom said of a function of `ops`. */
export interface Details {
  /** What Keras's results are; floats by default. */
  readonly dtype?: 'bool' | 'int32' | ((args: readonly unknown[]) => 'bool' | 'int32' | undefined) | undefined
  /** The function's name, if not that of the class with a small letter; `random.normal` where it is not one of `ops`. */
  readonly name?: string
}

/**
 * Declares a function of `ops`: Keras's module and class, the parameters as signature.ts reads them, and the function, which may
 * be any expression of others.
 */
/* @__NO_SIDE_EFFECTS__ */
export function operation<F extends (...args: never[]) => unknown, const Text extends string>(
  module: string | null,
  className: string,
  parameters: Text,
  fn: F,
  { dtype, name = className.slice(0, 1).toLowerCase() + className.slice(1) }: Details = {},
): OnNumbers<F, Text> {
  const run = fn as unknown as Declaration['call']
  const where = name.includes('.') ? name : `ops.${name}`
  const call = (...args: readonly unknown[]): unknown => asCalled(where, () => run(...args))
  const declaration: Declaration = { module, className, parameters, dtype, call }
  const called = (...given: readonly unknown[]): unknown => {
    const placed = byPlace(where, parameters, given)
    if (isInside) return call(...placed)
    const args = placed.map(newest)
    const made = inside(() => call(...args))
    const tensors = tensorsAmong(made)
    if (tensors.length > 0 && tensorsAmong(args).length === 0 && areOfNumbers(tensors))
      return computed(where, made, tensors)
    // Names are counted of calls that succeed.
    return new OperationLayer(declaration).join(args, made)
  }
  const named = Object.defineProperty(called, 'name', { value: name })
  return Object.assign(named, { declaration }) as unknown as OnNumbers<F, Text>
}
