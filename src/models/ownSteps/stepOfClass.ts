// A step of a class of the user's own, as its methods are traced: what these call becomes calls in a graph.

import { describeValue, fail, impossible } from '../../errors.ts'
import { symbolicTensors } from '../../layers/layerCall.ts'
import { stepCall, stepEffect } from '../../layers/own/stepCall.ts'
import type { OwnStepHook, StepTrace, StepWeights } from '../../layers/own/stepTrace.ts'
import { nodeOf, type SymbolicTensor } from '../../layers/symbolicTensor.ts'
import { DrawnVariable, type Variable } from '../../layers/weights/variable.ts'
import { Optimizer } from '../../training/optimizer.ts'
import { sameShape, showShape } from '../../util/shape.ts'
import type { StepUpdates } from './stepLowering.ts'
import type { OwnKind, StepSize } from './stepMeasures.ts'
import type { Update } from './stepOptimizers.ts'

/** What `result()` of a metric is while a step is traced. */
export class MetricInStep {
  /**
   * @param metric A metric in a field, or a measure of `compile`.
   * @param isOptional Whether it is left out of the numbers of a step that does not update it; else that is an error.
   */
  constructor(
    readonly metric: object,
    readonly isOptional = false,
  ) {}
}

/** What the step of a model is made of. */
export interface ModelOfStep extends StepSize {
  readonly where: string
  readonly variables: readonly Variable[]
  metricsOf(step: StepOfClass): readonly object[]
  lossesOf(step: StepOfClass): readonly SymbolicTensor[]
  usual(hook: OwnStepHook, args: readonly unknown[], step: StepOfClass): unknown
}

export class StepOfClass implements StepTrace, StepSize {
  readonly #model: ModelOfStep
  readonly kind: OwnKind
  readonly rows: number
  readonly updates: Update[] = []
  #lowered: StepUpdates | null = null
  readonly #ofGradients = new Set<SymbolicTensor>()
  #metrics: readonly object[] | null = null

  constructor(model: ModelOfStep) {
    this.#model = model
    this.kind = model.kind
    this.rows = model.rows
  }

  /** The variables of weights, as users have these. */
  #variablesOf(where: string, weights: StepWeights): readonly Variable[] {
    if (!Array.isArray(weights) || weights.length === 0)
      fail(where, {
        expected: 'a list of weights, such as this.trainableWeights',
        got: Array.isArray(weights) ? 'none' : describeValue(weights),
        remedy: 'Layers have weights once they were called, or know the shape of their input.',
      })
    return weights.map((weight: StepWeights[number]) => {
      const found = this.#model.variables.filter((variable) =>
        weight instanceof DrawnVariable ? variable === weight : variable.path === weight?.path,
      )
      const [variable] = found
      if (variable && found.length === 1) return variable
      return fail(where, {
        expected: 'weights of the model, by paths that one has alone',
        got: `${found.length} of "${weight?.path ?? describeValue(weight)}"`,
        remedy: variable
          ? 'Give the models or layers in fields names of their own.'
          : 'Hold the layer in a field of the model.',
      })
    })
  }

  gradients(loss: SymbolicTensor, weights: StepWeights): SymbolicTensor[] {
    const where = 'gradients'
    return this.gradientsBy(where, loss, this.#variablesOf(where, weights), true)
  }

  /** The gradients by variables; `isWhole` as {@link StepUpdates.gradients} has it. */
  gradientsBy(
    where: string,
    loss: SymbolicTensor,
    variables: readonly Variable[],
    isWhole: boolean,
  ): SymbolicTensor[] {
    const [number] = symbolicTensors(loss, where, 'a loss that the step has computed')
    if (!number) impossible('no loss')
    this.#refuseSecondOrder(where, number)
    const shapes = variables.map(({ shape }) => shape)
    const results = stepCall(where, [number], shapes, ([value]) =>
      this.lowering.gradients(where, value?.value ?? impossible('no loss'), variables, isWhole),
    )
    for (const result of results) this.#ofGradients.add(result)
    return [...results]
  }

  #refuseSecondOrder(where: string, loss: SymbolicTensor): void {
    const seen = new Set<SymbolicTensor>()
    const visit = (tensor: SymbolicTensor): void => {
      if (seen.has(tensor)) return
      seen.add(tensor)
      if (this.#ofGradients.has(tensor))
        fail(where, {
          expected: 'a loss without gradients in it',
          got: 'one that is computed of gradients, as a gradient penalty is',
          remedy: 'A critic can be held by its weights: kernelConstraint, or SpectralNormalization.',
        })
      for (const input of nodeOf(tensor).inputs) visit(input)
    }
    visit(loss)
  }

  apply(optimizer: object, where: string, gradients: readonly SymbolicTensor[], weights: StepWeights): void {
    this.applyTo(where, optimizer, gradients, this.#variablesOf(where, weights))
  }

  applyTo(
    where: string,
    optimizer: object,
    given: readonly SymbolicTensor[],
    variables: readonly Variable[],
  ): void {
    if (this.kind === 'test')
      fail(where, { expected: 'to be called in trainStep', got: 'a step of evaluation' })
    const gradients = symbolicTensors(
      given,
      where,
      'the gradients, as gradients(loss, weights) returned them',
    )
    const misfit = variables.findIndex(({ shape }, i) => !sameShape(gradients[i]?.shape ?? [], shape))
    if (gradients.length !== variables.length || misfit >= 0)
      fail(where, {
        expected: `gradients of the shapes of ${variables.length} weights`,
        got:
          gradients.length === variables.length
            ? `${showShape(gradients[misfit]?.shape ?? [])} for "${variables[misfit]?.path}"`
            : `${gradients.length}`,
      })
    if (!(optimizer instanceof Optimizer)) impossible('an update without optimizer')
    const update: Update = { where, optimizer, weights: variables }
    this.updates.push(update)
    stepEffect(where, gradients, (values) => {
      const found = values.map(({ value }) => value)
      this.lowering.apply(update, found)
    })
  }

  /** What calls of the graph add to, once it is lowered. */
  get lowering(): StepUpdates {
    return this.#lowered ?? impossible('a step that is not lowered')
  }

  set lowering(value: StepUpdates) {
    this.#lowered = value
  }

  metricResult(metric: object): MetricInStep {
    return new MetricInStep(metric)
  }

  get metrics(): readonly object[] {
    this.#metrics ??= this.#model.metricsOf(this)
    return this.#metrics
  }

  get losses(): readonly SymbolicTensor[] {
    return this.#model.lossesOf(this)
  }

  usual(hook: OwnStepHook, args: readonly unknown[]): unknown {
    return this.#model.usual(hook, args, this)
  }
}
