// Option tables: each option has a default, a reader for the user's value, and a writer for files. Beside a table stands an
// interface of what users may write, with the doc comments that editors show; `satisfies TableFor<…>` checks that the table
// covers the interface. (A type that is mapped from the table would make the interface superfluous, but TypeScript's editor
// service shows no comments of mapped types.) Every public function that takes options reads them with these functions.

import { checkBoolean, checkOneOf, describeValue, fail, LISTED } from '../errors.ts'
import { entriesWhere, mapValues } from './mapValues.ts'
import { suggestName } from './oldNames.ts'

/** Converts the user's value, or throws. */
export type Read<T> = (where: string, name: string, value: unknown) => T

/**
 * One option: its default, how it is read and how it is written. `Input` is the type of the user's value, if that is more than
 * `T`: an object may be given by its name, for example.
 */
export interface Option<T, Input = T> {
  /** The default; undefined if the option must be given, or if `read` computes the default. */
  readonly fallback: T | undefined
  readonly read: Read<T>
  /** The value as plain data for a file, from which `read` makes an equal value; undefined if files leave the option out. */
  write(value: T): unknown
  readonly isRequired?: boolean
  /** Never set: it exists for the type only. */
  readonly takes?: (value: Input) => void
}

/** An option that must be given. */
export interface RequiredOption<T, Input = T> extends Option<T, Input> {
  readonly isRequired: true
}

/** An option that may be left out. */
export interface OptionalOption<T, Input = T> extends Option<T, Input> {
  readonly isRequired?: false
}

export type OptionTable = Readonly<Record<string, Option<unknown, never>>>

/** A table that covers all options of the interface `Options`; it may have more. */
export type TableFor<Options> = OptionTable & {
  readonly [Name in keyof Options]-?: undefined extends Options[Name]
    ? OptionalOption<unknown, Exclude<Options[Name], undefined>>
    : Option<unknown, Options[Name]>
}

/** The options of a table after reading, with defaults filled in. */
export type Config<Table extends OptionTable> = {
  readonly [Name in keyof Table]: ReturnType<Table[Name]['read']>
}

type Write<T> = (value: T) => unknown

const itself: Write<unknown> = (value) => value

/** The writer of an option that files leave out. */
export const unwritten: Write<unknown> = () => undefined

export const option = <T, Input = T>(
  fallback: T,
  read: Read<T>,
  write: Write<T> = itself,
): OptionalOption<T, Input> => ({ fallback, read, write })

/** An option that must be given. */
export const required = <T, Input = T>(
  read: Read<T>,
  write: Write<T> = itself,
): RequiredOption<T, Input> => ({
  fallback: undefined,
  read,
  write,
  isRequired: true,
})

/** An option whose default `read` computes, from undefined. */
export const computed = <T, Input = T>(
  read: Read<T>,
  write: Write<T> = itself,
): OptionalOption<T, Input> => ({ fallback: undefined, read, write })

/** Of the options of a config those whose defaults are computed: another time they may be others. */
export const computedOptions = (
  table: OptionTable,
  config: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> => {
  return entriesWhere(config, (_, name) => table[name]?.fallback === undefined && !table[name]?.isRequired)
}

/** How an option is read that may be null, Keras's None, too. */
export const orNull =
  <T>(read: Read<T>): Read<T | null> =>
  (where, name, value) =>
    value === null ? null : read(where, name, value)

/** An option that may be null, which is also the default. */
export const nullable = <T, Input = T>(
  read: Read<T>,
  write: Write<T> = itself,
): OptionalOption<T | null, Input | null> =>
  option<T | null, Input | null>(null, orNull(read), (value) =>
    value === null && write !== unwritten ? null : write(value as T),
  )

/** How an option is read that is one of a few words. */
export const oneOf =
  <const Word extends string>(words: readonly Word[]): Read<Word> =>
  (where, name, value) =>
    checkOneOf(where, name, value, words)

export const flag = (fallback: boolean): OptionalOption<boolean> => option(fallback, checkBoolean)

/**
 * An option of Keras that Recurra does not have yet: its default, and null or false, are accepted; all else is an error. Files
 * leave it out.
 */
export const unsupported = <const T extends null | boolean | number | string>(only: T): OptionalOption<T> =>
  option<T>(
    only,
    (where, name, value) =>
      value === only || value === null || value === false
        ? only
        : fail(where, {
            expected: `${name} to be ${typeof only === 'string' ? `'${only}'` : only} (it is not supported yet)`,
            got: describeValue(value),
          }),
    unwritten,
  )

/** Whether a value is a plain object, also one of another frame, whose `Object` is not this `Object`. */
export function isOptions(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/**
 * A remedy for a value that stands without a name: the option that has its place in Keras, if it takes the value.
 *
 * @param place The place among the options of the table.
 */
export function optionFor(where: string, table: OptionTable, value: unknown, place = 0): string | undefined {
  const [name, { read } = {}] = Object.entries(table)[place] ?? []
  // Symbolic tensors, alone or in a list, are what layers are called on.
  if (Object([value].flat()[0]).layer) return 'Call it: layer([a, b]).'
  if (name === undefined || value === undefined || typeof value === 'object') return
  try {
    read?.(where, name, value)
    return `Write { ${name}: ${typeof value === 'function' ? '…' : describeValue(value)} }.`
  } catch {
    return
  }
}

/** Refuses names in an object of options that are none of `names`. */
export function checkNames(where: string, options: object, names: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (names.includes(name)) continue
    const remedy = suggestName(name, names)
    const listed = names.length > 0 ? `only the options ${names.join(', ')}` : 'no options'
    fail(where, {
      expected: remedy && names.length > LISTED ? 'one of its options' : listed,
      got: `'${name}'`,
      remedy,
    })
  }
}

/** Reads the user's options by a table; an option that the table does not have is an error. */
export function readOptions<Table extends OptionTable>(
  where: string,
  table: Table,
  given: unknown,
): Config<Table> {
  const options = given ?? {}
  const names = Object.keys(table)
  if (!isOptions(options)) {
    fail(where, {
      expected: `options as an object${names[0] ? `, such as { ${names[0]}: … }` : ''}`,
      got: describeValue(given),
      remedy: optionFor(where, table, given),
    })
  }
  checkNames(where, options, names)
  const config = mapValues(table as OptionTable, ({ fallback, read }, name) => {
    const value = options[name]
    return value === undefined && fallback !== undefined ? fallback : read(where, name, value)
  })
  // A layer's, an optimizer's or a metric's: what a user changes later would change nothing, or half.
  return Object.freeze(config) as Config<Table>
}

/** Options as plain data for a file: the inverse of {@link readOptions}. */
export function writeOptions<Table extends OptionTable>(
  table: Table,
  config: Config<Table>,
): Record<string, unknown> {
  const written = mapValues(table as OptionTable, (option, name) =>
    (option as Option<unknown>).write(config[name]),
  )
  return entriesWhere(written, (value) => value !== undefined)
}
