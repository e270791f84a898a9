// Nadam.

import { nadamUpdate } from '../../ops/adaptiveUpdates.ts'
import { nadamAveraged } from '../../ops/kernels.gen.ts'
import type { TableFor } from '../../util/options.ts'
import { defineOptimizer, type OptimizerConstructor, type OptimizerOptions } from '../defineOptimizer.ts'
import { type MomentsOptions, moments } from './options.ts'

/** The share of β₁ in step t. */
const warmth = (t: number): number => 1 - 0.5 * 0.96 ** t

/** How far products of `warmth` change as float64. */
const LENGTH = 1024

/** Products of `warmth` from 1 to t, by t. */
const productsOf = (): Float64Array => {
  const products = new Float64Array(LENGTH).fill(1)
  for (let t = 1; t < LENGTH; t++) products[t] = (products[t - 1] ?? 1) * warmth(t)
  return products
}

/**
 * Nadam (Dozat 2016): Adam with Nesterov's momentum, which grows over the first steps.
 *
 * @param options The learning rate, or `learningRate` (0.001), `beta1` (0.9), `beta2` (0.999), `epsilon` (1e-7).
 * @see keras/src/optimizers/nadam.py
 */
export const Nadam: OptimizerConstructor<MomentsOptions> = defineOptimizer(
  'Nadam',
  0.001,
  moments satisfies TableFor<Omit<MomentsOptions, keyof OptimizerOptions>>,
  (attrs) => {
    const { beta1, beta2 } = attrs
    const products = productsOf()
    const product = (t: number): number => beta1 ** t * (products[Math.min(t, LENGTH - 1)] ?? 1)
    return {
      slots: [{ name: 'momentum' }, { name: 'velocity' }],
      scalars: (rate, t) => ({
        rate: (rate * (1 - beta1 * warmth(t))) / (1 - product(t)),
        first: (rate * beta1 * warmth(t + 1)) / (1 - product(t + 1)),
        second: 1 / (1 - beta2 ** t),
      }),
      averaged: nadamAveraged,
      lower(graph, { parameters, gradients, scaling, slots: [m, v] }) {
        if (!m || !v) return
        // Without loss scaling the scalars of a step say all.
        const table = scaling && graph.constant(Float32Array.from(products), [LENGTH])
        nadamUpdate(graph, { parameters, gradients, products: table, scaling, m, v }, attrs)
      },
      // Keras keeps the product of all steps.
      stored: product,
    }
  },
)
export type Nadam = ReturnType<typeof Nadam>
