// The arguments of constructors: Keras's positional ones and then options, or all by name, as keywords in Python.

import { describeValue, fail } from '../errors.ts'
import { isOptions, type OptionTable, optionFor } from './options.ts'

/**
 * The arguments of a constructor: Keras's positional arguments and then options, or all by name, as keywords in Python. One argument and
 * options by name are one list, of which the compiler says what is wrong with which; of a union of lists it says only that none fits.
 */
export type PlacedArguments<
  Positional extends readonly unknown[],
  Options,
  AllByName,
> = Positional extends readonly [unknown?]
  ? readonly [...{ [At in keyof Positional]: Positional[At] | AllByName }, options?: Options]
  : readonly [...Positional, options?: Options] | readonly [options: AllByName]

/**
 * The options that arguments are, by their names.
 *
 * @param where The constructor, for errors.
 * @param positional The names of the arguments that may stand without one, in their order.
 * @param table All options, of which a remedy names one.
 */
export function namedArguments(
  where: string,
  positional: readonly string[],
  args: readonly unknown[],
  table: OptionTable = {},
): Record<string, unknown> {
  // Options follow all positional arguments, or fewer of them, if they name the remaining ones.
  const found = args.findIndex(isOptions)
  const count = found < 0 ? positional.length : found
  const [options, ...more] = args.slice(count)
  const given: Record<string, unknown> = { ...(options as object) }
  let isWrong =
    count > positional.length ||
    (found < 0 && options !== undefined && options !== null) ||
    more.some((argument) => argument !== undefined)
  positional.slice(0, count).forEach((name, i) => {
    if (args[i] === undefined) return
    // An argument may be given once.
    isWrong ||= Object.hasOwn(given, name)
    given[name] = args[i]
  })
  if (!isWrong) return given
  const last = positional.at(-1) ?? 'name'
  return fail(where, {
    expected: `(${[...positional, 'options'].join(', ')})`,
    got: `(${args.map(describeValue).join(', ')})`,
    remedy: optionFor(where, table, args[positional.length], Object.keys(table).indexOf(last) + 1),
  })
}
