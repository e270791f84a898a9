// Options that several callbacks have.

import { checkCount, checkPositiveInteger, describeValue, fail } from '../errors.ts'
import { type Config, computed, type OptionTable, option, readOptions } from '../util/options.ts'
import { namedArguments } from '../util/positional.ts'

/** The options of a callback, of which Keras's first arguments may be given by place. */
export const readArguments = <Table extends OptionTable>(
  where: string,
  table: Table,
  positional: readonly (keyof Table & string)[],
  args: readonly unknown[],
): Config<Table> => readOptions(where, table, namedArguments(where, positional, args, table))

/** 0 is silent; 1 prints what the callback does. */
export const verbose = option<number, 0 | 1 | boolean>(0, (where, name, value) => {
  if (typeof value === 'boolean') return Number(value)
  return value === 0 || value === 1 || value === 2
    ? value
    : fail(where, { expected: `${name} to be 0 or 1`, got: describeValue(value) })
})

/** A number of epochs. */
export const epochs = (fallback: number) => option(fallback, checkCount)

/** When something is saved: `'epoch'`, the default, after each epoch, or after so many batches. */
export const saveFreq = computed<'epoch' | number>((where, name, value) => {
  if (value === undefined || value === 'epoch') return 'epoch'
  if (typeof value === 'number') return checkPositiveInteger(where, name, value)
  return fail(where, {
    expected: `${name} to be 'epoch' or a number of batches`,
    got: describeValue(value),
  })
})
