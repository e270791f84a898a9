// What LSTM and ConvLSTM have in common: options, the unit forget bias, states.

import { checkInteger, fail } from '../errors.ts'
import { unsupported } from '../util/options.ts'
import { type OpenShape, showShape } from '../util/shape.ts'
import { getInitializer, type Initializer } from './initializers.ts'
import type { Layer, SymbolicTensor } from './layer.ts'
import { absent, flag, gateActivation, initializer, nullable, rate } from './options.ts'

/** Options of a gated recurrence, with Keras 3's defaults. */
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
  dropout: rate({ required: false }),
  recurrentDropout: rate({ required: false }),
  seed: nullable((where, name, value) => checkInteger(where, name, value, { min: 0 })),
  returnSequences: flag(false),
  returnState: flag(false),
  goBackwards: flag(false),
  stateful: flag(false),
  unroll: unsupported(false),
  zeroOutputForMask: unsupported(false),
} as const

/** What a recurrent layer returns: with `returnState` the output and its two states. */
export type RecurrentOutput<Options> = Options extends { readonly returnState: true }
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
