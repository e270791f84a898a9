// Options as a table of defaults and checks: one declaration gives a function its argument's type, its defaults,
// its errors, and the config that a file keeps.

import { didYouMean, fail } from '../errors.ts'

/**
 * One option: what it is when it is left out, and a check that returns the value or throws.
 * `Input` is what the user may write where that is more than `T`: a name for an object, say.
 */
export interface Option<T, Input = T> {
  /** Undefined where the option must be given. */
  readonly fallback: T | undefined
  readonly check: (where: string, name: string, value: unknown) => T
  /** Never set; carries the type. */
  readonly input?: Input
}

export type OptionTable = Readonly<Record<string, Option<unknown>>>

/** What a table's options are once read: every one present. */
export type Config<Table extends OptionTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Option<infer T, unknown> ? T : never
}

/** What the user may write for an option. */
export type InputOf<O> = O extends Option<unknown, infer Input> ? Input : never

/** What the user may write for a table: any of its options. */
export type Given<Table extends OptionTable> = {
  readonly [Name in keyof Table]?: InputOf<Table[Name]> | undefined
}

export const option = <T, Input = T>(fallback: T, check: Option<T>['check']): Option<T, Input> => ({
  fallback,
  check,
})

/** An option without a default. */
export const required = <T, Input = T>(check: Option<T>['check']): Option<T, Input> => ({
  fallback: undefined,
  check,
})

/** Throws at an option that is none of `names`. */
export function checkOptionNames(where: string, given: object, names: readonly string[]): void {
  const wrong = Object.keys(given).find((name) => !names.includes(name))
  if (wrong === undefined) return
  const expected = names.length > 1 ? `the options ${names.join(', ')}` : `the option ${names[0]}`
  fail(where, { expected, got: `'${wrong}'`, remedy: didYouMean(wrong, names) })
}

/** Reads what the user wrote against a table; an option that the table does not have is an error. */
export function readOptions<Table extends OptionTable>(
  where: string,
  table: Table,
  given: Readonly<Record<string, unknown>>,
): Config<Table> {
  const names = Object.keys(table)
  for (const name of Object.keys(given)) {
    if (names.includes(name)) continue
    const expected = names.length > 0 ? `only the options ${names.join(', ')}` : 'no options'
    fail(where, { expected, got: `'${name}'`, remedy: didYouMean(name, names) })
  }
  const read = Object.entries(table).map(([name, { fallback, check }]) => {
    const value = given[name]
    return [name, value === undefined && fallback !== undefined ? fallback : check(where, name, value)]
  })
  return Object.fromEntries(read) as Config<Table>
}
