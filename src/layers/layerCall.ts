// Calls of layers on symbolic tensors, as users write them: inputs, then options.

import { checkBoolean, describeValue, fail } from '../errors.ts'
import { isOptions, nullable, readOptions, type TableFor } from '../util/options.ts'
import type { Tensor } from '../util/tensor.ts'
import type { Layer } from './layer.ts'
import { SymbolicTensor } from './symbolicTensor.ts'

/** What a layer may be called on: symbolic tensors; in the `call` of a class numbers, too, such as positions for an Embedding. */
export type LayerInput = SymbolicTensor | Tensor | readonly (SymbolicTensor | Tensor)[]

/** What layers and models of the user's own may be called on, too. */
export type NamedInputs = Readonly<Record<string, SymbolicTensor>>

type InitialState = SymbolicTensor | readonly (SymbolicTensor | readonly SymbolicTensor[])[]

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
  readonly mask?: SymbolicTensor | readonly (SymbolicTensor | null)[] | null
}

/** The options of every layer's call. */
const callOptions = {
  initialState: nullable<InitialState>((_where, _name, value) => value as InitialState),
  training: nullable(checkBoolean),
  mask: nullable<SymbolicTensor | readonly (SymbolicTensor | null)[]>((where, _name, value) => {
    const list: readonly unknown[] = Array.isArray(value) && value.length > 0 ? value : [value]
    return list.map((mask) => (mask === null ? null : (symbolicTensors(mask, where)[0] ?? null)))
  }),
} as const satisfies TableFor<CallOptions>

/** One symbolic tensor or a list of them, as a list. */
export function symbolicTensors(
  given: unknown,
  where: string,
  expected = 'symbolic tensors',
): readonly SymbolicTensor[] {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given]
  const wrong = list.findIndex((tensor) => !(tensor instanceof SymbolicTensor))
  if (wrong < 0 && list.length > 0) return list as readonly SymbolicTensor[]
  return fail(where, {
    expected,
    got: wrong < 0 ? 'none' : describeValue(list[wrong]),
    remedy: 'Call a layer on Input(...) or on what another layer returned; data go to model.predict.',
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
  const given = symbolicTensors(readNumbers?.(input) ?? input, where)
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
