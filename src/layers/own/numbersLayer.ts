// Numbers in a traced function, such as the positions that an Embedding is called on.

import { impossible } from '../../errors.ts'
import type { OpenShape } from '../../util/shape.ts'
import { Tensor, toTensor } from '../../util/tensor.ts'
import type { CallRequest, MaskedValue, StepLowering } from '../call.ts'
import { DirectLayer } from '../directLayer.ts'
import type { LayerDefinition } from '../layerDefinition.ts'
import { layerOptions } from '../options.ts'
import { oneOrAll, SymbolicTensor } from '../symbolicTensor.ts'

/** A layer that is called on nothing and gives what it was made with. */
class NumbersLayer extends DirectLayer {
  readonly #numbers

  constructor(numbers: Tensor) {
    super(definition, { name: 'numbers' })
    this.#numbers = this.addConstant('numbers', numbers)
  }

  /** As operations of `ops` it is no part of the layer whose call is traced. */
  override get module(): string {
    return 'keras.src.ops'
  }

  override outputShapes(): readonly OpenShape[] {
    return [this.#numbers.shape]
  }

  protected override lowerCall(step: StepLowering, _request: CallRequest): readonly MaskedValue[] {
    return [{ value: step.variable(this.#numbers), mask: null }]
  }
}

const definition: LayerDefinition = {
  className: 'numbers',
  table: layerOptions,
  create: () => impossible('numbers are made in a trace alone'),
}

/** Numbers as a tensor of a traced function. */
export const symbolicConstant = (numbers: Tensor): SymbolicTensor =>
  oneOrAll(new NumbersLayer(numbers).connect([])) as SymbolicTensor

/** A tensor of a traced function, or numbers as one. */
export const symbolicOf = (given: unknown, where: string): SymbolicTensor =>
  given instanceof SymbolicTensor ? given : symbolicConstant(toTensor(given, where))

/** Inputs of a call with symbolic tensors in the place of tensors. */
export function symbolicNumbers(inputs: unknown): unknown {
  if (Array.isArray(inputs)) return inputs.map(symbolicNumbers)
  return inputs instanceof Tensor ? symbolicConstant(inputs) : inputs
}
