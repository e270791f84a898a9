// Layers as functions: `Dense(1)` makes a callable layer. A call on tensors connects it, and its properties are the layer's.

import { describeValue, fail } from '../errors.ts'
import { isOptions, nullable, readOptions, type TableFor } from '../util/options.ts'
import { type GivenOptions, Layer, type LayerDefinition, type LayerTable } from './layer.ts'
import { SymbolicTensor } from './symbolicTensor.ts'

/** What a layer may be called on. */
export type LayerInput = SymbolicTensor | readonly SymbolicTensor[]

/** The arguments of a layer's call beside its input. */
export interface CallOptions {
  /** States that a recurrent layer starts from: `[h, c]` for LSTM; by default the stored ones, or zeros. */
  readonly initialState?: LayerInput | readonly (SymbolicTensor | readonly SymbolicTensor[])[] | null
  /** `false` makes dropout and normalization work as in a prediction, also in training; `null`, the default, depends on the step. */
  readonly training?: false | null
  /**
   * Which time steps are valid, [batch, timesteps] for an input [batch, timesteps, ...]: a tensor that is zero where one is not; of
   * several inputs a list, null where one has none. It counts instead of the mask that comes with the input.
   */
  readonly mask?: SymbolicTensor | readonly (SymbolicTensor | null)[] | null
}

/** The options of every layer's call. */
const callOptions = {
  initialState: nullable<NonNullable<CallOptions['initialState']>>(
    (_where, _name, value) => value as LayerInput,
  ),
  training: nullable<false>((where, name, value) =>
    value === false
      ? value
      : fail(where, {
          expected: `${name} to be false or null (true is not supported yet)`,
          got: describeValue(value),
        }),
  ),
  mask: nullable<SymbolicTensor | readonly (SymbolicTensor | null)[]>((where, _name, value) => {
    const list: readonly unknown[] = Array.isArray(value) && value.length > 0 ? value : [value]
    return list.map((mask) => (mask === null ? null : (symbolicTensors(mask, where)[0] ?? null)))
  }),
} as const satisfies TableFor<CallOptions>

/** A layer that can be called; `Output` is one symbolic tensor or a list of them. */
export type CallableLayer<Output = SymbolicTensor> = Layer &
  ((input: LayerInput, options?: CallOptions) => Output)

const layers = new WeakMap<object, Layer>()
const callables = new WeakMap<Layer, unknown>()

/** The layer behind a callable one. */
export function layerOf(value: unknown, where: string): Layer {
  if (value instanceof Layer) return layers.get(value) ?? value
  return fail(where, { expected: 'a layer, such as LSTM(8)', got: describeValue(value) })
}

/** A layer inside another, as files store it. */
export const writeLayer = (layer: Layer): unknown => ({
  module: layer.module,
  className: layer.publicName,
  config: layer.getConfig(),
})

/** One symbolic tensor or a list of them, as a list. */
export function symbolicTensors(
  given: unknown,
  where: string,
  expected = 'symbolic tensors',
): readonly SymbolicTensor[] {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given]
  const isSymbolic = (tensor: unknown): tensor is SymbolicTensor => tensor instanceof SymbolicTensor
  if (list.length > 0 && list.every(isSymbolic)) return list
  const wrong = list.find((tensor) => !isSymbolic(tensor))
  return fail(where, {
    expected,
    got: list.length === 0 ? 'none' : wrong instanceof Layer ? wrong.where : describeValue(wrong),
    remedy: 'Call a layer on Input(...) or on what another layer returned; data go to model.predict.',
  })
}

/** Connects a layer by the arguments of its call: inputs, then options. */
export function callLayer(layer: Layer, args: readonly unknown[]): readonly SymbolicTensor[] {
  const { where, inputCount } = layer
  const found = args.findIndex(isOptions)
  const count = found < 0 ? inputCount : Math.min(found, inputCount)
  if (args.length > count + 1) {
    fail(where, { expected: 'to be called on inputs, then options', got: args.map(describeValue).join(', ') })
  }
  const table: typeof callOptions = { ...layer.callOptions, ...callOptions }
  const { initialState, training, mask, ...own } = readOptions(where, table, args[count])
  const [input, options] = layer.readInputs(args.slice(0, count), own)
  const given = symbolicTensors(input, where)
  // States of stacked cells come nested, those of each cell in a list.
  const states = initialState === null ? [] : symbolicTensors([initialState].flat(3), where)
  // As in Keras, initial states may also follow the input as positional arguments.
  const [inputs, behind] = layer.takesStates ? [given.slice(0, 1), given.slice(1)] : [given, []]
  return layer.connect(inputs, {
    states: [...behind, ...states],
    masks: [mask ?? []].flat(),
    options,
    training,
  })
}

