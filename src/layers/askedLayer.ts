// What users ask a layer beside calling it: to be built, shapes and masks of outputs, and what it was called on first.

import { fail } from '../errors.ts'
import { type OpenShape, shapeList } from '../util/shape.ts'
import type { LayerTable } from './layerDefinition.ts'
import { NamedLayer } from './namedLayer.ts'
import { hosting } from './own/hosting.ts'
import { type LayerNode, oneOrAll, type SymbolicTensor } from './symbolicTensor.ts'

/** The part of a layer that answers questions. */
export abstract class AskedLayer<Table extends LayerTable = LayerTable> extends NamedLayer<Table> {
  /** @internal */
  readonly nodes: LayerNode[] = []

  /** @internal Makes the weights, once. */
  abstract ensureBuilt(scope: string, inputs: readonly OpenShape[]): void

  /** @internal The shapes of the outputs for inputs of these shapes. */
  abstract outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[]

  /**
   * What the layer was called on first: a symbolic tensor, or a list of several.
   *
   * @throws {RecurraError} if the layer was not called.
   */
  get input(): SymbolicTensor | readonly SymbolicTensor[] {
    return oneOrAll(this.#firstNode.inputs)
  }

  /**
   * What the first call of the layer returned: a symbolic tensor, or a list of several. `Model(model.input, layer.output)` is the
   * part of a model up to the layer.
   *
   * @throws {RecurraError} if the layer was not called.
   */
  get output(): SymbolicTensor | readonly SymbolicTensor[] {
    return oneOrAll(this.#firstNode.outputs)
  }

  get #firstNode(): LayerNode {
    return (
      this.nodes[0] ??
      fail(this.where, {
        expected: 'a layer that was called',
        got: 'one that was not',
        remedy: 'Call it on Input(...), or give its model an input shape.',
      })
    )
  }

  /**
   * Makes the weights for an input of this shape, or of these, the batch in front: `[null, timesteps, features]`. A layer that has its
   * weights keeps them.
   */
  build(inputShape: OpenShape | readonly OpenShape[]): void {
    this.ensureBuilt('', shapeList(inputShape, `${this.where}.build`))
  }

  /** The shape of the output, or of several a list, for an input of this shape, or of these, the batch in front. */
  computeOutputShape(inputShape: OpenShape | readonly OpenShape[]): OpenShape | readonly OpenShape[] {
    return oneOrAll(this.outputShapes(shapeList(inputShape, `${this.where}.computeOutputShape`)))
  }

  /**
   * In code of a class of the user's own: the mask that the layer gives its output, `[batch, timesteps, …]`, 1 where a time step is valid and
   * else 0; null where it gives none.
   *
   * @param mask The mask of the input, by default that which comes with it.
   * @throws {RecurraError} outside of such code, and for data.
   */
  computeMask(
    inputs: SymbolicTensor | readonly SymbolicTensor[],
    mask: SymbolicTensor | null | readonly (SymbolicTensor | null)[] = null,
  ): SymbolicTensor | null | readonly (SymbolicTensor | null)[] {
    const { computeMask } = hosting
    return computeMask
      ? computeMask(this, inputs, mask)
      : fail(this.where, { expected: 'computeMask in a class of layers', got: 'other code' })
  }
}
