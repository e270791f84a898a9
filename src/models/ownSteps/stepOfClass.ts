// A step of a class of the user's own, as its methods are traced: what these call becomes calls in a graph.

import { describeValue, fail, impossible } from '../../errors.ts'
import type { Graph, Value } from '../../graph/graph.ts'
import { symbolicTensors } from '../../layers/layerCall.ts'
import { symbolicConstant } from '../../layers/own/numbersLayer.ts'
import type { OwnStepHook, StepTrace, StepWeights } from '../../layers/own/stepTrace.ts'
import { nodeOf, SymbolicTensor } from '../../layers/symbolicTensor.ts'
import { DrawnVariable, type Variable } from '../../layers/weights/variable.ts'
import { reshape } from '../../ops/view.ts'
import { fitsSample, type Loss } from '../../training/loss.ts'
import type { Metric } from '../../training/metric.ts'
import { Optimizer } from '../../training/optimizer.ts'
import { type OpenShape, type Shape, sameShape, showShape } from '../../util/shape.ts'
import { toTensor } from '../../util/tensor.ts'
import { Measures, type OutputTraining } from '../measures.ts'
import { judge } from './judging.ts'
import { stepCall } from './stepLayer.ts'
import type { StepUpdates } from './stepLowering.ts'
import type { OwnKind, StepMeasures } from './stepMeasures.ts'
import type { Update } from './stepOptimizers.ts'

/** What `result()` of a metric is while a step is traced. */
export class MetricInStep {
  constructor(readonly metric: object) {}
}

/** What the step of a model is made of. */
export interface ModelOfStep {
  readonly where: string
  readonly variables: readonly Variable[]
  readonly measures: StepMeasures
  readonly kind: OwnKind
  /** Samples of the step. */
  readonly rows: number
  usual(hook: OwnStepHook, args: readonly unknown[], step: StepOfClass): unknown
}

export class StepOfClass implements StepTrace {
  readonly #model: ModelOfStep
  /** Results of calls that nothing need read. */
  readonly effects: SymbolicTensor[] = []
  readonly updates: Update[] = []
  /** What calls of the graph add to, once it is lowered. */
  lowered: StepUpdates | null = null
  readonly #ofGradients = new Set<SymbolicTensor>()
  readonly #updated = new Set<object>()

  constructor(model: ModelOfStep) {
    this.#model = model
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
      this.#lowering.gradients(where, value?.value ?? impossible('no loss'), variables, isWhole),
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
    if (this.#model.kind === 'test')
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
    this.#effect(where, gradients, (values) => this.#lowering.apply(update, values))
  }

  /** A call for what it does; its result is what it is called on first. */
  #effect(
    where: string,
    inputs: readonly SymbolicTensor[],
    run: (values: readonly Value[], ...rest: Parameters<Parameters<typeof stepCall>[3]>) => void,
  ): void {
    const [first] = inputs
    if (!first) impossible('an effect of nothing')
    this.effects.push(
      ...stepCall(where, inputs, [first.shape], (given, step) => {
        const values = given.map(({ value }) => value)
        run(values, given, step)
        return values.slice(0, 1)
      }),
    )
  }

