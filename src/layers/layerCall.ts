// Calls of layers on symbolic tensors, as users write them: inputs, then options.

import { checkBoolean, describeValue, fail } from '../errors.ts'
import { MAX_RANK } from '../util/nested.ts'
import { isOptions, nullable, readOptions, type TableFor } from '../util/options.ts'
import { isTensorData, type NestedData, type NumericArray, type Tensor } from '../util/tensor.ts'
import type { Layer } from './layer.ts'
import { SymbolicTensor } from './symbolicTensor.ts'

type Either = SymbolicTensor | Tensor

/** What a layer may be called on: symbolic tensors, in the `call` of a class with tensors of numbers among them. */
export type LayerInput =
  | SymbolicTensor
  | readonly SymbolicTensor[]
  | readonly [SymbolicTensor, ...Either[]]
  | readonly [Either, SymbolicTensor, ...Either[]]

/** What layers and models of the user's own may be called on, too. */
export type NamedInputs = Readonly<Record<string, SymbolicTensor>>

/** Data that a layer may be called on, samples in front; several in a list, for classes of the user's own also by name. */
export type LayerData = NestedData | Readonly<Record<string, NestedData>>

/** The values of a layer's outputs: a tensor for each symbolic one. */
export type ValuesOf<Outputs> = Outputs extends SymbolicTensor
  ? Tensor
  : Outputs extends readonly [SymbolicTensor]
    ? Tensor
    : Outputs extends readonly SymbolicTensor[]
      ? { -readonly [Key in keyof Outputs]: Tensor }
      : Outputs extends Readonly<Record<string, SymbolicTensor>>
        ? { readonly [Key in keyof Outputs]: Tensor }
        : Tensor

/** Arrays without a tensor in them. */
type PlainData = NumericArray | readonly (number | bigint | boolean | PlainData)[]

/**
 * What a call of a layer with such outputs gives on tensors of numbers: a promise of values; within the `call` of a class, where they are
 * parts of what is computed, positions for an Embedding say, symbolic tensors.
 */
export type OnTensors<Outputs> = Outputs & PromiseLike<ValuesOf<Outputs>>

/** What a call of a layer with such outputs gives on data of this type. */
export type OnData<In, Outputs> = 0 extends 1 & In
  ? Outputs
  : In extends PlainData
    ? Promise<ValuesOf<Outputs>>
    : OnTensors<Outputs>

/** Draws of a known shape: numbers, but in a function that is traced a symbolic tensor, since each step draws anew. */
export type Drawn = SymbolicTensor & Tensor

/** The call of a layer: on symbolic tensors, or on data. */
export interface LayerFunction<Outputs, Options = CallOptions> {
  (input: Drawn, options?: Options): OnTensors<Outputs>
  (input: LayerInput, options?: Options): Outputs
  <In extends LayerData>(input: In, options?: Options): OnData<In, Outputs>
}

/** A tensor that a call is given beside its inputs; where these are data, it is data, too. */
export type CallTensor = SymbolicTensor | NestedData

type InitialState = CallTensor | readonly (CallTensor | readonly CallTensor[])[]

/** The arguments of a layer's call beside its input. */
export interface CallOptions {
  /** States that a recurrent layer starts from: `[h, c]` for LSTM; by default the stored ones, or zeros. */
  readonly initialState?: InitialState | null
  /**
   * `true` makes dropout, noise and normalization work as in training, also in predictions, whose batches then draw anew; `false` as
   * in predictions, also in training; `null`, the default, depends on the step. The method `call` of a class may hand on the
   * `training` that it is given.
   */
  readonly training?: boolean | null
  /**
   * Which time steps are valid, [batch, timesteps] for an input [batch, timesteps, ...]: a tensor that is zero where one is not; of
   * several inputs a list, null where one has none. It counts instead of the mask that comes with the input.
   */
  readonly mask?: CallTensor | readonly (CallTensor | null)[] | null
}

/** The options of every layer's call. */
const callOptions = {
  initialState: nullable<InitialState>((_where, _name, value) => value as InitialState),
  training: nullable(checkBoolean),
  mask: nullable<readonly (SymbolicTensor | null)[], NonNullable<CallOptions['mask']>>(
    (where, _name, value) => {
      const list: readonly unknown[] = Array.isArray(value) && value.length > 0 ? value : [value]
      return list.map((mask) => (mask === null ? null : (madeSymbolic(mask, where)[0] as SymbolicTensor)))
    },
  ),
} as const satisfies TableFor<CallOptions>

