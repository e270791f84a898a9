// The optimizers that most models have, with their options: apart from the others, so that a page with such a model loads no other
// update.

import type { Entry } from './identifiers.ts'
import type { Optimizer } from './optimizer.ts'
import { Adam } from './optimizers/adam.ts'
import { AdamW } from './optimizers/adamw.ts'
import { SGD } from './optimizers/sgd.ts'

export const adamAndSgd: readonly Entry<Optimizer>[] = [Adam, AdamW, SGD].map((make) => ({
  names: [make.className],
  make,
}))
