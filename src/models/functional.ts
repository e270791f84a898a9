// Models of any graph of layers.

import { fail } from '../errors.ts'
import { symbolicTensors } from '../layers/callable.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { readOptions } from '../util/options.ts'
import { showShape } from '../util/shape.ts'
import { LayersModel, type ModelOptions, modelOptions } from './model.ts'

/** A graph of layers from inputs to outputs. */
export class FunctionalModel extends LayersModel {
  constructor(
    inputs: readonly SymbolicTensor[],
    outputs: readonly SymbolicTensor[],
    name: string | undefined,
  ) {
    super('Functional', name)
    this.setGraph(inputs, outputs)
  }
}

/**
 * A model of the layers between inputs and outputs.
 *
 * @param inputs What {@link Input} returned; a list for several.
 * @param outputs What layers returned; a list for several.
 * @throws {RecurraError} if an output does not depend on the inputs alone.
 * @see keras/src/models/functional.py
 */
export function Model(
  inputs: SymbolicTensor | readonly SymbolicTensor[],
  outputs: SymbolicTensor | readonly SymbolicTensor[],
  options?: ModelOptions,
): FunctionalModel {
  const { name } = readOptions('Model', modelOptions, options)
  const inputList = symbolicTensors(inputs, 'Model', 'inputs as symbolic tensors')
  for (const { layer, shape } of inputList) {
    if (layer.className !== 'InputLayer')
      fail('Model', { expected: 'inputs made by Input(…)', got: `an output of ${layer.where}` })
    if (shape.slice(1).includes(null)) {
      fail('Model', {
        expected: 'known extents beside the batch',
        got: showShape(shape),
        remedy: 'Give Input every extent.',
      })
    }
  }
  return new FunctionalModel(
    inputList,
    symbolicTensors(outputs, 'Model', 'outputs as symbolic tensors'),
    name ?? undefined,
  )
}
