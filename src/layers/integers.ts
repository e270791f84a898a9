// Layers and integers: a data set's integers lie on the device as such where all that reads them reads integers, else as floats.

import type { Layer } from './layer.ts'
import type { LayerNode, SymbolicTensor } from './symbolicTensor.ts'
import type { Topology } from './topology.ts'

/** A layer that reads its input as integers. */
export interface TakesIntegers {
  readonly takesIntegers: boolean
}

export const takesIntegers = (layer: Layer | undefined): boolean =>
  layer !== undefined && 'takesIntegers' in layer && (layer as TakesIntegers).takesIntegers

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

/** How an input is read: as integers, as floats, or as either, by what makes floats of integers itself. */
export type Reading = 'integers' | 'floats' | 'either'

/** A layer that reads floats and integers alike. */
export interface ReadsEither {
  readonly readsEither: boolean
}

/** A layer of which each input may be read in another way. */
interface ReadsByInput {
  readingOf(index: number): Reading
}

function readingIn(layer: Layer, { inputs }: LayerNode, input: SymbolicTensor): Reading {
  if (takesIntegers(layer)) return 'integers'
  if ((layer as Partial<ReadsEither>).readsEither) return 'either'
  if (!('readingOf' in layer)) return 'floats'
  const { readingOf } = layer as unknown as ReadsByInput
  return together(inputs.flatMap((given, i) => (given === input ? Reflect.apply(readingOf, layer, [i]) : [])))
}

/** As integers only where nothing reads floats. */
function together(readings: readonly Reading[]): Reading {
  if (readings.includes('floats')) return 'floats'
  return readings.includes('integers') ? 'integers' : 'either'
}

/** How a graph reads one of its inputs. */
export function readingOf(
  { outputs, topology }: { readonly outputs: readonly SymbolicTensor[]; readonly topology: Topology },
  input: SymbolicTensor,
): Reading {
  if (outputs.includes(input)) return 'floats'
  return together(
    topology.calls.flatMap(({ layer, node }) =>
      node.inputs.includes(input) ? readingIn(layer, node, input) : [],
    ),
  )
}
