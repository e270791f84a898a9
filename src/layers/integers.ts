// Layers and integers: a data set's integers lie on the device as such where all that reads them reads integers, else as floats.

import type { Layer } from './layer.ts'
import type { LayerGraph } from './layerGraph.ts'
import type { SymbolicTensor } from './symbolicTensor.ts'

/** How an input is read: as integers, as floats, or as either, by what makes floats of integers itself. */
export type Reading = 'integers' | 'floats' | 'either'

/** A layer that may read inputs as other than floats. */
export interface Reads {
  /** How it reads an input, which counts from 0. */
  readingOf(index: number): Reading
}

/** How a layer reads an input. */
export const readingIn = (layer: Layer | undefined, index: number): Reading =>
  (layer as Partial<Reads> | undefined)?.readingOf?.(index) ?? 'floats'

/** Whether a layer of one input reads it as integers. */
export const takesIntegers = (layer: Layer | undefined): boolean => readingIn(layer, 0) === 'integers'

/** How a graph reads one of its inputs: as integers only where nothing reads floats. */
export function readingOf(
  { outputs, topology }: Pick<LayerGraph, 'outputs' | 'topology'>,
  input: SymbolicTensor,
): Reading {
  const readings = topology.calls.flatMap(({ layer, node }) =>
    node.inputs.flatMap((given, i) => (given === input ? readingIn(layer, i) : [])),
  )
  if (outputs.includes(input) || readings.includes('floats')) return 'floats'
  return readings.includes('integers') ? 'integers' : 'either'
}

/** A layer that reads data of another kind than floats. */
interface ReadsData {
  readonly readsDtype: 'int32' | 'string'
}

/** The dtype of an input in front of a layer; null for floats. */
export const inputDtype = (layer: Layer | undefined): ReadsData['readsDtype'] | null =>
  takesIntegers(layer) ? 'int32' : ((layer as Partial<ReadsData> | undefined)?.readsDtype ?? null)

/** A layer that reads floats as ids, and reports one that it does not have; its value is the number of those that it has. */
export interface ReportsIds {
  readonly reportsIds: number
}

/** Whether a layer reports ids that it does not have. */
export const reportsIds = (layer: Layer): boolean => takesIntegers(layer) || 'reportsIds' in layer

/** An input that may be of integers. */
export interface GivesIntegers {
  readonly givesIntegers: boolean
}

export const givesIntegers = (layer: Layer): boolean =>
  'givesIntegers' in layer && (layer as GivesIntegers).givesIntegers
