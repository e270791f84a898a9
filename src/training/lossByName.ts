// Losses by what users and files call them.

import { fail } from '../errors.ts'
import { isTensorFunction, type LossFunction, tracedFunction } from '../layers/functions.ts'
import { Family, type Identified, isMade, type Loading } from './identifiers.ts'
import type { Loss, LossConstructor } from './loss.ts'
import * as losses from './losses.ts'

export const lossFamily = new Family<Loss>('a loss')

/** Every loss that there is. */
export const lossConstructors: readonly LossConstructor[] = Object.values(losses)

for (const make of lossConstructors) lossFamily.add({ names: make.names, make })

/** The loss that a name, a loss or a file's config stands for. */
export function getLoss(identifier: string | Identified | Loss | LossFunction, where: string): Loss {
  if (isTensorFunction(identifier)) return tracedFunction(where, identifier)
  if (!isMade<Loss>(identifier)) return lossFamily.get(identifier, where)
  // A metric has `lower`, too, but of another type.
  return 'result' in identifier
    ? fail(where, { expected: 'a loss', got: `the metric ${identifier.name}` })
    : identifier
}

/** What must be loaded before `getLoss`; null if it is at hand. */
export const lossLoading = (
  identifier: string | Identified | Loss | LossFunction,
  where: string,
): Loading | null =>
  isTensorFunction(identifier) || isMade<Loss>(identifier) ? null : lossFamily.loadingOf(identifier, where)
