// Where entries of a tensor come from, as data of the device.

import { fail } from '../errors.ts'

/** Places that a float can tell from each other. */
const MOST_PLACES = 2 ** 24
/** Entries, of each of which the device has the place. */
const MOST_ENTRIES = 2 ** 26

/** Throws before anything is made of an extent, which a file may claim, of which not every entry has a place. */
export function checkPlaces(where: string, extent: number, entries: number): void {
  if (extent > MOST_PLACES)
    fail(where, { expected: `an axis of at most ${MOST_PLACES} entries`, got: `${extent}` })
  if (entries > MOST_ENTRIES)
    fail(where, { expected: `a result of at most ${MOST_ENTRIES} entries along it`, got: `${entries}` })
}
