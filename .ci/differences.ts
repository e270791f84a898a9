// What bytes have that others have not: most of a module of WebAssembly is in its other variants, too, at other places.

import { type Difference, withDifferences } from '../src/backends/cpu/differences.ts'

/** The shortest run that is looked up in the base, in bytes; shorter ones are found only where the base goes on alike. */
const LOOKED_UP = 12
/** The shortest run that is copied: fewer bytes take as much as what says where they are. */
const COPIED = 4

/** The differences of bytes from a base, as {@link withDifferences} takes them. */
export function differencesOf(base: Uint8Array, bytes: Uint8Array): Difference[] {
  const places = placesOf(base)
  const differences: Difference[] = []
  let given: number[] = []
  // Where the base goes on.
  let next = 0
  for (let at = 0; at < bytes.length; ) {
    const same = (place: number): number => alike(base, place, bytes, at)
    let place = next
    for (const found of places.get(keyOf(bytes, at)) ?? []) if (same(found) > same(place)) place = found
    const count = same(place)
    if (count >= COPIED) {
      differences.push([hexOf(given), place - next, count])
      given = []
      at += count
      next = place + count
    } else {
      given.push(bytes[at++] as number)
      next++
    }
  }
  differences.push([hexOf(given), 0, 0])
  if (hexOf(withDifferences(base, differences)) !== hexOf(bytes))
    throw new Error('expected differences that give the bytes, got others')
  return differences
}

export const hexOf = (bytes: Iterable<number>): string => Buffer.from([...bytes]).toString('hex')

const keyOf = (bytes: Uint8Array, at: number): string => hexOf(bytes.subarray(at, at + LOOKED_UP))

function placesOf(base: Uint8Array): Map<string, number[]> {
  const places = new Map<string, number[]>()
  for (let at = 0; at + LOOKED_UP <= base.length; at++) {
    const key = keyOf(base, at)
    const known = places.get(key)
    if (known) known.push(at)
    else places.set(key, [at])
  }
  return places
}

/** How many bytes are alike from two places on. */
function alike(a: Uint8Array, atA: number, b: Uint8Array, atB: number): number {
  let count = 0
  while (atA + count < a.length && atB + count < b.length && a[atA + count] === b[atB + count]) count++
  return count
}
