// What optimizers do in steps that a class says itself. All get it once a model with such a step is there.

import { type StepWeights, tracedStep } from '../layers/own/stepTrace.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { Optimizer } from './optimizer.ts'

/** Methods of an optimizer in a step. */
export interface Applying {
  apply(gradients: readonly SymbolicTensor[], weights: StepWeights): void
  applyGradients(pairs: Iterable<readonly [gradient: SymbolicTensor, weight: StepWeights[number]]>): void
  minimize(loss: SymbolicTensor, weights: StepWeights): void
  scaleLoss(loss: SymbolicTensor): SymbolicTensor
}

const methods: ThisType<Optimizer> & Applying = {
  apply(gradients, weights) {
    const where = `${this.className}.apply`
    tracedStep(where).apply(this, where, gradients, weights)
  },
  applyGradients(pairs) {
    const list = [...pairs]
    this.apply(
      list.map(([gradient]) => gradient),
      list.map(([, weight]) => weight),
    )
  },
  minimize(loss, weights) {
    const step = tracedStep(`${this.className}.minimize`)
    this.apply(step.gradients(this.scaleLoss(loss), weights), weights)
  },
  scaleLoss(loss) {
    const where = `${this.className}.scaleLoss`
    return tracedStep(where).scaleLoss(this, where, loss)
  },
}

/** Gives optimizers their methods for steps, which pages without such a step do not load. */
export function allowApplying(): void {
  Object.assign(Optimizer.prototype, methods)
}
