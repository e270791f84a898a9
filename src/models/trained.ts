// The weights that training changes: a snapshot of the layers' `trainable` flags, taken by `compile` as in Keras. A flag that is set
// later, by a callback in the middle of a fit say, changes nothing until the next one.

import type { Layer } from '../layers/layer.ts'
import type { Variable } from '../layers/weights/variable.ts'
import { withParts } from '../layers/withParts.ts'

export class Trained {
  /** The weights that the optimizer changes, in the model's order. */
  readonly weights: readonly Variable[]
  readonly #weights: ReadonlySet<Variable>
  readonly #layers: ReadonlySet<Layer>

  /** @param layers Those of a model that is trainable itself; none otherwise. */
  constructor(layers: readonly Layer[]) {
    this.#weights = new Set(layers.flatMap((layer) => layer.trainableVariables))
    this.weights = [...this.#weights]
    this.#layers = new Set(withParts(layers).filter(({ trainable }) => trainable))
  }

  /** Whether the optimizer changes a weight. */
  has(variable: Variable): boolean {
    return this.#weights.has(variable)
  }

  /** Whether a layer is trainable; a frozen normalization, for example, uses its moving statistics even in training. */
  hasLayer(layer: Layer): boolean {
    return this.#layers.has(layer)
  }
}
