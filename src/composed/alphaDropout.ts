// Dropout that keeps the mean and the variance of what SELU makes: what is dropped takes SELU's value far below 0, and a scale and a
// shift make up for it. Klambauer et al. 2017.

import {
  type CallableLayer,
  defineLayer,
  type LayerArguments,
  type LayerConstructor,
} from '../layers/callable.ts'
import type { GivenOptions, LayerDefinition } from '../layers/layer.ts'
import { readRate } from '../layers/options.ts'
import type { CallContext } from '../layers/own/customLayer.ts'
import {
  Dropout,
  type DropoutArguments,
  type DropoutOptions,
  dropoutTable,
} from '../layers/regularization/dropout.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { add, multiply, subtract } from '../operations/elementwise.ts'
import { SELU_ALPHA, SELU_SCALE } from '../ops/selu.ts'
import { required, type TableFor } from '../util/options.ts'
import { ComposedLayer } from './composedLayer.ts'

export interface AlphaDropoutOptions extends DropoutOptions {}

// Of rate 1 nothing would be left to scale: Keras divides by zero.
const table = { ...dropoutTable, rate: required(readRate) } as const satisfies TableFor<DropoutArguments>

/** The limit of SELU far below 0: −alpha·scale. */
const LOWEST = -SELU_ALPHA * SELU_SCALE

/** @internal */
export class AlphaDropoutLayer extends ComposedLayer<typeof table> {
  readonly dropout: CallableLayer

  constructor(given: GivenOptions, definition: LayerDefinition<typeof table>) {
    super(given, definition)
    const { rate, noiseShape, seed } = this.config
    this.dropout = Dropout(rate, { noiseShape, seed, name: 'dropout', dtype: this.dtypePolicy })
  }

  override call(x: SymbolicTensor, { training }: CallContext): SymbolicTensor {
    const { rate } = this.config
    // Called in predictions, too, so that a noiseShape that does not fit is refused when the model is built.
    const kept = this.dropout(subtract(x, LOWEST))
    if (!training) return x
    const scale = 1 / Math.sqrt((1 - rate) * (1 + rate * LOWEST ** 2))
    const shift = -scale * LOWEST * rate
    // The layer inside divides what it keeps by 1 − rate; its zeros become the lowest value.
    return add(multiply(kept, scale * (1 - rate)), scale * LOWEST + shift)
  }
}

const definition = defineLayer({
  className: 'AlphaDropout',
  table,
  positional: ['rate'],
  create: (self, given) => new AlphaDropoutLayer(given, self),
})

/**
 * In training sets a share of its inputs to the lowest value of SELU, and keeps mean 0 and variance 1; changes nothing otherwise. Any
 * shape.
 *
 * @param rate The share, in [0, 1).
 * @see keras/src/layers/regularization/alpha_dropout.py
 */
export const AlphaDropout: LayerConstructor<
  LayerArguments<[rate: number], AlphaDropoutOptions, DropoutArguments>
> = definition.make
export type AlphaDropout = ReturnType<typeof AlphaDropout>
