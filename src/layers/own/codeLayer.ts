// What code that is traced does beside calling layers and functions, as a call in its graph.

import { DirectLayer } from '../directLayer.ts'
import type { LayerDefinition } from '../layerDefinition.ts'

export abstract class CodeLayer extends DirectLayer {
  readonly #where: string

  /**
   * @param where What errors call it.
   * @param name A name of its own, so that it takes none of those that Keras counts.
   */
  constructor(where: string, definition: LayerDefinition, name: string) {
    super(definition, { name })
    this.#where = where
  }

  override get where(): string {
    return this.#where
  }

  /** As operations of `ops` it is no part of the model. */
  override get module(): string {
    return 'keras.src.ops'
  }

  override get losesMask(): boolean {
    return false
  }
}
