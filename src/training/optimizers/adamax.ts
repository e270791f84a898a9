// Adamax.

import { adamaxUpdate } from '../../ops/adaptiveUpdates.ts'
import { adamaxAveraged } from '../../ops/kernels.gen.ts'
import type { TableFor } from '../../util/options.ts'
import { defineOptimizer, type OptimizerConstructor, type OptimizerOptions } from '../defineOptimizer.ts'
import { type MomentsOptions, moments } from './options.ts'

/**
 * Adamax (Kingma & Ba 2015): Adam with the largest gradient, fading by `beta2`, in the place of the root mean square.
 *
 * @param options The learning rate, or `learningRate` (0.001), `beta1` (0.9), `beta2` (0.999), `epsilon` (1e-7).
 * @see keras/src/optimizers/adamax.py
 */
export const Adamax: OptimizerConstructor<MomentsOptions> = defineOptimizer(
  'Adamax',
  0.001,
  moments satisfies TableFor<Omit<MomentsOptions, keyof OptimizerOptions>>,
  (attrs) => ({
    slots: [{ name: 'momentum' }, { name: 'norm' }],
    scalars: (learningRate, t) => ({ rate: learningRate / (1 - attrs.beta1 ** t) }),
    averaged: adamaxAveraged,
    lower(graph, { parameters, gradients, scaling, slots: [m, norm] }) {
      if (m && norm) adamaxUpdate(graph, { parameters, gradients, scaling, m, norm }, attrs)
    },
  }),
)
export type Adamax = ReturnType<typeof Adamax>
