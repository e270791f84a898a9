// Steps that a class of the user's own says itself, by `trainStep`, `testStep` or `computeLoss`. They are traced like its `call`, once
// for each batch size, and become the graph of the step. Loaded with the first call of such a model.

import { describeValue, fail, impossible } from '../../errors.ts'
import type { Value } from '../../graph/graph.ts'
import type { StepLowering } from '../../layers/call.ts'
import { lowerGraph } from '../../layers/layerGraph.ts'
import { argumentsOf } from '../../layers/own/arrangement.ts'
import { stepEffect } from '../../layers/own/stepCall.ts'
import { type OwnStepHook, tracingStep } from '../../layers/own/stepTrace.ts'
import { trace } from '../../layers/own/trace.ts'
import { SymbolicTensor } from '../../layers/symbolicTensor.ts'
import { copyOverwritten } from '../../ops/copyOverwritten.ts'
import { allowApplying } from '../../training/applying.ts'
import type { Metric } from '../../training/metric.ts'
import { Mean } from '../../training/metrics/reductions.ts'
import type { Optimizer } from '../../training/optimizer.ts'
import { isOptions } from '../../util/options.ts'
import { isA } from '../../util/realms.ts'
import { isTensorData } from '../../util/tensor.ts'
import type { ModelCore } from '../core.ts'
import type { Field } from '../data/fields.ts'
import { heldMetrics } from '../heldMetrics.ts'
import { builtInSteps, openParts } from '../openParts.ts'
import { type StepRequest, sampleShape, type TargetShape } from '../stepGraph.ts'
import type { SteppedModel, StepTensors } from '../steppedModel.ts'
import { addedLosses, checkEnds, compiledLoss } from './compiledLoss.ts'
import { checkLog, type Ends, endsOf, flat, takingData, unpacked } from './given.ts'
import { StepUpdates } from './stepLowering.ts'
import { type OwnKind, StepMeasures } from './stepMeasures.ts'
import { CompiledMetrics, flattened, LossTracker, metricValues } from './stepMetrics.ts'
import { MetricInStep, StepOfClass } from './stepOfClass.ts'
import { StepOptimizers } from './stepOptimizers.ts'

const countArrays = (given: unknown): number =>
  Array.isArray(given) && given.every(isTensorData) ? given.length : 1

export class OwnSteps {
  readonly #model: SteppedModel
  readonly #core: ModelCore
  /** The optimizers of steps as one. */
  readonly optimizers: StepOptimizers
  readonly measures: StepMeasures
  /** The mean of the loss. */
  readonly #mean = Mean({ name: 'loss' })
  /** Metrics in fields. */
  readonly #held: readonly Metric[]

