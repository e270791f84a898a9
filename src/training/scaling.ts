// Whether an optimizer scales the loss, told without the class that does, which a page that does not scale does not load.

import type { DynamicLossScaleOptimizer } from './lossScaleOptimizer.ts'
import type { Optimizer } from './optimizer.ts'

/** The optimizer as one that scales the loss; null if it does not. */
export const scalingOf = (optimizer: Optimizer): DynamicLossScaleOptimizer | null =>
  optimizer.lossScale === null ? null : (optimizer as DynamicLossScaleOptimizer)