  get #lowering(): StepUpdates {
    return this.lowered ?? impossible('a step that is not lowered')
  }

  loss(given: object, args: readonly unknown[]): SymbolicTensor {
    const loss = given as Loss
    const where = loss.className
    const [yTrue, yPred, sampleWeight = null] = args
    if (!(yPred instanceof SymbolicTensor))
      fail(where, { expected: 'predictions of the step', got: describeValue(yPred) })
    if (loss.reduction === 'none')
      fail(where, {
        expected: 'a reduction to one number, in a step',
        got: "'none'",
        remedy: `Call the function, losses.${where.slice(0, 1).toLowerCase()}${where.slice(1)}(yTrue, yPred).`,
      })
    const inputs = [yPred, tensorOf(yTrue, `${where}, yTrue`)]
    if (sampleWeight !== null) inputs.push(tensorOf(sampleWeight, `${where}, sampleWeight`))
    const target = 'any'
    const training: OutputTraining = { loss, lossWeight: 1, metrics: [], weightedMetrics: [], target }
    return stepCall(where, inputs, [[]], ([predicted, targets, weights], step) => {
      if (!predicted || !targets) impossible('a loss of nothing')
      const { value: predictions, mask } = predicted
      const [rows = 1] = predictions.shape
      const measures = new Measures([training], ['y'], [predictions.shape.slice(1)], false)
      const expected = loss.targetShape(predictions.shape.slice(1))
      const { graph } = step
      const number = judge(
        step,
        [
          {
            predictions,
            targets: fitted(graph, targets.value, rows, expected, where),
            weights: weights?.value,
            mask,
          },
        ],
        { measures, training: [training], rows, tracks: false },
      )
      return [reshape(graph, number ?? impossible('no loss'), { shape: [] })]
    })[0] as SymbolicTensor
  }

  updateMetric(given: object, args: readonly unknown[]): void {
    const metric = given as Metric
    const where = `${metric.className} "${metric.name}".updateState`
    if (this.#updated.has(metric))
      fail(where, {
        expected: 'one update of a metric in a step',
        got: 'a second one',
        remedy: 'Join what it counts.',
      })
    this.#updated.add(metric)
    const [yTrue, yPred] = metric.takesValues ? [args[0], args[0]] : args
    const { sampleWeight } = (args[metric.takesValues ? 1 : 2] ?? {}) as { readonly sampleWeight?: unknown }
    const inputs = [tensorOf(yPred, where), tensorOf(yTrue, where)]
    if ((sampleWeight ?? null) !== null) inputs.push(tensorOf(sampleWeight, `${where}, sampleWeight`))
    const { measures } = this.#model
    this.#effect(where, inputs, ([x, y, weights], _given, step) => {
      const { graph } = step
      if (!x || !y) impossible('a metric of nothing')
      const predictions = atLeast(graph, x, 2)
      const [rows = 1] = predictions.shape
      const sample = predictions.shape.slice(1)
      const expected = metric.takesValues ? 'any' : metric.targetShape(sample)
      const targets = metric.takesValues ? predictions : fitted(graph, y, rows, expected, where)
      const state = measures.stateOf(graph, metric, sample, where)
      metric.lower(graph, { predictions, targets, weights }, state, step)
    })
  }

  metricResult(metric: object): MetricInStep {
    return new MetricInStep(metric)
  }

  usual(hook: OwnStepHook, args: readonly unknown[]): unknown {
    return this.#model.usual(hook, args, this)
  }

  /** Adds what a step does for its effect alone. */
  does(where: string, inputs: readonly SymbolicTensor[], run: Parameters<typeof stepCall>[3]): void {
    this.#effect(where, inputs, (_values, given, step) => void run(given, step))
  }
}

/** A tensor of the step, or numbers as one. */
const tensorOf = (given: unknown, where: string): SymbolicTensor =>
  given instanceof SymbolicTensor ? given : symbolicConstant(toTensor(given, where))

const atLeast = (graph: Graph, x: Value, rank: number): Value =>
  x.shape.length >= rank ? x : reshape(graph, x, { shape: [...(x.shape.length === 0 ? [1] : x.shape), 1] })

/** Targets in the shape that a loss or a metric takes; an axis of 1 at the end may be missing or added. */
function fitted(
  graph: Graph,
  targets: Value,
  rows: number,
  expected: OpenShape | 'any',
  where: string,
): Value {
  if (expected === 'any') return targets
  if (targets.shape[0] !== rows || !fitsSample(targets.shape, expected))
    fail(where, { expected: `targets ${showShape([rows, ...expected])}`, got: showShape(targets.shape) })
  return reshape(graph, targets, { shape: [rows, ...(expected as Shape)] })
}
