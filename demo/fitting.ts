// How a problem's model is trained and asked, in the page, in the terminal and under test alike.

import type { CallbackHooks, FitOptions, LayersModel, Tensor } from 'recurra'
import type { Problem, Task } from './problem.ts'

/** Options of fit that the problem decides. A stateful model begins each epoch without a past. */
export function fitOptions(problem: Problem, model: LayersModel, ...callbacks: CallbackHooks[]): FitOptions {
  const { batchSize, isStateful } = problem
  if (!isStateful) return { batchSize, callbacks }
  return { batchSize, shuffle: false, callbacks: [{ onEpochBegin: () => model.resetStates() }, ...callbacks] }
}

/** The outputs for the inputs that are shown: in one batch, or, of a stateful model, in its batches from the first on. */
export async function predict(problem: Problem, model: LayersModel, { inputs }: Task): Promise<Tensor> {
  if (!problem.isStateful) return model.predictOnBatch(inputs)
  model.resetStates()
  const outputs = await model.predict(inputs, { batchSize: problem.batchSize, verbose: 0 })
  model.resetStates()
  return outputs
}
