// Where a model starts: the shape of one of its inputs.

import { fail } from '../errors.ts'
import { option } from '../util/options.ts'
import type { OpenShape } from '../util/shape.ts'
import { defineLayer } from './callable.ts'
import { Layer, type SymbolicTensor } from './layer.ts'
import { layerOptions, nullable, shape } from './options.ts'

const table = {
  ...layerOptions,
  shape: nullable(shape),
  sparse: option(false, (_where, _name, value) => value === true),
}

/** An input of a model; made by {@link Input}. */
export class InputLayer extends Layer<typeof table> {
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

  override lower(): readonly never[] {
    return fail(this.where, { expected: 'to be an input of the model', got: 'a layer among others' })
  }
}

const definition = defineLayer({
  className: 'InputLayer',
  table,
  positional: ['shape'],
  create: (self, given) => new InputLayer(self, given),
})

export interface InputOptions {
  /** Samples a batch, for stateful layers; open by default. */
  readonly batchSize?: number
  readonly batchShape?: OpenShape
  /** `input_layer`, `input_layer_1`, … by default. */
  readonly name?: string
}

/**
 * The start of a functional model: a symbolic tensor of this shape.
 *
 * @param shape Without the batch: `[timesteps, features]`. May be left out where `batchShape` is given.
 * @see keras/src/layers/core/input_layer.py
 */
export function Input(
  shape: OpenShape | (InputOptions & { readonly shape?: OpenShape }),
  options: InputOptions = {},
): SymbolicTensor {
  const given = Array.isArray(shape) ? { ...options, shape } : { ...shape }
  return inputLayer(given).call([])[0] as SymbolicTensor
}

/** The layer behind {@link Input}. */
export const inputLayer = (given: Readonly<Record<string, unknown>>): InputLayer =>
  definition.create(given) as InputLayer
