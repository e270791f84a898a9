// What models ask layers that compute on the host, once such a layer was made: pages without one do not load their code.

import type { LayerGraph } from '../layerGraph.ts'

interface Hosting {
  /** The part of a graph that is the device's. */
  cut?: (where: string, graph: LayerGraph) => LayerGraph
  /** Whether data are words, by the first entry. */
  isText?: (data: unknown) => boolean
  /** Reads data, also of words, for their shape. */
  toData?: (data: unknown, where: string) => { readonly shape: readonly number[] }
}

export const hosting: Hosting = {}
