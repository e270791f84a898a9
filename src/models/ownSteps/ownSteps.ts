// Steps that a class of the user's own says itself, by `trainStep`, `testStep` or `computeLoss`. They are traced like its `call`, once
// for each batch size, and become the graph of the step. Loaded with the first call of such a model.

import { describeValue, fail, impossible } from '../../errors.ts'
import type { Value } from '../../graph/graph.ts'
import type { StepLowering } from '../../layers/call.ts'
import { lowerGraph } from '../../layers/layerGraph.ts'
import { type OwnStepHook, tracingStep } from '../../layers/own/stepTrace.ts'
import { trace } from '../../layers/own/trace.ts'
import { type Arranged, argumentsOf } from '../../layers/own/tracedCall.ts'
import { SymbolicTensor } from '../../layers/symbolicTensor.ts'
import { sumOf } from '../../ops/addAll.ts'
import { reshape } from '../../ops/view.ts'
import { allowApplying } from '../../training/applying.ts'
import { isOptions } from '../../util/options.ts'
import { isA } from '../../util/realms.ts'
import type { ModelCore } from '../core.ts'
import { Measures, type OutputTraining, type OutputValues } from '../measures.ts'
import { type StepRequest, sampleShape } from '../stepGraph.ts'
import type { SubclassedModel } from '../subclassed.ts'
import type { RulesOfStep } from '../weightRules.ts'
import { checkLog, flat, metricsIn, unpacked } from './given.ts'
import { judge } from './judging.ts'
import { penaltiesOf } from './penalties.ts'
import { stepCall } from './stepLayer.ts'
import { StepUpdates } from './stepLowering.ts'
import { type OwnKind, StepMeasures } from './stepMeasures.ts'
import { MetricInStep, StepOfClass } from './stepOfClass.ts'
import { StepOptimizers } from './stepOptimizers.ts'

/** Gives a model that is compiled the steps of its class. */
export function giveOwnSteps(model: SubclassedModel, core: ModelCore): void {
  const { optimizer } = core
  if (optimizer === null || optimizer instanceof StepOptimizers) return
  allowApplying()
  const optimizers = new StepOptimizers(optimizer)
  core.setUp({ optimizer: optimizers })
  const own = new OwnSteps(model, core, optimizers)
  core.ownSteps = own
  Object.defineProperty(core, 'measures', { value: own.measures, configurable: true })
}

export class OwnSteps {
  readonly #model: SubclassedModel
  readonly #core: ModelCore
  readonly #optimizers: StepOptimizers
  readonly #losses: Measures
  readonly #metrics: Measures
  readonly measures: StepMeasures

