// What models and layers ask of layers on the host and of the user's own code, once there was such a layer: pages without one do not load
// their code.

import type { OpenShape } from '../../util/shape.ts'
import type { LayerGraph } from '../layerGraph.ts'
import type { NamedLayer } from '../namedLayer.ts'
import type { SymbolicTensor } from '../symbolicTensor.ts'

interface Hosting {
  /** The part of a graph that is the device's. */
  cut?: (where: string, graph: LayerGraph) => LayerGraph
  /** Whether data are words, by the first entry. */
  isText?: (data: unknown) => boolean
  /** Reads data, also of words, for their shape. */
  toData?: (data: unknown, where: string) => { readonly shape: readonly number[] }
  /** The mask that a layer gives its output, in code that is traced. */
  computeMask?: (layer: NamedLayer, inputs: unknown, mask: unknown) => SymbolicTensor | null
  /** What stands in code that is traced for a tensor of an open shape. */
  openTensor?: (shape: OpenShape) => SymbolicTensor
}

export const hosting: Hosting = {}