  /** @param compiled The optimizer of `compile`. */
  constructor(model: SteppedModel, core: ModelCore, compiled: Optimizer) {
    allowApplying()
    this.#model = model
    this.#core = core
    this.optimizers = new StepOptimizers(compiled)
    this.#held = heldMetrics(model, core)
    const { training, outputNames: names, outputs } = core
    const measured = { training, names, predictions: outputs.map(sampleShape), held: this.#held }
    this.measures = new StepMeasures(measured, this.#mean)
    // All rows of an Embedding's table may change in every update, so that none can lag behind.
    for (const variable of core.variables) variable.history = undefined
  }

  get hasOutputs(): boolean {
    return this.#model.hasOutputs
  }

  /**
   * Which targets a step is given: all that there are, whatever compile has, since its loss may be of inputs alone.
   *
   * @param count Targets of the model's outputs. Without outputs, in the place of which inputs stand, there may be fewer targets.
   */
  asked(y: unknown, count: number): readonly boolean[] {
    const most = (y ?? null) === null ? 0 : this.hasOutputs ? count : countArrays(y)
    return Array.from({ length: count }, (_, i) => i < most)
  }

  /** The shapes of one sample's targets where not all are there; undefined where they are. */
  targetShapes(targets: readonly (Field | null)[]): readonly TargetShape[] | undefined {
    if (!targets.includes(null)) return undefined
    return targets.map((target) => target?.shape.slice(1) ?? 'none')
  }

  /** Where in `totals` the updates of a step that scale the loss say how often they were skipped. */
  get skippedPlaces(): readonly number[] {
    return this.optimizers.scaledUpdates.map((update) => this.measures.placeOfSkipped(update))
  }

  /**
   * Adds a step of training or evaluation.
   *
   * @param fields Targets, then weights, of the outputs that have some.
   */
  lower(
    step: StepLowering,
    request: StepRequest,
    inputs: readonly Value[],
    fields: readonly Value[],
  ): never[] {
    const { kind: asked, batch: rows } = request
    const model = this.#model
    if (asked === 'gradients')
      fail(`${model.where}.gradients`, {
        expected: 'a model whose steps are a forward pass, its losses and one update',
        got: 'one with a step of its own',
        remedy: 'Return numbers of the gradients from trainStep: ops.norm(grads[0]).',
      })
    const kind: OwnKind = asked === 'train' ? 'train' : 'test'
    const hook = kind === 'train' ? 'trainStep' : 'testStep'
    const where = `${model.where}.${hook}`
    this.#checkBuilt(where)
    const { measures } = this
    measures.begin(step.graph, kind)
    const usual = (name: OwnStepHook, args: readonly unknown[], traced: StepOfClass): unknown =>
      name === 'computeLoss'
        ? compiledLoss(this.#core, measures, traced, endsOf(args))
        : name === 'computeMetrics'
          ? this.#usualMetrics(traced, endsOf(args))
          : this.#usualStep(args[0], traced)
    const { variables } = this.#core
    const metricsOf = (step: StepOfClass): readonly object[] => this.#metricsIn(where, step)
    const lossesOf = (step: StepOfClass): readonly SymbolicTensor[] => addedLosses(`${where}, losses`, step)
    const traced = new StepOfClass({
      where: model.where,
      variables,
      kind,
      rows,
      metricsOf,
      lossesOf,
      usual,
    })
    const additions = { losses: [], assignments: [] as SymbolicTensor[] }
    let logs: Readonly<Record<string, unknown>> = {}
    const graph = trace(
      { where, owner: model.where, parts: [model] },
      [...inputs, ...fields].map(({ shape }) => ({ shape })),
      (tensors) => {
        const data = this.#dataOf(request, tensors)
        const run = () =>
          tracingStep(traced, () =>
            takingData(where, data, () => model[hook](data as Parameters<typeof model.trainStep>[0])),
          )
        const returned: unknown = model.caller.collecting(additions, run)
        if (!isOptions(returned) || Object.keys(returned).length === 0)
          fail(where, {
            expected: 'to return numbers by name, { loss }',
            got: isA(returned, 'Promise')
              ? 'a promise: trainStep is no async function'
              : describeValue(returned),
          })
        logs = flattened(returned)
        for (const [name, number] of Object.entries(logs)) checkLog(where, name, number)
        const numbers = Object.values(logs).filter((number) => number instanceof SymbolicTensor)
        return [...numbers, ...additions.assignments, ...traced.assignments]
      },
    )
    if (kind === 'train') {
      this.#checkUpdates(where, traced.updates.length)
      this.optimizers.settle(traced.updates, this.#core.layout, this.#core.trained)
    }
    const { length } = traced.updates
    const updates = new StepUpdates(step, this.#core.layout, {
      where,
      count: length,
      placesOfSkipped: traced.updates.map((_, i) => measures.placeOfSkipped(i)),
    })
    traced.lowering = updates
    // As in Keras layers run as in a prediction unless they are called with { training: true }.
    const outputs = lowerGraph(
      graph,
      updates.step,
      [...inputs, ...fields].map((value) => ({ value, mask: null })),
      false,
    )
    let next = 0
    for (const [name, number] of Object.entries(logs)) {
      if (number instanceof MetricInStep) measures.logMetric(step.graph, kind, name, { ...number, where })
      else {
        const { value } = outputs[next++] ?? impossible('a number without value')
        // Keras's own loss counts by samples, the mean of what a class returns by batches.
        const isUsual = this.#weighted.has(number as SymbolicTensor)
        measures.log(step.graph, kind, name, { value, rows: isUsual ? rows : 1 })
      }
    }
    updates.check()
    copyOverwritten(step.graph)
    // It has told its numbers itself: of outputs nothing is judged.
    return []
  }

  readonly #weighted = new WeakSet<SymbolicTensor>()

  /** What Keras hands a step: `x` alone, or a list. */
  #dataOf({ inputs, weights }: StepRequest, tensors: readonly SymbolicTensor[]): unknown {
    const remaining = [...tensors]
    const x = argumentsOf(remaining.splice(0, inputs.length), this.#model.inputStructure)[0]
    const hasWeights = weights.some((weight) => weight !== null)
    const count = weights.filter((weight) => weight !== null).length
    const targets = remaining.splice(0, remaining.length - count)
    if (targets.length === 0 && !hasWeights) return x
    const model = this.#model
    const arranged = (values: readonly SymbolicTensor[]): unknown => {
      if (values.length < 2) return values[0] ?? null
      return model.hasOutputs ? model.arranged(values) : values
    }
    return hasWeights ? [x, arranged(targets), arranged(remaining)] : [x, arranged(targets)]
  }

  /** The step that Keras takes: a forward pass, the loss, and in training an update of all weights. */
  #usualStep(data: unknown, traced: StepOfClass): Readonly<Record<string, unknown>> {
    const model = this.#model
    const training = traced.kind === 'train'
    const where = `${model.where}.${traced.kind}Step`
    const [x, y, sampleWeight] = unpacked(data)
    const yPred = model.called([x, { training }]) as StepTensors
    const loss = model.computeLoss(x, y, yPred, sampleWeight, training)
    checkLog(`${model.where}.computeLoss`, 'loss', loss)
    this.#weighted.add(loss)
    if (training) {
      const { weights } = this.#core.trained
      const { compiled } = this.optimizers
      const scaled = traced.scaleLoss(compiled, where, loss)
      traced.applyTo(where, compiled, traced.gradientsBy(where, scaled, weights), weights)
    }
    if (model.ownHooks.includes('computeMetrics'))
      return { ...model.computeMetrics(x, y, yPred, sampleWeight), loss }
    if (this.measures.hasMetrics) this.#trackMetrics(where, traced, { yPred, y, sampleWeight }, true)
    return { loss }
  }

  /** What `this.metrics` is in a step. */
  #metricsIn(where: string, traced: StepOfClass): readonly object[] {
    const { compiled } = this.measures
    const update = (ends: Ends): void => this.#trackMetrics(where, traced, ends, false)
    const ofCompile = compiled.length > 0 ? [new CompiledMetrics(where, compiled, update)] : []
    return [new LossTracker(this.#mean), ...ofCompile, ...this.#held]
  }

  /** What `super.computeMetrics` does: updates the metrics of `compile`, and tells all that the step updates. */
  #usualMetrics(traced: StepOfClass, { y, yPred, sampleWeight }: Ends): Readonly<Record<string, unknown>> {
    const { metrics } = traced
    for (const metric of metrics)
      if (metric instanceof CompiledMetrics) metric.updateState(y, yPred, sampleWeight)
    return metricValues(metrics)
  }

  /** Updates the metrics of `compile`; `isTold` as {@link StepMeasures.trackMetrics} has it. */
  #trackMetrics(where: string, traced: StepOfClass, { yPred, y, sampleWeight }: Ends, isTold: boolean): void {
    const [outputs, targets, weights] = [flat(yPred), flat(y), flat(sampleWeight)]
    checkEnds(this.#core, where, outputs.length, targets.length)
    stepEffect(where, [...outputs, ...targets, ...weights], (values, step) => {
      const judged = this.#core.outputs.map((_, i) => {
        const expected = targets[i] && values[outputs.length + i]
        const { value: predictions, mask } = values[i] ?? impossible('no predictions')
        const weighing = weights[i] && values[outputs.length + targets.length + i]
        return expected ? { predictions, targets: expected.value, weights: weighing?.value, mask } : null
      })
      this.measures.trackMetrics(step, traced, judged, isTold)
    })
  }

  #checkUpdates(where: string, updates: number): void {
    if (updates === 0)
      fail(where, {
        expected: 'an update of weights',
        got: 'none',
        remedy: 'Call this.optimizer.minimize(loss, this.trainableWeights).',
      })
  }

  #checkBuilt(where: string): void {
    const [open] = openParts(this.#model)
    if (open && !builtInSteps.has(this.#model))
      fail(where, {
        expected: 'layers whose weights are made before the first step',
        got: `${open.where} without`,
        remedy: 'Give its model an Input, or call it in the method call.',
      })
  }
}
