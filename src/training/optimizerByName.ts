// Optimizers by what users and files call them.

import { Family, type Identified } from './identifiers.ts'
import { Optimizer } from './optimizer.ts'
import * as optimizers from './optimizers/index.ts'

const family = new Family<Optimizer>('an optimizer', {
  planned: ['rmsprop', 'adamw', 'adamax', 'nadam'],
})

for (const make of Object.values(optimizers)) family.add([make.className], make)

/** The optimizer that a name, an optimizer or a file's config stands for. */
export function getOptimizer(identifier: string | Identified | Optimizer, where: string): Optimizer {
  return identifier instanceof Optimizer ? identifier : family.get(identifier, where)
}
