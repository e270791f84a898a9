// `gradients`, as users know it: what stands in a step in the place of Keras's tapes.

import { type StepWeights, tracedStep } from '../layers/own/stepTrace.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'

/**
 * In `trainStep` of a class that extends `Model`: the gradients of a loss by weights, which `optimizer.apply` takes. It stands for
 * `tape.gradient(loss, weights)` of a `tf.GradientTape` in Keras.
 *
 * ```ts
 * const grads = gradients(loss, this.trainableWeights)
 * this.optimizer.apply(grads, this.trainableWeights)
 * ```
 *
 * @param loss A number of the step; of a tensor that is no scalar its sum.
 * @param weights The `trainableWeights` of a layer or a model, or weights that `addWeight` returned.
 * @returns A tensor of each weight's shape.
 * @throws {RecurraError} if a weight does not take part in the loss, or if the loss is computed of gradients.
 */
export const gradients = (loss: SymbolicTensor, weights: StepWeights): SymbolicTensor[] =>
  tracedStep('gradients').gradients(loss, weights)
