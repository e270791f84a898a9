// Options as tables: for each its default, how what the user wrote is read, and what a file keeps of it. What users may write
// is an interface beside the table, whose doc comments editors show; a table says by `satisfies TableFor<…>` that it takes all of
// the interface. (A type that is mapped from the table would do without the interface, but TypeScript's editor service shows no
// comments of mapped types.) Every public function that takes options reads them here.

import { checkBoolean, describeValue, fail } from '../errors.ts'
import { suggestName } from './oldNames.ts'

/** Returns the value that what the user wrote stands for, or throws. */
export type Read<T> = (where: string, name: string, value: unknown) => T

/**
 * One option: what it is when it is left out, how it is read, and how it is written.
 * `Input` is what the user may write where that is more than `T`: a name for an object, say.
 */
export interface Option<T, Input = T> {
  /** Undefined where the option must be given, or reading works out the default. */
  readonly fallback: T | undefined
  readonly read: Read<T>
  /** What a file keeps of the value: plain data, from which `read` makes an equal value. Undefined where it keeps nothing. */
  write(value: T): unknown
  readonly isRequired?: boolean
  /** Never set; carries the type. */
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

/** A table that takes all that `Options` let a user write; it may have more. */
export type TableFor<Options> = OptionTable & {
  readonly [Name in keyof Options]-?: undefined extends Options[Name]
    ? OptionalOption<unknown, Exclude<Options[Name], undefined>>
    : Option<unknown, Options[Name]>
}

/** What a table's options are once read: every one present. */
export type Config<Table extends OptionTable> = {
  readonly [Name in keyof Table]: ReturnType<Table[Name]['read']>
}

type Write<T> = (value: T) => unknown

const itself: Write<unknown> = (value) => value

/** Of an option that files do not keep. */
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

/** An option whose default is worked out by reading undefined. */
export const computed = <T, Input = T>(
  read: Read<T>,
  write: Write<T> = itself,
): OptionalOption<T, Input> => ({ fallback: undefined, read, write })

/** An option that may be null, Keras's None, and is so where it is left out. */
export const nullable = <T, Input = T>(
  read: Read<T>,
  write: Write<T> = itself,
): OptionalOption<T | null, Input | null> =>
  option<T | null, Input | null>(
    null,
    (where, name, value) => (value === null ? null : read(where, name, value)),
    (value) => (value === null && write !== unwritten ? null : write(value as T)),
  )

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

/** Whether a value is what options are written as: an object without a class, from whichever page or frame. */
export function isOptions(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** Reads what the user wrote against a table; an option that the table does not have is an error. */
export function readOptions<Table extends OptionTable>(
  where: string,
  table: Table,
  given: unknown,
): Config<Table> {
  const options = given ?? {}
  if (!isOptions(options)) {
    fail(where, { expected: 'options as an object, such as { name: … }', got: describeValue(given) })
  }
  const names = Object.keys(table)
  for (const name of Object.keys(options)) {
    if (names.includes(name)) continue
    const expected = names.length > 0 ? `only the options ${names.join(', ')}` : 'no options'
    fail(where, { expected, got: `'${name}'`, remedy: suggestName(name, names) })
  }
  const config = Object.entries(table).map(([name, { fallback, read }]) => {
    const value = options[name]
    return [name, value === undefined && fallback !== undefined ? fallback : read(where, name, value)]
  })
  return Object.fromEntries(config) as Config<Table>
}

/** What a file keeps of options: the other way of {@link readOptions}. */
export function writeOptions<Table extends OptionTable>(
  table: Table,
  config: Config<Table>,
): Record<string, unknown> {
  const written = Object.entries(table).map(([name, option]) => {
    const value: unknown = config[name]
    return [name, (option as Option<unknown>).write(value)] as const
  })
  return Object.fromEntries(written.filter(([, value]) => value !== undefined))
}
