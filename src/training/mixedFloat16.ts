// The code of mixed precision, for whoever asks for it: config.setDtypePolicy, or a file.

import { autocast } from '../ops/autocast.ts'
import { scaleLoss } from './lossScaleOptimizer.ts'
import { loadMixedPrecision } from './mixedPrecision.ts'

/** Installs mixed precision, so that layers can have the policy 'mixed_float16'. */
export const loadMixedFloat16 = (): void => loadMixedPrecision({ autocast, scaleLoss })
