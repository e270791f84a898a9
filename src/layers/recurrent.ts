// What LSTM and ConvLSTM have in common: options, the unit forget bias, states.

import { fail } from '../errors.ts'
import { option, type TableFor, unsupported } from '../util/options.ts'
import { type OpenShape, showShape } from '../util/shape.ts'
import { getInitializer, type Initializer, type InitializerIdentifier } from './initializers.ts'
import type { Layer, SymbolicTensor } from './layer.ts'
import {
  absent,
  flag,
  type GateActivationName,
  gateActivation,
  initializer,
  readRate,
  seed,
} from './options.ts'

/** Options of a gated recurrence, with Keras 3's defaults. `State` is true where `returnState` is written out as true. */
export interface RecurrentOptions<State extends boolean = boolean> {
  /** Applied to the candidate and the output, `'tanh'` by default. */
  readonly activation?: GateActivationName | null
  /** Applied to the gates, `'sigmoid'` by default. */
  readonly recurrentActivation?: GateActivationName | null
  /** Whether a bias is added, `true` by default. */
  readonly useBias?: boolean
  /** First values of the input's kernel, `'glorot_uniform'` by default. */
  readonly kernelInitializer?: InitializerIdentifier
  /** First values of the state's kernel, `'orthogonal'` by default. */
  readonly recurrentInitializer?: InitializerIdentifier
  /** First values of the bias, `'zeros'` by default. */
  readonly biasInitializer?: InitializerIdentifier
  /** Whether the forget gate's bias starts at ones, `true` by default. */
  readonly unitForgetBias?: boolean
  /** The share of the inputs to drop in training, in [0, 1), `0` by default. */
  readonly dropout?: number
  /** The share of the state to drop in training, in [0, 1), `0` by default. */
  readonly recurrentDropout?: number
  /** Fixes the draws of dropout; `null`, the default, takes the next seed of `setSeed`. */
  readonly seed?: number | null
  /** Whether the output is that of every time step, `[batch, timesteps, ...]`, not of the last alone; `false` by default. */
  readonly returnSequences?: boolean
  /** Whether the last states come behind the output, `[output, h, c]`; `false` by default. */
  readonly returnState?: State
  /** Whether time runs from the last step to the first, `false` by default; outputs come in that order, too. */
  readonly goBackwards?: boolean
  /** Whether a batch goes on from the states that the one before left, sample by sample, `false` by default. */
  readonly stateful?: boolean
}

export const recurrentOptions = {
  activation: gateActivation('tanh'),
  recurrentActivation: gateActivation('sigmoid'),
  useBias: flag(true),
  kernelInitializer: initializer('glorot_uniform'),
  recurrentInitializer: initializer('orthogonal'),
  biasInitializer: initializer('zeros'),
  unitForgetBias: flag(true),
  kernelRegularizer: absent,
  recurrentRegularizer: absent,
  biasRegularizer: absent,
  activityRegularizer: absent,
  kernelConstraint: absent,
  recurrentConstraint: absent,
  biasConstraint: absent,
  dropout: option(0, readRate),
  recurrentDropout: option(0, readRate),
  seed,
  returnSequences: flag(false),
  returnState: flag(false),
  goBackwards: flag(false),
  stateful: flag(false),
  unroll: unsupported(false),
  zeroOutputForMask: unsupported(false),
} as const satisfies TableFor<RecurrentOptions>

/** What a recurrent layer returns: with `returnState` the output and its two states. */
export type RecurrentOutput<State extends boolean> = [State] extends [true]
  ? readonly [SymbolicTensor, SymbolicTensor, SymbolicTensor]
  : SymbolicTensor

/** What to do about an input without time, after the layer that it comes from. */
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
export function forgetBias(units: number, bias: Initializer): Initializer {
  const ones = getInitializer('ones', 'LSTM')
  const initial = (_shape: readonly number[], generator: Parameters<Initializer>[1]): Float32Array =>
    Float32Array.from([
      ...bias([units], generator),
      ...ones([units], generator),
      ...bias([2 * units], generator),
    ])
  return Object.assign(initial, { className: bias.className, config: bias.config, check: bias.check })
}

/** A stateful layer keeps states of one batch size. */
export function checkFixedBatch(layer: Layer, stateful: boolean, shape: OpenShape, axes: string): void {
  if (!stateful || typeof shape[0] === 'number') return
  fail(layer.where, {
    expected: 'a fixed batch size for stateful: true',
    got: showShape(shape),
    remedy: `Give batchShape: ${axes} to the first layer, or batchSize to Input.`,
  })
}
