// Gradients of one tensor of a graph by others, as a call in that graph.

import { fail, impossible } from '../../errors.ts'
import type { Value } from '../../graph/graph.ts'
import { copyOverwritten } from '../../ops/copyOverwritten.ts'
import { gradientsOf, refuseConstant } from '../../ops/furtherGradients.ts'
import { type OpenShape, showShape } from '../../util/shape.ts'
import type { CallRequest, MaskedValue, StepLowering } from '../call.ts'
import { ModelInput } from '../core/input.ts'
import { DirectLayer } from '../directLayer.ts'
import type { GivenOptions, LayerDefinition } from '../layer.ts'
import { symbolicTensors } from '../layerCall.ts'
import { layerOptions } from '../options.ts'
import type { SymbolicTensor } from '../symbolicTensor.ts'
import { dependsOn } from './dependsOn.ts'

class GradientsLayer extends DirectLayer {
  /** Whether gradients of what is computed with these go through them. */
  readonly #isFollowed: boolean

  constructor(isFollowed: boolean, name: string | null = null) {
    super(definition, name === null ? {} : { name })
    this.#isFollowed = isFollowed
  }

  override get module(): string {
    return 'recurra'
  }

  override clone({ name }: GivenOptions): GradientsLayer {
    return new GradientsLayer(this.#isFollowed, name as string)
  }

  override get losesMask(): boolean {
    return false
  }

  /** The loss may be a mean over the batch. */
  override mixesSamples(): boolean {
    return true
  }

  override outputShapes([_loss, ...sources]: readonly OpenShape[]): readonly OpenShape[] {
    return sources
  }

  protected override lowerCall(step: StepLowering, { inputs }: CallRequest): readonly MaskedValue[] {
    const { graph } = step
    const [loss, ...sources] = inputs as readonly [Value, ...Value[]]
    step.finish(copyOverwritten)
    return gradientsOf(graph, this.where, loss, sources, this.#isFollowed).map((found, i) => ({
      value: found ?? refuseConstant(this.where, sources[i] ?? loss),
      mask: null,
    }))
  }

  override get storedConfig(): never {
    return fail(this.where, {
      expected: 'layers that files have',
      got: 'gradients, which Keras has no layer for',
      remedy: 'Save a model of what is differentiated, and take the gradients of the one that is loaded.',
    })
  }
}

const definition: LayerDefinition = {
  className: 'Gradients',
  table: layerOptions,
  create: () => impossible('gradients are taken by their function alone'),
}

/**
 * The gradients of the sum of a tensor by tensors that it was computed of.
 *
 * @param isFollowed Whether gradients of what is computed with these go through them; they are constants else.
 */
export function takeGradients(
  where: string,
  loss: SymbolicTensor,
  sources: readonly SymbolicTensor[],
  isFollowed: boolean,
): SymbolicTensor[] {
  const inputs = symbolicTensors([loss, ...sources], where)
  // Of inputs of a function or a model one may be computed of the other where that is called.
  for (const source of sources)
    if (!(source.layer instanceof ModelInput || dependsOn([loss], (tensor) => tensor === source)))
      fail(where, {
        expected: 'tensors that the loss is computed of',
        got: `one of ${showShape(source.shape)} that it does not depend on: the output of ${source.layer.where}`,
        remedy:
          'What a model computes inside is none of the tensors around it: make it an output of the model that is called.',
      })
  return [...new GradientsLayer(isFollowed).connect(inputs)]
}
