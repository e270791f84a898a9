// Keys in brackets behind arrays and weights.

import { boundsOf } from '../python/slices.ts'
import { Ellipsis, Slice, type Value } from '../python/values.ts'
import { type Key, partOf } from './numbers/ndarray.ts'

/** The keys in brackets, one for each axis; null where they are of another kind, such as masks. */
export function keysOf(keys: readonly Value[], rank: number): readonly Key[] | null {
  const left = rank - keys.filter((key) => key !== null && !(key instanceof Ellipsis)).length
  if (left < 0) return null
  const made: Key[] = []
  for (const key of keys) {
    if (key instanceof Ellipsis)
      made.push(...Array.from({ length: left }, () => ({ start: null, stop: null, step: 1 })))
    else if (key === null) made.push(null)
    else if (key instanceof Slice) {
      const bounds = boundsOf(key)
      if (!bounds) return null
      made.push(bounds)
    } else if (typeof key === 'bigint') made.push(Number(key))
    else return null
  }
  return made
}

/** Whether a slice has a bound that is the extent of an open axis, which a step knows alone. */
const isOpenSlice = (key: Value): boolean => key instanceof Slice && key.isOpen

/** The shape of a part whose slices have bounds that a step knows alone. */
export function openShape(shape: readonly number[], keys: readonly Value[]): (number | null)[] {
  const made: (number | null)[] = [...shape]
  const behind = keys.findIndex((key) => key instanceof Ellipsis)
  const kept = keys.filter((key) => typeof key !== 'bigint' && !(key instanceof Ellipsis))
  kept.forEach((key, i) => {
    const isBehind = behind >= 0 && keys.indexOf(key) > behind
    if (isOpenSlice(key)) made[isBehind ? shape.length - kept.length + i : i] = null
  })
  return made
}

export const isOpenPart = (keys: readonly Value[]): boolean => keys.some(isOpenSlice)

/** The shape of a part of which slices have such bounds; null where the keys are of another kind. */
export function openPart(
  shape: readonly number[],
  keys: readonly Value[],
): readonly (number | null)[] | null {
  const read = isOpenPart(keys) ? keysOf(keys, shape.length) : null
  const part = read && partOf(shape, read)
  return part && openShape(part.shape, keys)
}
