// Losses by what users and files call them.

import { describeValue, fail } from '../errors.ts'
import { isTensorFunction, type LossFunction, ownOf, tracedFunction } from '../layers/functions.ts'
import type { OwnLosses } from '../layers/own/ownNames.ts'
import type { NamesIn } from '../util/spellings.ts'
import { entriesIn, Family, type Identified, isMade, type Loading, type NamedClass } from './identifiers.ts'
import type { Loss } from './loss.ts'
import { MeanAbsoluteError, MeanSquaredError } from './losses/common.ts'

export const lossFamily = new Family<Loss>('a loss')

lossFamily.addAll(entriesIn([MeanSquaredError, MeanAbsoluteError]))

const FUSED = [
  'BinaryCrossentropy bce',
  'CategoricalCrossentropy cce',
  'SparseCategoricalCrossentropy',
  'Huber huber_loss',
  'MeanAbsolutePercentageError mape',
  'MeanSquaredLogarithmicError msle',
  'LogCosh',
  'KLDivergence kl_divergence kld',
  'Poisson',
] as const

const WRITTEN = [
  'CosineSimilarity',
  'BinaryFocalCrossentropy',
  'CategoricalFocalCrossentropy',
  'CategoricalGeneralizedCrossEntropy',
  'Hinge',
  'SquaredHinge',
  'CategoricalHinge',
  'Dice',
  'Tversky',
  'Circle',
  'CTC',
] as const

/** Losses by name, as `compile` takes them: Keras's classes, functions and aliases. Names that are registered come from {@link OwnLosses}. */
export type LossName =
  | NamesIn<
      'MeanSquaredError mse' | 'MeanAbsoluteError mae' | (typeof FUSED)[number] | (typeof WRITTEN)[number]
    >
  | keyof OwnLosses

/** Names of losses whose code is loaded later, and what loads it. */
export const laterLosses: readonly (readonly [names: readonly string[], load: () => Promise<object>])[] = [
  [FUSED, () => import('./losses/fused.ts')],
  [WRITTEN, () => import('./losses/written.ts')],
]

for (const [names, load] of laterLosses) lossFamily.addLater(names, async () => entriesIn(await load()))

/** A loss as users have it in their hands: one, its class, a file's config, or a function of `ops`. */
export type GivenLoss = Loss | NamedClass<Loss> | Identified | LossFunction

/** The loss that a name, a loss or a file's config stands for. */
export function getLoss(given: string | GivenLoss, where: string): Loss {
  const identifier = ownOf(given)
  if (isTensorFunction(identifier)) return tracedFunction(where, identifier)
  if (!isMade<Loss>(identifier)) return lossFamily.get(identifier, where)
  // A metric has `lower`, too, but of another type.
  return 'compute' in identifier
    ? fail(where, { expected: 'a loss', got: `the metric ${identifier.name}` })
    : identifier
}

/**
 * What must be loaded before `getLoss`; null if it is at hand.
 *
 * @throws {RecurraError} for names that are none of a loss.
 */
export const lossLoading = (identifier: string | GivenLoss, where: string): Loading | null => {
  // Keras chooses one of three losses for these names, by targets, which are not there before the first call.
  if (typeof identifier === 'string' && /^(ce|crossentropy)$/i.test(identifier))
    fail(where, {
      expected: 'a loss of one meaning',
      got: describeValue(identifier),
      remedy:
        "Write 'binary_crossentropy', 'categorical_crossentropy' for one-hot targets, or 'sparse_categorical_crossentropy' for class indices.",
    })
  return isTensorFunction(identifier) || isMade<Loss>(identifier)
    ? null
    : lossFamily.loadingOf(identifier, where)
}
