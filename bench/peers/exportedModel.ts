// A model that is exported to ONNX, with inputs.

import { type CallableLayer, Input, type LayersModel, Sequential, type Tensor, tensor } from 'recurra/node'
import { uniform } from '../../test/support/values.ts'

export interface ExportedModel {
  readonly name: string
  make(): LayersModel | Promise<LayersModel>
  /** One tensor an input. */
  readonly x: readonly Tensor[]
}

export const random = (shape: readonly number[], seed = 1, low = -1, high = 1): Tensor =>
  tensor(uniform(shape, low, high, seed).data, shape)

/** Ids of words, of which the last ones are padding, and some in between. */
export const words = (rows: number, steps: number): Tensor =>
  tensor(
    Float32Array.from({ length: rows * steps }, (_, i) =>
      i % steps > steps - 1 - (Math.floor(i / steps) % 3) || i % 7 === 3 ? 0 : (i * 5) % 9,
    ),
    [rows, steps],
  )

/** A model of layers in a chain. */
export const chain = (
  name: string,
  x: Tensor,
  inputShape: readonly (number | null)[],
  ...layers: CallableLayer[]
) => ({
  name,
  make: () => Sequential([Input([...inputShape]), ...layers]),
  x: [x],
})
