// Numbers in a traced function, such as the positions that an Embedding is called on.

import { impossible } from '../../errors.ts'
import type { OpenShape } from '../../util/shape.ts'
import { Tensor } from '../../util/tensor.ts'
import type { CallRequest, MaskedValue, StepLowering } from '../call.ts'
import { DirectLayer } from '../directLayer.ts'
import type { LayerDefinition } from '../layerDefinition.ts'
import { layerOptions } from '../options.ts'
import type { SymbolicTensor } from '../symbolicTensor.ts'

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
  create: () => {
    impossible('numbers are made in a trace alone')
  },
}

/** Inputs of a call with symbolic tensors in the place of tensors. */
export const symbolicNumbers = (inputs: unknown): unknown =>
  Array.isArray(inputs) ? inputs.map(symbolic) : symbolic(inputs)

const symbolic = (input: unknown): unknown =>
  input instanceof Tensor ? (new NumbersLayer(input).connect([]) as readonly SymbolicTensor[])[0] : input
