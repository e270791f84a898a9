// Where a model starts: the shape of one of its inputs.

import { fail } from '../errors.ts'
import { type Given, unsupported } from '../util/options.ts'
import type { OpenShape } from '../util/shape.ts'
import { defineLayer, type LayerArguments } from './callable.ts'
import { type SymbolicTensor, WeightlessLayer } from './layer.ts'
import { layerOptions, nullable, shape } from './options.ts'

const table = {
  ...layerOptions,
  shape: nullable(shape),
  sparse: unsupported(false),
}

/** An input of a model; made by {@link Input}. */
export class InputLayer extends WeightlessLayer<typeof table> {
  /** The shape with its batch, null where that is open. */
  readonly inputShape: OpenShape = this.config.batchShape ?? [
    this.config.batchSize,
    ...(this.config.shape ?? []),
  ]

  override outputShapes(): readonly OpenShape[] {
    if (this.config.shape === null && this.config.batchShape === null) {
      fail(this.where, { expected: 'a shape', got: 'none', remedy: 'Write Input([timesteps, features]).' })
    }
    return [this.inputShape]
  }

  protected override lower(): readonly never[] {
    return fail(this.where, { expected: 'to be an input of the model', got: 'a layer among others' })
  }
}

const definition = defineLayer({
  className: 'InputLayer',
  table,
  positional: ['shape'],
  create: (self, given) => new InputLayer(self, given),
})

export type InputOptions = Omit<Given<typeof table>, 'shape'>

/**
 * The start of a functional model: a symbolic tensor of this shape.
 *
 * @param args The shape without its batch, `[timesteps, features]`, and options: `batchSize`, samples a batch for stateful
 * layers; `batchShape` instead of both; `name`, `input_layer`, `input_layer_1`, … by default.
 * @see keras/src/layers/core/input_layer.py
 */
export const Input = (...args: LayerArguments<typeof table, [shape: OpenShape], ['shape']>): SymbolicTensor =>
  definition.make(...args).connect([])[0] as SymbolicTensor

/** The layer behind {@link Input}. */
export const inputLayer = (given: Readonly<Record<string, unknown>>): InputLayer =>
  definition.create(given) as InputLayer
