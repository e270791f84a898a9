// The Lambda of a text. Files have functions by name, which those of a text are not known by: they have the model of the operations
// that the function makes of its input, which Keras and this library read without the text.

import { fail } from '../errors.ts'
import { inputLayer } from '../layers/core/input.ts'
import { LambdaLayer } from '../layers/core/lambda.ts'
import type { GivenOptions, Layer } from '../layers/layer.ts'
import { keepingNames } from '../layers/naming.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { FunctionalModel } from '../models/functional.ts'
import type { OpenShape } from '../util/shape.ts'

/** A shape that two have in common: extents that differ are open. */
const common = (one: OpenShape, other: OpenShape): OpenShape =>
  one.map((extent, i) => (extent === other[i] ? extent : null))

export class TextLambda extends LambdaLayer {
  #made: { readonly calls: number; readonly model: FunctionalModel } | null = null

  override clone(changes: GivenOptions): Layer {
    return new TextLambda({ ...this.given, ...changes })
  }

  override get publicName(): string {
    return 'Functional'
  }

  override get module(): string {
    return 'keras.src.models.functional'
  }

  override get storedConfig(): Record<string, unknown> {
    return this.#model().getConfig()
  }

  override getConfig(): Record<string, unknown> {
    return this.storedConfig
  }

  /** What the function makes of inputs of the shapes that the layer was called on. It is made once, so that its parts keep their names. */
  #model(): FunctionalModel {
    if (this.#made?.calls !== this.nodes.length)
      this.#made = { calls: this.nodes.length, model: keepingNames(() => this.#make()) }
    return this.#made.model
  }

  #make(): FunctionalModel {
    const [first, ...others] = this.nodes
    if (!first)
      return fail(this.where, {
        expected: 'a model that knows the shape of its input, to be saved',
        got: 'one that was not called yet',
      })
    const inputs = first.inputs.map(({ shape }, i) => {
      const shapes = others.map((node) => node.inputs[i]?.shape ?? shape)
      const name = `${this.name}_input${i > 0 ? `_${i}` : ''}`
      return inputLayer({ batchShape: shapes.reduce<OpenShape>(common, shape), name }).connect(
        [],
      )[0] as SymbolicTensor
    })
    const outputs = this.call(...inputs, { training: null, mask: null })
    return new FunctionalModel(inputs, [outputs].flat() as SymbolicTensor[], {
      name: this.name,
      trainable: this.trainable,
    })
  }
}
