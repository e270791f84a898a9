// Models of a text that lack something, such as a layer that is not known: they are not among what a text gives.

import type { Layer } from '../layers/layer.ts'
import { withParts } from '../layers/withParts.ts'

export class IncompleteModels {
  readonly #lacking = new Set<Layer>()

  /** Says of a model that it lacks something itself. */
  add(model: Layer): void {
    this.#lacking.add(model)
  }

  /** Whether a model lacks something, or a model inside it does. */
  has(model: Layer): boolean {
    return this.#lacking.size > 0 && withParts([model]).some((part) => this.#lacking.has(part))
  }
}
