// Options of recurrent layers, and the options that layers of LSTM cells share.

import { checkBoolean } from '../../errors.ts'
import { activations } from '../../ops/activations.ts'
import type { ConstructorStatics } from '../../util/constructorOf.ts'
import { option, type TableFor, unwritten } from '../../util/options.ts'
import type { OpenShape } from '../../util/shape.ts'
import type { Layer } from '../layer.ts'
import { type ActivationIdentifier, activation, flag, initializer, readShare, seed } from '../options.ts'
import type { SymbolicTensor } from '../symbolicTensor.ts'
import { getInitializer } from '../weights/getInitializer.ts'
import type { Initializer, InitializerIdentifier } from '../weights/initializer.ts'
import { type BiasRules, type KernelRules, type RecurrentRules, rulesOf } from '../weights/weightRules.ts'
import type { CallableRecurrent } from './zeroStates.ts'

/** Options of every recurrent cell, with Keras 3's defaults. */
export interface CellOptions extends KernelRules, RecurrentRules, BiasRules {
  /** Applied to the candidate and to the output, `'tanh'` by default. */
  readonly activation?: ActivationIdentifier | null
  /** Whether a bias is added, `true` by default. */
  readonly useBias?: boolean
  /** First values of the input's kernel, `'glorot_uniform'` by default. */
  readonly kernelInitializer?: InitializerIdentifier
  /** First values of the state's kernel, `'orthogonal'` by default. */
  readonly recurrentInitializer?: InitializerIdentifier
  /** First values of the bias, `'zeros'` by default. */
  readonly biasInitializer?: InitializerIdentifier
  /** The share of the inputs to drop in training, from 0 to 1, which leaves none; `0` by default. */
  readonly dropout?: number
  /** The share of the state to drop in training, from 0 to 1, which leaves none; `0` by default. */
  readonly recurrentDropout?: number
  /** Fixes the draws of dropout; `null`, the default, takes the next seed of `setSeed`. */
  readonly seed?: number | null
}

/** Options of how a cell runs over a sequence. `State` is true where `returnState` is written out as true. */
export interface SequenceOptions<State extends boolean = boolean> {
  /** Whether the output has all time steps, `[batch, timesteps, ...]`, not the last one alone; `false` by default. */
  readonly returnSequences?: boolean
  /** Whether the last states are returned after the output, `false` by default. */
  readonly returnState?: State
  /** Whether time runs from the last time step to the first, `false` by default; outputs come in that order, too. */
  readonly goBackwards?: boolean
  /** Whether a batch starts from the last states of the previous batch, sample by sample, `false` by default. */
  readonly stateful?: boolean
  /** Whether the output of a masked time step is zeros, not that of the time step before; `false` by default. */
  readonly zeroOutputForMask?: boolean
  /** Kept for Keras's files, `false` by default: either way a sequence is computed as fast as it can be, with equal numbers. */
  readonly unroll?: boolean
}

/** Options of layers for which Keras has kernels of cuDNN. */
export interface CudnnOptions {
  /** Read for scripts that say it, `'auto'` by default: there is one way to compute a sequence here, and it is always taken. */
  readonly useCudnn?: boolean | 'auto'
}

export const cudnnOptions = {
  useCudnn: option<boolean | 'auto'>(
    'auto',
    (where, name, value) => (value === 'auto' ? value : checkBoolean(where, name, value)),
    unwritten,
  ),
} as const satisfies TableFor<CudnnOptions>

/** Options of every recurrent layer. */
export interface RecurrentOptions<State extends boolean = boolean>
  extends CellOptions,
    SequenceOptions<State> {}

export const cellOptions = {
  activation: activation('tanh'),
  useBias: flag(true),
  kernelInitializer: initializer('glorot_uniform'),
  recurrentInitializer: initializer('orthogonal'),
  biasInitializer: initializer('zeros'),
  ...rulesOf('kernel', 'recurrent', 'bias'),
  dropout: option(0, readShare),
  recurrentDropout: option(0, readShare),
  seed,
} as const satisfies TableFor<CellOptions>

