// Adam.

import { adamAveraged } from '../../ops/kernels.gen.ts'
import { flag, type TableFor } from '../../util/options.ts'
import { defineOptimizer, type OptimizerConstructor, type OptimizerOptions } from '../defineOptimizer.ts'
import type { Rule } from '../optimizer.ts'
import { type MomentsOptions, moments } from './options.ts'
import { adamRule } from './plain.ts'

export interface AdamOptions extends MomentsOptions {
  /** Whether a step is divided by the root of the largest mean of squared gradients so far, `false` by default. */
  readonly amsgrad?: boolean
}

/** @internal Its rule, with the form that averages weights. */
export const averagedAdam = (config: Parameters<typeof adamRule>[0]): Rule => ({
  ...adamRule(config),
  averaged: adamAveraged,
})

/**
 * Adam (Kingma & Ba 2015); with `amsgrad`, AMSGrad (Reddi et al. 2018).
 *
 * @param options The learning rate, or `learningRate` (0.001), `beta1` (0.9), `beta2` (0.999), `epsilon` (1e-7), `amsgrad` (false).
 * @see keras/src/optimizers/adam.py
 */
export const Adam: OptimizerConstructor<AdamOptions> = defineOptimizer(
  'Adam',
  0.001,
  { ...moments, amsgrad: flag(false) } satisfies TableFor<Omit<AdamOptions, keyof OptimizerOptions>>,
  averagedAdam,
)
export type Adam = ReturnType<typeof Adam>
