// Models of any graph of layers.

import { fail } from '../errors.ts'
import type { NoWeights } from '../layers/call.ts'
import type { GivenOptions } from '../layers/layer.ts'
import { symbolicTensors } from '../layers/layerCall.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { readOptions } from '../util/options.ts'
import type { Tensor } from '../util/tensor.ts'
import { type EndKeys, graphConfig } from './graphConfig.ts'
import { modelClass } from './graphModel.ts'
import { LayersModel, modelOptions } from './model.ts'
import { startAt } from './partOfGraph.ts'
import type { Predicted } from './trainer/returned.ts'

const definition = modelClass('Functional')

/** A graph of layers from inputs to outputs. */
export class FunctionalModel<Outputs extends Predicted = Tensor> extends LayersModel<Outputs> {
  /** @internal The keys of inputs and of outputs in a file that has them by keys, in the order of the model's. */
  endKeys: EndKeys = {}

  constructor(inputs: readonly SymbolicTensor[], outputs: readonly SymbolicTensor[], options: GivenOptions) {
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
    return { ...options, ...graphConfig(this.graph.whole, this.endKeys) }
  }

  protected override createWeights(): NoWeights {
    return {}
  }
}

/** What a call of a model with such outputs returns. */
export type ModelOutput<Outputs> = Outputs extends readonly [infer Only] ? Only : Outputs

/** A model of the layers between inputs and outputs. */
export function functionalModel(args: readonly unknown[]): FunctionalModel {
  const [inputs, outputs, options, ...more] = args
  if (more.length > 0)
    fail('Model', { expected: '(inputs, outputs, options)', got: `${args.length} arguments` })
  const given = readOptions('Model', modelOptions, options)
  return new FunctionalModel(
    symbolicTensors(inputs, 'Model', 'inputs as symbolic tensors'),
    symbolicTensors(outputs, 'Model', 'outputs as symbolic tensors'),
    given,
  )
}
