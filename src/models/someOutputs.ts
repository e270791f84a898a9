// Reads arrays for the outputs that have a loss or metrics. Loaded if other outputs have none.

import { entriesWhere } from '../util/mapValues.ts'
import { arraysOf, type GivenArray, isTable, readArray } from './data/arrays.ts'
import type { GivenSamples } from './data/fields.ts'

/**
 * What is given for those outputs that are asked for; null for the others, for which a list may hold anything, null
 * say, and an object nothing. An array by itself is for the only one.
 */
export function someOf(
  data: unknown,
  names: readonly string[],
  asked: readonly boolean[],
  where: string,
  what: string,
): (GivenArray | null)[] {
  if (!asked.includes(false)) return arraysOf(data, names, where, what)
  // A model that is trained by what its layers add alone has no targets.
  if (!asked.includes(true)) return names.map(() => null)
  const isAsked = (_: unknown, i: number): boolean => asked[i] === true
  const wanted = names.filter(isAsked)
  const found = arraysOf(wantedOf(data, names, isAsked), wanted, where, what)
  return names.map((name) => found[wanted.indexOf(name)] ?? null)
}

/** Reads the arrays of those outputs that are asked for, as {@link someOf} finds them. */
export const readSome = (...args: Parameters<typeof someOf>): (GivenSamples | null)[] =>
  someOf(...args).map((array) => array && readArray(array))

/** Without what is given for outputs that are not asked for. */
function wantedOf(
  data: unknown,
  names: readonly string[],
  isAsked: (_: unknown, i: number) => boolean,
): unknown {
  if (Array.isArray(data) && data.length === names.length) {
    const list = data.filter(isAsked)
    return list.length === 1 ? list[0] : list
  }
  if (!isTable(data)) return data
  const others = names.filter((name, i) => !isAsked(name, i))
  return entriesWhere(data, (_, name) => !others.includes(name))
}
