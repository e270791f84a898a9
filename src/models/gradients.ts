// `gradients`, as users know it: what stands in the place of Keras's tapes.

import { takeGradients } from '../layers/own/gradientsLayer.ts'
import { type StepSources, tracedStep } from '../layers/own/stepTrace.ts'
import { SymbolicTensor } from '../layers/symbolicTensor.ts'

/**
 * The gradients of a loss by tensors that it is computed of, wherever tensors are computed: between the inputs and outputs of a model, in
 * the `call` of a class, and in its steps; in `trainStep` of a class that extends `Model` also by weights, which `optimizer.apply` takes.
 * It stands for `tape.gradient(loss, sources)` of a `tf.GradientTape` in Keras.
 *
 * ```ts
 * // What a prediction looked at (Grad-CAM): the model gives the gradients beside what it predicts.
 * const [slopes] = gradients(ops.max(model.outputs[0], -1), [model.getLayer('conv').output])
 * const explained = Model(model.inputs, [...model.outputs, slopes])
 *
 * // In a step: a gradient penalty, and an update.
 * const [slope] = gradients(this.critic(images), [images])
 * const penalty = ops.mean(ops.square(ops.subtract(ops.norm(slope, { axis: -1 }), 1)))
 * const grads = gradients(ops.add(loss, penalty), this.trainableWeights)
 * this.optimizer.apply(grads, this.trainableWeights)
 * ```
 *
 * Gradients are tensors like any other, and a loss that is computed of them goes through them: write `ops.stopGradient` where they are
 * to count as constants. Files of models have none.
 *
 * @param loss Of a tensor that is no scalar its sum counts: of values for each sample, each gives the gradients of its own sample.
 * @param sources Tensors of which the loss is computed; in a step also the `trainableWeights` of a layer or a model, and weights that
 * `addWeight` returned.
 * @returns A tensor of each source's shape.
 * @throws {RecurraError} if the loss does not depend on one of the tensors, or if it goes twice through what can be differentiated once:
 * the recurrences of LSTM, GRU, SimpleRNN and ConvLSTM layers, and CTC.
 */
export const gradients = (loss: SymbolicTensor, sources: StepSources): SymbolicTensor[] =>
  gradientsInGraph('gradients', loss, sources, true)

/** @internal @param isFollowed Whether gradients of what is computed with these go through them; they are constants else. */
export const gradientsInGraph = (
  where: string,
  loss: SymbolicTensor,
  sources: StepSources,
  isFollowed: boolean,
): SymbolicTensor[] =>
  areTensors(sources)
    ? takeGradients(where, loss, sources, isFollowed)
    : tracedStep(
        where,
        'By tensors gradients are taken anywhere, gradients(y, [x]); by all weights model.gradients(x, y) gives those of the loss.',
      ).gradients(loss, sources, isFollowed)

const areTensors = (sources: StepSources): sources is readonly SymbolicTensor[] =>
  Array.isArray(sources) && sources.length > 0 && sources.every((source) => source instanceof SymbolicTensor)