/** A layer that can be called, the same one each time. */
export function callable<Made>(layer: Layer): Made {
  const found = callables.get(layer) ?? makeCallable(layer)
  callables.set(layer, found)
  return found as Made
}

function makeCallable(layer: Layer): unknown {
  const apply = (...args: readonly unknown[]): unknown => layer.arranged(callLayer(layer, args))
  // Consoles do not ask a proxy's handler: they print its target, which says what the layer is.
  Object.setPrototypeOf(apply, Object.getPrototypeOf(layer) as object)
  Reflect.deleteProperty(apply, 'length')
  const shown = { className: layer.className, name: layer.name, given: layer.given }
  for (const [key, value] of Object.entries(shown)) {
    Object.defineProperty(apply, key, { value, enumerable: true, configurable: true, writable: true })
  }
  const proxy = new Proxy(apply, {
    get(_target, key) {
      const value: unknown = Reflect.get(layer, key, layer)
      return typeof value === 'function' && key !== 'constructor' ? value.bind(layer) : value
    },
    set: (_target, key, value) => Reflect.set(layer, key, value, layer),
    has: (_target, key) => Reflect.has(layer, key),
    getPrototypeOf: () => Object.getPrototypeOf(layer) as object,
  })
  layers.set(proxy, layer)
  return proxy
}

/** The arguments of a layer's constructor: Keras's positional arguments and then options, or all by name, as keywords in Python. */
export type LayerArguments<Positional extends readonly unknown[], Options, AllByName> =
  | readonly [...Positional, options?: Options]
  | readonly [options: AllByName]

const registry = new Map<string, LayerDefinition>()

/** The layer classes that files may name. */
export const layerDefinitions: ReadonlyMap<string, LayerDefinition> = registry

/** A class of layers, and a function that makes a callable layer from the user's arguments. */
export interface LayerFactory<Table extends LayerTable = LayerTable> extends LayerDefinition<Table> {
  make<Made = CallableLayer>(...args: readonly unknown[]): Made
}

/** Declares a class of layers: its name, its options, those that come first without a name, and how one is made. */
export function defineLayer<Table extends LayerTable>(declaration: {
  readonly className: string
  readonly publicName?: string
  readonly table: Table
  readonly positional: readonly (keyof Table & string)[]
  readonly create: (definition: LayerDefinition<Table>, given: GivenOptions) => Layer
}): LayerFactory<Table> {
  const { className, publicName, table, positional, create } = declaration
  const definition: LayerDefinition<Table> = {
    className,
    table,
    create: (given) => create(definition, given),
  }
  registry.set(publicName ?? className, definition)
  const make = <Made>(...args: readonly unknown[]): Made => {
    // Options follow all positional arguments, or fewer of them, if they name the remaining ones.
    const found = args.findIndex(isOptions)
    const count = found < 0 ? positional.length : found
    const [options, ...more] = args.slice(count)
    const isOther = found < 0 && options !== undefined && options !== null
    const isTwice =
      isOptions(options) &&
      positional.some((name, i) => i < count && args[i] !== undefined && Object.hasOwn(options, name))
    if (isOther || isTwice || more.some((argument) => argument !== undefined)) {
      fail(className, {
        expected: `(${[...positional, 'options'].join(', ')})`,
        got: `(${args.map(describeValue).join(', ')})`,
      })
    }
    const given: Record<string, unknown> = { ...(options ?? {}) }
    positional.slice(0, count).forEach((name, index) => {
      if (args[index] !== undefined) given[name] = args[index]
    })
    return callable<Made>(create(definition, given))
  }
  return { ...definition, make }
}
