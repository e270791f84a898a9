import type { Layer } from '../layers/layer.ts'

/** Whether a layer is a model that was given its inputs and outputs. */
export const isFunctional = (layer: Layer & { readonly isFunctional?: boolean }): boolean =>
  layer.isFunctional === true
