// Optimizers by what users and files call them.

import { Family, type Identified, type Loading } from './identifiers.ts'
import { Optimizer } from './optimizer.ts'
import { Adam, SGD } from './optimizers/index.ts'

export const optimizerFamily = new Family<Optimizer>('an optimizer')

for (const make of [Adam, SGD]) optimizerFamily.add({ names: [make.className], make })
optimizerFamily.addLater(
  'Adadelta Adagrad Adamax Ftrl Lion Nadam RMSprop'.split(' '),
  async () => (await import('./laterOptimizers.ts')).later,
)

/** The optimizer that a name, an optimizer or a file's config stands for. */
export function getOptimizer(identifier: string | Identified | Optimizer, where: string): Optimizer {
  return identifier instanceof Optimizer ? identifier : optimizerFamily.get(identifier, where)
}

/** What must be loaded before `getOptimizer`; null if it is at hand. */
export const optimizerLoading = (
  identifier: string | Identified | Optimizer,
  where: string,
): Loading | null => (identifier instanceof Optimizer ? null : optimizerFamily.loadingOf(identifier, where))
