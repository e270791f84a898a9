// A step of a class of the user's own, as its methods are traced: what these call becomes calls in a graph.

import { describeValue, fail, impossible } from '../../errors.ts'
import type { Value } from '../../graph/graph.ts'
import { symbolicTensors } from '../../layers/layerCall.ts'
import { type AssignedBy, type AssignedValue, assigned } from '../../layers/own/assignment.ts'
import { dependsOn } from '../../layers/own/dependsOn.ts'
import { stepCall, stepEffect } from '../../layers/own/stepCall.ts'
import type { OwnStepHook, StepSources, StepTrace, StepWeights } from '../../layers/own/stepTrace.ts'
import { SymbolicTensor } from '../../layers/symbolicTensor.ts'
import { DrawnVariable, type Variable } from '../../layers/weights/variable.ts'
import { variableOf } from '../../layers/weights/weightAccess.ts'
import { multiply } from '../../operations/elementwise.ts'
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

const NO_WEIGHTS_YET = 'Layers have weights once they were called, or know the shape of their input.'

/** Optimizers of which was said that losses are not scaled for them; a step is traced again and again. */
const warned = new WeakSet<Optimizer>()

export class StepOfClass implements StepTrace, StepSize {
  readonly #model: ModelOfStep
  readonly kind: OwnKind
  readonly rows: number
  readonly updates: Update[] = []
  /** The new values of weights that the step sets itself. */
  readonly assignments: SymbolicTensor[] = []
  #lowered: StepUpdates | null = null
  /** Losses that were multiplied by the scale of an optimizer. */
  readonly #ofScales = new Map<SymbolicTensor, Optimizer>()
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
        remedy: NO_WEIGHTS_YET,
      })
    return weights.map((weight: StepWeights[number]) => this.#variableOf(where, weight))
  }

  #variableOf(where: string, weight: StepWeights[number]): Variable {
    const listed = weight instanceof DrawnVariable ? weight : variableOf(weight)
    const found = this.#model.variables.filter((variable) =>
      listed ? variable === listed : variable.path === weight?.path,
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
  }

  gradients(loss: SymbolicTensor, sources: StepSources, isFollowed = true): SymbolicTensor[] {
    const where = 'gradients'
    if (!Array.isArray(sources) || sources.length === 0)
      fail(where, {
        expected: 'a list of weights or tensors, such as this.trainableWeights or [x]',
        got: Array.isArray(sources) ? 'none' : describeValue(sources),
        remedy: sources instanceof SymbolicTensor ? 'Write gradients(loss, [x]).' : NO_WEIGHTS_YET,
      })
    const of = (sources as StepSources).map((source) =>
      source instanceof SymbolicTensor ? source : this.#variableOf(where, source),
    )
    return this.gradientsBy(where, loss, of, isFollowed)
  }

  /** The gradients of a number by weights and tensors. */
  gradientsBy(
    where: string,
    loss: SymbolicTensor,
    sources: readonly (Variable | SymbolicTensor)[],
    isFollowed = true,
  ): SymbolicTensor[] {
    const tensors = [loss, ...sources.filter((source) => source instanceof SymbolicTensor)]
    const inputs = symbolicTensors(tensors, where, 'what the step has computed')
    const shapes = sources.map(({ shape }) => shape)
    const results = stepCall(where, inputs, shapes, (values) => {
      const { step, gradients } = this.lowering
      const lowered = (tensor: SymbolicTensor): Value =>
        values[tensors.indexOf(tensor)]?.value ?? impossible('no tensor')
      const of = sources.map((source) =>
        source instanceof SymbolicTensor
          ? { value: lowered(source), weight: null }
          : { value: step.variable(source), weight: source },
      )
      return gradients.by(of, lowered(loss), isFollowed)
    })
    return [...results]
  }

  scaleLoss(optimizer: object, where: string, given: SymbolicTensor): SymbolicTensor {
    if (this.kind === 'test') this.#refuseInTest(where)
    const [loss] = symbolicTensors(given, where, 'a loss that the step has computed')
    if (!loss || !(optimizer instanceof Optimizer)) impossible('no loss')
    const factor = optimizer.config.lossScaleFactor ?? null
    if (!optimizer.lossScale && factor === null) return loss
    const results = optimizer.lossScale
      ? stepCall(where, [loss], [loss.shape], ([value]) => [
          this.lowering.scaleLoss(where, optimizer, value?.value ?? impossible('no loss')),
        ])
      : [multiply(loss, factor as number)]
    const scaled = results[0] ?? impossible('no scaled loss')
    this.#ofScales.set(scaled, optimizer)
    return scaled
  }

  /** Says where gradients are divided by a scale that their loss was not multiplied by. */
  #checkScaled(where: string, optimizer: Optimizer, gradients: readonly SymbolicTensor[]): void {
    const scales = optimizer.lossScale !== null || (optimizer.config.lossScaleFactor ?? null) !== null
    const isScaled = (tensor: SymbolicTensor): boolean => this.#ofScales.get(tensor) === optimizer
    if (!scales || warned.has(optimizer) || dependsOn(gradients, isScaled)) return
    warned.add(optimizer)
    console.warn(
      `${this.#model.where}.trainStep, ${where}: as in Keras the gradients are divided by the scale of the loss, and this loss was not ` +
        'multiplied by it. Write gradients(optimizer.scaleLoss(loss), weights), or optimizer.minimize(loss, weights), which scales it.',
    )
  }

  #refuseInTest(where: string): never {
    return fail(where, { expected: 'to be called in trainStep', got: 'a step of evaluation' })
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
    if (this.kind === 'test') this.#refuseInTest(where)
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
    this.#checkScaled(where, optimizer, gradients)
    const update: Update = { where, optimizer, weights: variables }
    this.updates.push(update)
    stepEffect(where, gradients, (values) => {
      const found = values.map(({ value }) => value)
      this.lowering.apply(update, found)
    })
  }

  assign(where: string, weight: StepWeights[number], by: AssignedBy, value: AssignedValue): SymbolicTensor {
    if (this.kind === 'test') this.#refuseInTest(where)
    const variable = this.#variableOf(where, weight)
    if (!(variable instanceof DrawnVariable)) impossible(`${variable.path} is not drawn`)
    const next = assigned(where, variable, by, value)
    this.assignments.push(next)
    return next
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
