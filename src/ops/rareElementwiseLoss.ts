// Losses that are means, but the common ones: see losses.ts.

import { defineOp } from '../graph/operation.ts'
import { rareElementwiseLoss as kernel } from './kernels.gen.ts'
import { elementwiseDefinition } from './losses.ts'

/** The mean over the last axis of one of rareLossCodes. */
export const rareElementwiseLoss = defineOp({ kernel, ...elementwiseDefinition })
