// The layer through which a model of the user's own computes.

import { CustomLayer } from '../layers/customLayer.ts'
import type { Layer } from '../layers/layer.ts'
import type { SubclassedModel } from './subclassed.ts'

/** The only layer of the graph of a model of the user's own: it calls the hooks of the model. */
export class Caller extends CustomLayer {
  constructor(
    readonly hooks: SubclassedModel,
    supportsMasking: boolean,
  ) {
    super({ name: hooks.name, dtype: hooks.dtypePolicy })
    this.supportsMasking = supportsMasking
  }

  override get where(): string {
    return this.hooks.where
  }

  override get parts(): readonly Layer[] {
    return this.hooks.parts
  }

  override call(...args: readonly never[]): ReturnType<CustomLayer['call']> {
    return this.hooks.call(...args)
  }

  override computeMask(
    ...args: Parameters<CustomLayer['computeMask']>
  ): ReturnType<CustomLayer['computeMask']> {
    return this.hooks.computeMask(...args)
  }
}
