// Models of any graph of layers.

import type { NoWeights } from '../layers/call.ts'
import { callable } from '../layers/callable.ts'
import type { GivenOptions } from '../layers/layer.ts'
import { symbolicTensors } from '../layers/layerCall.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { readOptions } from '../util/options.ts'
import { graphConfig } from './graphConfig.ts'
import { modelClass } from './graphModel.ts'
import { type CallableModel, LayersModel, type ModelOptions, modelOptions } from './model.ts'
import { startAt } from './partOfGraph.ts'

const definition = modelClass('Functional')

/** A graph of layers from inputs to outputs. */
export class FunctionalModel extends LayersModel {
  constructor(
    inputs: readonly SymbolicTensor[],
    outputs: readonly SymbolicTensor[],
    options: GivenOptions = {},
  ) {
    super(definition, options)
    this.setGraph(...startAt(inputs, outputs))
    if (!this.trainable) this.trainable = false
  }

  override get module(): string {
    return 'keras.src.models.functional'
  }

  /** The model's options, its layers with their calls, and its inputs and outputs, as Keras's files have them. */
  override getConfig(): Record<string, unknown> {
    const { dtype: _, ...options } = super.getConfig()
    return { ...options, ...graphConfig(this.graph.whole) }
  }

  protected override createWeights(): NoWeights {
    return {}
  }
}

/** What a call of a model with such outputs returns. */
export type ModelOutput<Outputs> = Outputs extends readonly [infer Only] ? Only : Outputs

/**
 * A model of the layers between inputs and outputs.
 *
 * @param inputs What {@link Input} returned; a list for several. Other symbolic tensors make a model of a part of another, with
 * the same weights: `Model(model.getLayer('a').output, model.output)`.
 * @param outputs What layers returned; a list for several.
 * @throws {RecurraError} if an output does not depend on the inputs alone.
 * @see keras/src/models/functional.py
 */
export function Model<const Outputs extends SymbolicTensor | readonly SymbolicTensor[]>(
  inputs: SymbolicTensor | readonly SymbolicTensor[],
  outputs: Outputs,
  options?: ModelOptions,
): CallableModel<FunctionalModel, ModelOutput<Outputs>> {
  const given = readOptions('Model', modelOptions, options)
  const inputList = symbolicTensors(inputs, 'Model', 'inputs as symbolic tensors')
  return callable(
    new FunctionalModel(inputList, symbolicTensors(outputs, 'Model', 'outputs as symbolic tensors'), given),
  )
}
