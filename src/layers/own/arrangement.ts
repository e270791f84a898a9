// How tensors are given to calls and returned by them: by themselves, in lists, in objects, and in lists and objects of these.

import { mapValues } from '../../util/mapValues.ts'
import { isOptions } from '../../util/options.ts'

/** Null for a tensor by itself; else what is at each place of a list, or by each name of an object. */
export type Arrangement = null | readonly Arrangement[] | { readonly [name: string]: Arrangement }

/** The arrangement of each argument of a call. */
export type Structure = readonly Arrangement[]

/** Values as they are given: by themselves, in lists, in objects. */
export type Arranged<T> = T | readonly T[] | Readonly<Record<string, T>>

/** A list of tensors. */
export const listOf = (count: number): Arrangement => Array.from({ length: count }, () => null)

/** An object of tensors. */
export const namedBy = (names: readonly string[]): Arrangement =>
  Object.fromEntries(names.map((name) => [name, null]))

export function arrangementOf(given: unknown): Arrangement {
  if (Array.isArray(given)) return given.map(arrangementOf)
  return isOptions(given) ? mapValues(given, arrangementOf) : null
}

/** What is given, in order. */
export function flattened(given: unknown): unknown[] {
  if (Array.isArray(given)) return given.flatMap(flattened)
  return isOptions(given) ? Object.values(given).flatMap(flattened) : [given]
}

/** The same with the names of objects in order. */
export function sortedNames(given: unknown): unknown {
  if (Array.isArray(given)) return given.map(sortedNames)
  if (!isOptions(given)) return given
  const names = Object.keys(given).sort()
  return Object.fromEntries(names.map((name) => [name, sortedNames(given[name])]))
}

/** Values in the order of a call's tensors as its arguments. */
export function argumentsOf<T>(values: readonly T[], structure: Structure): readonly Arranged<T>[] {
  const remaining = [...values]
  const arranged = (arrangement: Arrangement): unknown => {
    if (arrangement === null) return remaining.shift()
    return isList(arrangement) ? arrangement.map(arranged) : mapValues(arrangement, arranged)
  }
  return structure.map((arrangement) => arranged(arrangement) as Arranged<T>)
}

const isList = (arrangement: Arrangement): arrangement is readonly Arrangement[] => Array.isArray(arrangement)

/** The names of an object; null for other arrangements. */
export const namesIn = (arrangement: Arrangement): readonly string[] | null =>
  arrangement === null || isList(arrangement) ? null : Object.keys(arrangement)

/** What errors call it. */
export function showArrangement(arrangement: Arrangement): string {
  const names = namesIn(arrangement)
  if (names) return `{ ${names.join(', ')} }`
  return arrangement === null ? 'a tensor' : `a list of ${(arrangement as readonly unknown[]).length}`
}
