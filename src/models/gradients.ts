// `gradients`, as users know it: what stands in a step in the place of Keras's tapes.

import { type StepSources, tracedStep } from '../layers/own/stepTrace.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'

/**
 * In `trainStep` of a class that extends `Model`: the gradients of a loss by weights, which `optimizer.apply` takes, or by tensors of the
 * step. It stands for `tape.gradient(loss, sources)` of a `tf.GradientTape` in Keras.
 *
 * ```ts
 * const grads = gradients(loss, this.trainableWeights)
 * this.optimizer.apply(grads, this.trainableWeights)
 *
 * const [slope] = gradients(this.critic(images), [images])
 * const penalty = ops.mean(ops.square(ops.subtract(ops.norm(slope, { axis: -1 }), 1)))
 * ```
 *
 * Gradients are tensors like any other, and a loss that is computed of them goes through them: write `ops.stopGradient` where they are
 * to count as constants.
 *
 * @param loss A number of the step; of a tensor that is no scalar its sum.
 * @param sources The `trainableWeights` of a layer or a model, weights that `addWeight` returned, and tensors of which the step
 * computes the loss: its data, or what it has computed of them.
 * @returns A tensor of each source's shape.
 * @throws {RecurraError} if the loss does not depend on one of the tensors, or if it goes twice through what can be differentiated once:
 * the recurrences of LSTM, GRU, SimpleRNN and ConvLSTM layers, and CTC.
 */
export const gradients = (loss: SymbolicTensor, sources: StepSources): SymbolicTensor[] =>
  tracedStep('gradients').gradients(loss, sources)
