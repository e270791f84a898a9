// Lamb.

import { chunkTable } from '../../ops/aroundUpdate.ts'
import { lambMoments, lamb as lambUpdate } from '../../ops/lamb.ts'
import type { TableFor } from '../../util/options.ts'
import { sizeOf } from '../../util/shape.ts'
import { defineOptimizer, type OptimizerConstructor, type OptimizerOptions } from '../defineOptimizer.ts'
import { usedWeights } from '../idleWeights.ts'
import { type MomentsOptions, moments } from './options.ts'

/**
 * Lamb (You et al. 2020): Adam whose step of each weight is as long as the weight, times the learning rate; for large batches.
 *
 * @param options The learning rate, or `learningRate` (0.001), `beta1` (0.9), `beta2` (0.999), `epsilon` (1e-7).
 * @see keras/src/optimizers/lamb.py
 */
export const Lamb: OptimizerConstructor<MomentsOptions> = defineOptimizer(
  'Lamb',
  0.001,
  moments satisfies TableFor<Omit<MomentsOptions, keyof OptimizerOptions>>,
  (attrs) => ({
    slots: [{ name: 'momentum' }, { name: 'velocity' }],
    scalars: (rate, t) => ({ rate, first: 1 / (1 - attrs.beta1 ** t), second: 1 / (1 - attrs.beta2 ** t) }),
    lower(graph, tensors, { weights }) {
      const { parameters, gradients, scaling, layout } = tensors
      const [m, v] = tensors.slots
      if (!m || !v) return
      const table = chunkTable(
        usedWeights(graph, tensors, weights).map((weight) => ({
          offset: layout.placeOf(weight).offset,
          size: sizeOf(weight.shape),
          decay: 0,
        })),
      )
      const given = { chunks: graph.constant(table.values, table.shape), parameters, m, v, scaling }
      const { squares } = lambMoments(graph, { ...given, gradients }, attrs)
      lambUpdate(graph, { ...given, squares }, attrs)
    },
  }),
)
export type Lamb = ReturnType<typeof Lamb>
