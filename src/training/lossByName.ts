// Losses by what users and files call them.

import { fail } from '../errors.ts'
import { isTensorFunction, type LossFunction, tracedFunction } from '../layers/functions.ts'
import { Family, type Identified, isMade } from './identifiers.ts'
import type { Loss, LossConstructor } from './loss.ts'
import * as losses from './losses.ts'

const family = new Family<Loss>('a loss', {
  planned: ['msle', 'mape', 'meansquaredlogarithmicerror', 'meanabsolutepercentageerror'],
})

/** Every loss that there is. */
export const lossConstructors: readonly LossConstructor[] = Object.values(losses)

for (const make of lossConstructors) family.add(make.names, make)

/** The loss that a name, a loss or a file's config stands for. */
export function getLoss(identifier: string | Identified | Loss | LossFunction, where: string): Loss {
  if (isTensorFunction(identifier)) return tracedFunction(where, identifier)
  if (!isMade<Loss>(identifier)) return family.get(identifier, where)
  // A metric has `lower`, too, but of another type.
  return 'result' in identifier
    ? fail(where, { expected: 'a loss', got: `the metric ${identifier.name}` })
    : identifier
}
