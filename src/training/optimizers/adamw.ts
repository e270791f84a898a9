// AdamW.

import { flag, type TableFor } from '../../util/options.ts'
import { defineOptimizer, type OptimizerConstructor, type OptimizerOptions } from '../defineOptimizer.ts'
import { type AdamOptions, averagedAdam } from './adam.ts'
import { moments } from './options.ts'

/**
 * Adam with decoupled weight decay (Loshchilov & Hutter 2019): `Adam` whose `weightDecay` is 0.004 by default.
 *
 * @param options The learning rate, or `learningRate` (0.001), `weightDecay` (0.004), and the other options of Adam.
 * @see keras/src/optimizers/adamw.py
 */
export const AdamW: OptimizerConstructor<AdamOptions> = defineOptimizer(
  'AdamW',
  { learningRate: 0.001, weightDecay: 0.004 },
  { ...moments, amsgrad: flag(false) } satisfies TableFor<Omit<AdamOptions, keyof OptimizerOptions>>,
  averagedAdam,
)
export type AdamW = ReturnType<typeof AdamW>
