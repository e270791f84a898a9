// Layers and integers: a data set's integers lie on the device as such where all that reads them reads integers, else as floats.

import type { Layer } from './layer.ts'

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