export const sequenceOptions = {
  returnSequences: flag(false),
  returnState: flag(false),
  goBackwards: flag(false),
  stateful: flag(false),
  unroll: flag(false),
  zeroOutputForMask: flag(false),
} as const satisfies TableFor<SequenceOptions>

export const recurrentOptions = { ...cellOptions, ...sequenceOptions } as const

/** Options of the gates of an LSTM. */
export interface LSTMGateOptions {
  /** Applied to the gates, `'sigmoid'` by default. */
  readonly recurrentActivation?: ActivationIdentifier | null
  /** Whether the forget gate's bias starts at ones, `true` by default. */
  readonly unitForgetBias?: boolean
}

export const lstmGateOptions = {
  recurrentActivation: activation('sigmoid'),
  unitForgetBias: flag(true),
} as const satisfies TableFor<LSTMGateOptions>

/** The result of a recurrent layer's call: the output, with `returnState` followed by the states. */
export type RecurrentOutput<State extends boolean, States extends 1 | 2 = 2> = [State] extends [true]
  ? readonly [SymbolicTensor, SymbolicTensor, ...(States extends 2 ? [SymbolicTensor] : [])]
  : SymbolicTensor

/** Makes recurrent layers, typed by what a call of one returns, which depends on `returnState`. */
export interface RecurrentConstructor<Options, AllByName, States extends 1 | 2 = 2>
  extends ConstructorStatics<CallableRecurrent<RecurrentOutput<boolean, States>>> {
  <const State extends boolean = false>(
    units: number,
    options?: Options & SequenceOptions<State>,
  ): CallableRecurrent<RecurrentOutput<State, States>>
  <const State extends boolean = false>(
    options: AllByName & SequenceOptions<State>,
  ): CallableRecurrent<RecurrentOutput<State, States>>
  new <const State extends boolean = false>(
    units: number,
    options?: Options & SequenceOptions<State>,
  ): CallableRecurrent<RecurrentOutput<State, States>>
  new <const State extends boolean = false>(
    options: AllByName & SequenceOptions<State>,
  ): CallableRecurrent<RecurrentOutput<State, States>>
}

/** The code of an activation that a layer's options name; undefined for what no kernel of a recurrence knows. */
export const functionOf = (config: object, name: string): number | undefined =>
  activations[Reflect.get(config, name) as keyof typeof activations]?.code

/** The remedy for an input without time, which depends on the layer that it comes from. */
export function sequenceRemedy(shape: OpenShape | undefined, source: Layer | undefined): string | undefined {
  const [, extent] = shape ?? []
  if (shape?.length !== 2) return undefined
  if (source?.takesStates) return 'Set returnSequences: true on the layer before it.'
  if (source?.className === 'InputLayer') {
    return `Give the input time steps: [${extent}, 1] if these are steps, [1, ${extent}] if they are the features of one.`
  }
  return 'Put RepeatVector(timesteps) or Reshape([timesteps, features]) before it.'
}

/** Keras's unit forget bias: ones for the forget gate, the bias initializer for the others. */
export const biasOfLstm =
  ({ unitForgetBias }: { readonly unitForgetBias: boolean }) =>
  (units: number, initial: Initializer): { readonly initializer: Initializer } => {
    if (!unitForgetBias) return { initializer: initial }
    const ones = getInitializer('ones', 'LSTM')
    const draw = (_shape: readonly number[], generator: Parameters<Initializer>[1]): Float32Array =>
      Float32Array.from([
        ...initial([units], generator),
        ...ones([units], generator),
        ...initial([2 * units], generator),
      ])
    const { className, config, check } = initial
    return { initializer: Object.assign(draw, { className, config, check, getConfig: () => config }) }
  }
