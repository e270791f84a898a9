// Optimizers by what users and files call them.

import type { WordsOf } from '../util/spellings.ts'
import { Family, type Identified, type Loading } from './identifiers.ts'
import { Optimizer } from './optimizer.ts'
import { plainOptimizers } from './optimizers/plain.ts'

export const optimizerFamily = new Family<Optimizer>('an optimizer')

const COMMON = 'Adam AdamW SGD'
const RARE = 'Adadelta Adafactor Adagrad Adamax Ftrl Lamb Lion Muon Nadam RMSprop'

type ClassName = WordsOf<typeof COMMON | typeof RARE>

/** Optimizers by name, as `compile` takes them: Keras's classes, in small letters too. */
export type OptimizerName = ClassName | Lowercase<ClassName>

optimizerFamily.addLater(COMMON.split(' '), async () => (await import('./adamAndSgd.ts')).adamAndSgd)
optimizerFamily.addLater(RARE.split(' '), async () => (await import('./laterOptimizers.ts')).later)

/** The optimizers that are at hand by name, of no options. */
const plainOf = (identifier: unknown): (() => Optimizer) | undefined =>
  typeof identifier === 'string' ? plainOptimizers.get(identifier.toLowerCase()) : undefined

/** The optimizer that a name, an optimizer or a file's config stands for. */
export function getOptimizer(identifier: string | Identified | Optimizer, where: string): Optimizer {
  if (identifier instanceof Optimizer) return identifier
  return plainOf(identifier)?.() ?? optimizerFamily.get(identifier, where)
}

/** What must be loaded before `getOptimizer`; null if it is at hand. */
export const optimizerLoading = (
  identifier: string | Identified | Optimizer,
  where: string,
): Loading | null =>
  identifier instanceof Optimizer || plainOf(identifier) ? null : optimizerFamily.loadingOf(identifier, where)
