// The step of a class of the user's own while it is traced: what its method `trainStep` calls that means nothing elsewhere.

import { fail } from '../../errors.ts'
import type { SymbolicTensor } from '../symbolicTensor.ts'
import type { DrawnVariable } from '../weights/variable.ts'
import type { WeightInfo } from '../weights/weightAccess.ts'
import type { AssignedBy, AssignedValue } from './assignment.ts'

/** Weights in a step: as `trainableWeights` of a layer or a model lists them, or as `addWeight` returned them. */
export type StepWeights = readonly (WeightInfo | DrawnVariable)[]

/** What a step differentiates by: weights, and tensors that it has or computes. */
export type StepSources = readonly (StepWeights[number] | SymbolicTensor)[]

/** What a step does. The code of it is loaded with models that have steps of their own. */
export interface StepTrace {
  /** @param isFollowed Whether gradients of what is computed with these go through them; they are constants else. */
  gradients(loss: SymbolicTensor, sources: StepSources, isFollowed?: boolean): SymbolicTensor[]
  apply(optimizer: object, where: string, gradients: readonly SymbolicTensor[], weights: StepWeights): void
  /** A loss as an optimizer takes its gradients. */
  scaleLoss(optimizer: object, where: string, loss: SymbolicTensor): SymbolicTensor
  /** Sets a weight of the model; the result is the new value. */
  assign(where: string, weight: StepWeights[number], by: AssignedBy, value: AssignedValue): SymbolicTensor
  metricResult(metric: object): unknown
  /** The metrics of the model: the mean of the loss, those of `compile` as one, and those in fields. */
  readonly metrics: readonly object[]
  /** What layers and regularizers add to the loss. */
  readonly losses: readonly SymbolicTensor[]
  /** What the model's hook does where its class says nothing else. */
  usual(hook: OwnStepHook, args: readonly unknown[]): unknown
}

/** Methods by which a class says what its steps do. */
export type OwnStepHook = 'trainStep' | 'testStep' | 'computeLoss' | 'computeMetrics'

/** The step that is traced; null but then. */
let traced: StepTrace | null = null

/** Runs code that is a part of a step. */
export function tracingStep<T>(step: StepTrace, run: () => T): T {
  const outer = traced
  traced = step
  try {
    return run()
  } finally {
    traced = outer
  }
}

/** The step that is traced; null where none is. */
export const currentStep = (): StepTrace | null => traced

/**
 * The step that is traced.
 *
 * @param remedy What to do where there is none.
 */
export const tracedStep = (where: string, remedy?: string): StepTrace =>
  traced ??
  fail(where, {
    expected: 'to be called in the method trainStep of a class that extends Model',
    got: 'a call outside',
    remedy,
  })