/** One symbolic tensor or a list of them, as a list. */
export function symbolicTensors(
  given: unknown,
  where: string,
  expected = 'symbolic tensors',
  more = '',
): readonly SymbolicTensor[] {
  const list: readonly unknown[] = [given].flat()
  const wrong = list.findIndex((tensor) => !(tensor instanceof SymbolicTensor))
  if (wrong < 0 && list.length > 0) return list as readonly SymbolicTensor[]
  return fail(where, {
    expected,
    got: wrong < 0 ? 'none' : describeValue(list[wrong]),
    remedy: `Call a layer on Input(...) or on what another layer returned.${more}`,
  })
}

/** Makes symbolic tensors of the numbers among inputs. */
type ReadNumbers = (inputs: unknown) => unknown

/** What reads the numbers that layers are called on; null but while a function is traced. */
let readNumbers: ReadNumbers | null = null

/** Runs code in which layers may be called on numbers. */
export function allowNumbers<T>(read: ReadNumbers, run: () => T): T {
  const outer = readNumbers
  readNumbers = read
  try {
    return run()
  } finally {
    readNumbers = outer
  }
}

/** The same where code is traced, which may hold tensors of numbers, too. */
const madeSymbolic = (
  given: unknown,
  where: string,
  expected?: string,
  more?: string,
): readonly SymbolicTensor[] => symbolicTensors(readNumbers?.(given) ?? given, where, expected, more)

/** Whether a value is data: numbers, or words for layers on the host, by themselves, in lists or in an object by name. */
const isData = (given: unknown, depth = 0, level = 0): boolean =>
  // An array or an object that holds itself would never end.
  Array.isArray(given)
    ? depth < MAX_RANK && isData(given[0], depth + 1, level)
    : (depth > 0 && given !== undefined && typeof given !== 'object') ||
      ArrayBuffer.isView(given) ||
      isTensorData(given) ||
      (level < MAX_RANK &&
        isOptions(given) &&
        Object.values(given).every((value) => isData(value, 0, level + 1)))

/**
 * What a call of a layer gives: for symbolic tensors more of these; for data a promise of what they become, outside of functions that
 * are traced. A layer on data runs as a model, whose code such calls load.
 */
export const called = (layer: Layer, args: readonly unknown[]): unknown =>
  readNumbers === null && isData(args[0])
    ? import('../models/dataCalls.ts').then(({ callOnData }) => callOnData(layer, args))
    : layer.arranged(callLayer(layer, args))

/** Connects a layer by the arguments of its call: inputs, then options. */
function callLayer(layer: Layer, args: readonly unknown[]): readonly SymbolicTensor[] {
  const { where, inputCount } = layer
  const found = args.findIndex(isOptions)
  const count = found < 0 ? inputCount : Math.min(found, inputCount)
  if (args.length > count + 1) {
    fail(where, { expected: 'to be called on inputs, then options', got: args.map(describeValue).join(', ') })
  }
  const table: typeof callOptions = { ...layer.callOptions, ...callOptions }
  const { initialState, training, mask, ...own } = readOptions(where, table, args[count])
  const [input, options] = layer.readInputs(args.slice(0, count), own)
  // State of React calls a function that it is to hold, on what it held before: nothing, or another model.
  const isSetAsState = 'fit' in layer && typeof (input ?? layer) === 'function'
  const given = madeSymbolic(
    input,
    where,
    'symbolic tensors or data',
    isSetAsState ? ' In React or Solid write setModel(() => model).' : '',
  )
  // States of stacked cells come nested, those of each cell in a list.
  const states = initialState === null ? [] : madeSymbolic([initialState].flat(3), where)
  // As in Keras, initial states may also follow the input as positional arguments.
  const [inputs, behind] = layer.takesStates ? [given.slice(0, 1), given.slice(1)] : [given, []]
  return layer.connect(inputs, {
    states: [...behind, ...states],
    masks: mask ?? [],
    options,
    training,
  })
}
