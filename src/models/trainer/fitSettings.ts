// All options of model.fit, read and checked before anything runs. Loaded where there are others than the plain ones.

import { checkInteger, checkPositiveInteger, describeValue, fail } from '../../errors.ts'
import { readRate } from '../../layers/options.ts'
import type { CallbackHooks } from '../../training/callbacks.ts'
import { checkSignal } from '../../util/checkSignal.ts'
import { type Config, nullable, option, type TableFor } from '../../util/options.ts'
import type { ClassWeight, Data } from '../data/data.ts'
import { batchSize, type FitOptions, plainOptions, type ValidationData } from './fitOptions.ts'

export const sampleWeight = nullable<unknown, Data>((_where, _name, value) => value)
export const classWeight = nullable<unknown, ClassWeight>((_where, _name, value) => value)
export const callbacks = option<readonly CallbackHooks[], CallbackHooks | readonly CallbackHooks[] | null>(
  [],
  (_where, _name, given) => [(given ?? []) as CallbackHooks | readonly CallbackHooks[]].flat(),
)
export const signal = nullable(checkSignal)

const { epochs, verbose, shuffle, initialEpoch } = plainOptions

export const fitOptions = {
  batchSize,
  epochs,
  verbose,
  callbacks,
  validationSplit: option(0, readRate),
  // Read with the data of the validation.
  validationData: nullable<unknown, ValidationData>((_where, _name, value) => value),
  validationBatchSize: batchSize,
  validationSteps: nullable(checkPositiveInteger),
  validationFreq: option<number | readonly number[]>(1, readFrequency),
  shuffle,
  classWeight,
  sampleWeight,
  initialEpoch,
  stepsPerEpoch: nullable(checkPositiveInteger),
  signal,
} as const satisfies TableFor<FitOptions>

/** Options of fit, checked, defaults filled in. */
export type FitSettings = Config<typeof fitOptions>

function readFrequency(where: string, name: string, value: unknown): number | readonly number[] {
  if (Array.isArray(value) && value.length > 0)
    return value.map((epoch, i) => checkInteger(where, `${name}[${i}]`, epoch, { min: 1 }))
  if (typeof value === 'number') return checkPositiveInteger(where, name, value)
  return fail(where, {
    expected: `${name} to be a positive integer, or a list of epochs`,
    got: describeValue(value),
  })
}
