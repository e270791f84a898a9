// The optimizers that are known by name and loaded when a model uses them.

import type { Entry } from './identifiers.ts'
import type { Optimizer } from './optimizer.ts'
import * as optimizers from './optimizers/index.ts'

export const later: readonly Entry<Optimizer>[] = Object.values(optimizers).map((make) => ({
  names: [make.className],
  make,
}))