  constructor(model: SubclassedModel, core: ModelCore, optimizers: StepOptimizers) {
    this.#model = model
    this.#core = core
    this.#optimizers = optimizers
    const measuresOf = (changed: Partial<OutputTraining>): Measures =>
      new Measures(
        core.training.map((each) => ({ ...each, ...changed })),
        core.outputNames,
        core.outputs.map(sampleShape),
        false,
      )
    this.#losses = measuresOf({ metrics: [], weightedMetrics: [] })
    this.#metrics = measuresOf({ loss: null })
    this.measures = new StepMeasures([this.#losses, this.#metrics], metricsIn(model))
    // All rows of an Embedding's table may change in every update, so that none can lag behind.
    for (const variable of core.variables) variable.history = undefined
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
        ? this.#compiledLoss(kind, rows, args, traced)
        : this.#usualStep(kind, rows, args[0], traced)
    const traced = new StepOfClass({
      where: model.where,
      variables: this.#core.variables,
      measures,
      kind,
      rows,
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
          tracingStep(traced, () => model[hook](data as Parameters<typeof model.trainStep>[0]))
        const returned: unknown = model.caller.collecting(additions, run)
        if (!isOptions(returned) || Object.keys(returned).length === 0)
          fail(where, {
            expected: 'to return numbers by name, { loss }',
            got: isA(returned, 'Promise')
              ? 'a promise: trainStep is no async function'
              : describeValue(returned),
          })
        logs = returned
        for (const [name, number] of Object.entries(logs)) checkLog(where, name, number)
        const numbers = Object.values(logs).filter((number) => number instanceof SymbolicTensor)
        return [...numbers, ...traced.effects, ...additions.assignments]
      },
    )
    if (kind === 'train') {
      this.#checkUpdates(where, traced.updates.length)
      this.#optimizers.settle(traced.updates, this.#core.layout, this.#core.trained)
    }
    const updates = new StepUpdates(step, this.#core.layout, traced.updates.length)
    traced.lowered = updates
    // As in Keras layers run as in a prediction unless they are called with { training: true }.
    const outputs = lowerGraph(
      graph,
      updates.step,
      [...inputs, ...fields].map((value) => ({ value, mask: null })),
      false,
    )
    let next = 0
    for (const [name, number] of Object.entries(logs)) {
      if (number instanceof MetricInStep) measures.logMetric(kind, name, number.metric, where)
      else {
        const { value } = outputs[next++] ?? impossible('a number without value')
        // Keras's own loss counts by samples, the mean of what a class returns by batches.
        const isUsual = this.#weighted.has(number as SymbolicTensor)
        measures.log(step.graph, kind, name, { value, rows: isUsual ? rows : 1 })
      }
    }
    updates.check(where)
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
    const arranged = (values: readonly SymbolicTensor[]): unknown =>
      values.length === 0 ? null : values.length === 1 ? values[0] : this.#model.arranged(values)
    return hasWeights ? [x, arranged(targets), arranged(remaining)] : [x, arranged(targets)]
  }

  /** The step that Keras takes: a forward pass, the loss, and in training an update of all weights. */
  #usualStep(
    kind: OwnKind,
    rows: number,
    data: unknown,
    traced: StepOfClass,
  ): Readonly<Record<string, unknown>> {
    const model = this.#model
    const where = `${model.where}.${kind}Step`
    const [x, y, sampleWeight] = unpacked(data)
    const training = kind === 'train'
    const call = model as unknown as (x: unknown, options: object) => Arranged<SymbolicTensor>
    const yPred = call(x, { training })
    const loss = model.computeLoss(x as never, y, yPred, sampleWeight, training)
    checkLog(`${model.where}.computeLoss`, 'loss', loss)
    this.#weighted.add(loss)
    if (training) {
      const { weights } = this.#core.trained
      const found = traced.gradientsBy(where, loss, weights, false)
      traced.applyTo(where, this.#optimizers.compiled, found, weights)
    }
    const inputs = flat(yPred).concat(flat(y), flat(sampleWeight))
    if (this.#metrics.all.length > 0)
      traced.does(where, inputs, (values, step) => {
        const outputs = this.#judged(values, flat(y).length, where)
        this.#metrics.lower(step, outputs, [], { rows, tracks: true })
        this.measures.use(kind, this.#metrics)
        return []
      })
    return { loss }
  }

  /** The loss of `compile`, with what layers and regularizers add. */
  #compiledLoss(kind: OwnKind, rows: number, args: readonly unknown[], traced: StepOfClass): SymbolicTensor {
    const where = `${this.#model.where}.computeLoss`
    const [, y, yPred, sampleWeight] = args
    const inputs = flat(yPred).concat(flat(y), flat(sampleWeight))
    const { training } = this.#core
    return stepCall(where, inputs, [[]], (values, step) => {
      const { graph } = step
      const outputs = this.#judged(values, flat(y).length, where)
      const judged = training.map(({ loss }, i) => (loss ? (outputs[i] ?? null) : null))
      const missing = training.findIndex(({ loss }, i) => loss && !outputs[i])
      if (missing >= 0)
        fail(where, { expected: `targets for the loss of "${this.#core.outputNames[missing]}"`, got: 'none' })
      const number = judge(step, judged, { measures: this.#losses, training, rows, tracks: true })
      if (this.#losses.all.length > 1) this.measures.use(kind, this.#losses)
      const { rules } = step as StepLowering & { readonly rules: RulesOfStep | null }
      const added = [...(traced.lowered?.added ?? []), ...(rules ? penaltiesOf(rules, step, where) : [])]
      const all = number ? [number, ...added] : added
      if (all.length === 0)
        fail(where, {
          expected: 'a loss',
          got: 'none',
          remedy: "Give compile loss: 'mean_squared_error', say.",
        })
      const ones = all.map((value) => reshape(graph, value, { shape: [1] }))
      return [reshape(graph, sumOf(graph, ones), { shape: [] })]
    })[0] as SymbolicTensor
  }

  /** Predictions, targets and weights of outputs, of which each may have none of the last. */
  #judged(
    values: Parameters<Parameters<typeof stepCall>[3]>[0],
    targets: number,
    where: string,
  ): readonly (OutputValues | null)[] {
    const count = this.#core.outputs.length
    const predicted = values.slice(0, values.length - targets)
    if (predicted.length < count || (targets > 0 && targets !== count))
      fail(where, {
        expected: `outputs and targets of the model's ${count} outputs`,
        got: `${predicted.length} and ${targets}`,
      })
    return Array.from({ length: count }, (_, i) => {
      const { value: predictions, mask } = values[i] ?? impossible('no predictions')
      const expected = values[count + i]?.value
      if (targets === 0 || !expected) return null
      return { predictions, targets: expected, weights: values[2 * count + i]?.value, mask }
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
    const open = this.#model.parts.find((layer) => !layer.built)
    if (open)
      fail(where, {
        expected: 'layers whose weights are made before the first step',
        got: `${open.where} without`,
        remedy: 'Give its model an Input, or call it in the method call.',
      })
  }
}
