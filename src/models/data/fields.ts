// Arrays of samples as users give them, and as they go to the device.

import { toIntegers } from '../../util/integerTensor.ts'
import type { Shape } from '../../util/shape.ts'
import { checkFiniteData, type Tensor, toTensor } from '../../util/tensor.ts'
import { type RowPlaces, Windows } from '../../util/windows.ts'

/** Numbers of one array on the device: floats, or integers where a layer reads them as such. */
export type FieldData = Float32Array | Int32Array

/** An array of samples as it goes to the device. */
export interface Field {
  readonly data: FieldData
  readonly shape: Shape
  /** Where rows lie in the data, unless one follows the other: those of windows overlap. */
  readonly places?: RowPlaces | undefined
}

/** An array of samples as the user gave it. */
export type GivenSamples = Tensor | Windows

/** Reads an array of samples, of any rank. */
export const readGiven = (given: unknown, where: string): GivenSamples =>
  given instanceof Windows ? given : toTensor(given, where)

/** The numbers that samples consist of, each once. */
export const numbersIn = (samples: GivenSamples): Tensor =>
  samples instanceof Windows ? samples.series : samples

/** Throws at the first number of samples that is not finite. */
export const checkFiniteSamples = (samples: GivenSamples, where: string): void =>
  checkFiniteData(numbersIn(samples), where)

/** The data of a field of integers; throws at the first number that is none. */
export function integersOf(samples: GivenSamples, where: string): FieldData {
  if (!(samples instanceof Windows)) return toIntegers(samples, where).data
  toIntegers(samples.series, where)
  return Int32Array.from(samples.data)
}

/** Where the rows of fields lie; undefined where those of all follow each other. */
export const placesOf = (fields: readonly Field[]): (RowPlaces | undefined)[] | undefined =>
  fields.some(({ places }) => places) ? fields.map(({ places }) => places) : undefined
