// Reads arrays for the outputs that have a loss or metrics. Loaded if other outputs have none.

import type { Tensor } from '../util/tensor.ts'
import { isTable, readArrays } from './data.ts'

/**
 * Reads the arrays of those outputs that are asked for; null for the others, for which a list may hold anything, null
 * say, and an object nothing. An array by itself is for the only one.
 */
export function readSome(
  data: unknown,
  names: readonly string[],
  asked: readonly boolean[],
  where: string,
  what: string,
): (Tensor | null)[] {
  if (!asked.includes(false)) return readArrays(data, names, where, what)
  const isAsked = (_: unknown, i: number): boolean => asked[i] === true
  const wanted = names.filter(isAsked)
  const read = readArrays(wantedOf(data, names, isAsked), wanted, where, what)
  return names.map((name) => read[wanted.indexOf(name)] ?? null)
}

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
  return Object.fromEntries(Object.entries(data).filter(([name]) => !others.includes(name)))
}
