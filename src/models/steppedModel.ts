// What a class of the user's own may say of its steps, its loss and what a step of training or evaluation does, and what its methods
// call.

import { fail } from '../errors.ts'
import type { Arranged, Structure } from '../layers/own/arrangement.ts'
import type { AssignedValue } from '../layers/own/assignment.ts'
import type { AddWeightOptions } from '../layers/own/ownCode.ts'
import { currentStep, type OwnStepHook, type StepWeights, tracedStep } from '../layers/own/stepTrace.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import type { DrawnVariable, Variable } from '../layers/weights/variable.ts'
import { byPlace } from '../operations/keywords.ts'
import type { MetricValue } from '../training/metric.ts'
import type { MetricResult } from '../training/metrics/metricVariable.ts'
import type { Tensor } from '../util/tensor.ts'
import type { Caller } from './caller.ts'
import type { ModelCore } from './core.ts'
import { type HeldOptimizer, optimizersInFields } from './heldOptimizers.ts'
import { LayersModel } from './model.ts'
import type { PlanOptions, PlanReport } from './planReport.ts'
import { SteppedCore } from './steppedCore.ts'

/** Tensors of a model's inputs or outputs in a step, as data are given: one, a list, or an object by name. */
export type StepTensors = Arranged<SymbolicTensor>

/** What a step tells: a tensor of the step, what `result()` of a metric returns, or several such by name. */
export type StepLog = SymbolicTensor | Tensor | Promise<MetricValue> | MetricResult | StepLogs

/** Numbers that a step returns by name. Those of objects among them are told by their own names. */
export interface StepLogs {
  readonly [name: string]: StepLog
}

/** A metric in a step: the mean of the loss, those of `compile` as one, or one in a field. */
export interface StepMetric {
  readonly name: string
  /** Adds an update to the step: of values, the loss, say, or of targets and predictions, then weights of samples. */
  updateState(yTrue: unknown, yPred?: unknown, options?: unknown): unknown
  /** Its value, or values by name, for what the step returns. */
  result(): StepLog
}

/** What steps get: `x` where nothing else is given, `[x, y]`, or `[x, y, sampleWeight]`. */
export type StepData =
  | StepTensors
  | readonly [x: StepTensors, y: StepTensors | null]
  | readonly [x: StepTensors, y: StepTensors | null, sampleWeight: StepTensors | null]

/** What a loss is computed of, by name. */
export interface LossArguments {
  readonly x?: StepTensors | null
  /** The targets; null, the default, where there are none. */
  readonly y?: StepTensors | null
  /** The outputs. */
  readonly yPred: StepTensors
  /** Weights of samples; null, the default, is 1 each. */
  readonly sampleWeight?: StepTensors | null
  /** Whether the step trains, `true` by default. */
  readonly training?: boolean
}

const HOOKS: readonly OwnStepHook[] = ['trainStep', 'testStep', 'computeLoss', 'computeMetrics']

/** A model whose class may have steps of its own. */
export abstract class SteppedModel extends LayersModel {
  /** @internal The hooks that the class has itself. */
  get ownHooks(): readonly OwnStepHook[] {
    return HOOKS.filter((name) => this[name] !== SteppedModel.prototype[name])
  }

  /**
   * Hook: the loss that training minimizes and evaluation tells, in `ops`. What `super.computeLoss` returns is that of `compile`, with
   * loss weights, sample weights and masks, and with what layers, `addLoss` and regularizers add.
   *
   * It is given the inputs and the targets, as data are given, the outputs, the weights of samples, and whether the step trains; targets
   * and weights are null where there are none. A class's own gets all five; what it calls may be given them by name, too:
   * `this.computeLoss({ y, yPred })`.
   *
   * @returns A number, `[]`.
   * @see keras/src/trainers/trainer.py
   */
  computeLoss(
    ...args:
      | readonly [
          x: StepTensors | null,
          y: StepTensors | null,
          yPred: StepTensors,
          sampleWeight?: StepTensors | null,
          training?: boolean,
        ]
      | readonly [options: LossArguments]
  ): SymbolicTensor {
    return this.#usual('computeLoss', this.#placed('computeLoss', args)) as SymbolicTensor
  }

  /**
   * Hook: what a step measures. `super.computeMetrics` updates the metrics of `compile`, and returns these and all that the step updates
   * of {@link metrics}. A step of one's own calls it, too: `return this.computeMetrics(x, y, yPred, sampleWeight)`.
   *
   * It is given the inputs and the targets, as data are given, the outputs, and the weights of samples, which are null where there are none;
   * what a class calls may be given them by name, too.
   *
   * @returns Numbers by name.
   * @see keras/src/trainers/trainer.py
   */
  computeMetrics(
    ...args:
      | readonly [
          x: StepTensors | null,
          y: StepTensors | null,
          yPred: StepTensors,
          sampleWeight?: StepTensors | null,
        ]
      | readonly [options: Omit<LossArguments, 'training'>]
  ): StepLogs {
    return this.#usual('computeMetrics', this.#placed('computeMetrics', args)) as StepLogs
  }

  /**
   * In a step: the mean of the loss, named `loss`; the metrics of `compile` as one, named `compile_metrics`, where there are some; and those
   * that the model and its layers hold in fields. Outside, `metricsNames` has the names, and `evaluate` the values.
   */
  get metrics(): readonly StepMetric[] {
    return tracedStep(`${this.where}.metrics`).metrics as readonly StepMetric[]
  }

  /**
   * In a step: what layers have added in their calls so far, `addLoss` and activity regularizers, and what regularizers of weights add, as a
   * list of their sum. `computeLoss` has it already.
   */
  get losses(): readonly SymbolicTensor[] {
    return tracedStep(`${this.where}.losses`).losses
  }

  /** The arguments of a hook in their places. Alone an object is names; as a last argument it may be outputs by keys. */
  #placed(hook: OwnStepHook, args: readonly unknown[]): readonly unknown[] {
    const names = `x y yPred sampleWeight${hook === 'computeLoss' ? ' training' : ''}`
    return args.length === 1 ? byPlace(`${this.where}.${hook}`, names, args) : args
  }

  /**
   * Hook: a step of training, in `ops`, calls of layers and models, {@link gradients} and `optimizer.apply`. It is traced once for each
   * batch size, and runs as one list of launches, in the order of the code.
   *
   * @param data As Keras hands it over: `x` where nothing else is given, `[x, y]`, or `[x, y, sampleWeight]`.
   * @returns Numbers by name, `[]`, which become logs and histories: their means over the batches of an epoch.
   * @see keras/src/backend/tensorflow/trainer.py
   */
  trainStep(data: StepData): StepLogs {
    return this.#usual('trainStep', [data]) as StepLogs
  }

  /** Hook: a step of evaluation, of data as {@link trainStep} gets them. It returns numbers alike, and updates nothing. */
  testStep(data: StepData): StepLogs {
    return this.#usual('testStep', [data]) as StepLogs
  }

  #usual(hook: OwnStepHook, args: readonly unknown[]): unknown {
    return tracedStep(`${this.where}.${hook}`).usual(hook, args)
  }

  /** @internal */
  protected override makeCore(...graph: Parameters<LayersModel['makeCore']>): ModelCore {
    if (!this.hasOwnSteps) return super.makeCore(...graph)
    return new SteppedCore(this, ...graph)
  }

  override plan(options: PlanOptions = {}): PlanReport {
    // What a step costs depends on the data that it gets.
    if (this.hasOwnSteps && (options?.training ?? this.optimizer !== null))
      fail(`${this.where}.plan`, {
        expected: 'training: false for a model whose class says what its steps do',
        got: 'a step of training',
        remedy: 'Call model.profile(x, y) with a batch: it tells the launches of a step.',
      })
    return super.plan(options)
  }

  /** @internal */
  override get hasOwnSteps(): boolean {
    return this.ownHooks.length > 0
  }

  /** @internal */
  override get heldOptimizers(): readonly HeldOptimizer[] {
    return optimizersInFields(this).filter(({ optimizer }) => optimizer !== this.optimizer)
  }

  /** @internal What makes the weights of layers that only steps call. */
  stepBuilder() {
    return import('./ownSteps/buildInStep.ts')
  }

  override buildOptimizer(): void {
    super.buildOptimizer()
    if (this.core instanceof SteppedCore) this.core.buildCompiledOptimizer()
  }

  /** @internal */
  abstract get hasOutputs(): boolean

  /** @internal Weights that steps train whatever the flags of layers are: those of models that were compiled before these changed. */
  alsoTrained(): readonly Variable[] {
    return []
  }

  /** @internal */
  abstract readonly caller: Caller

  /** @internal How the model's inputs are given, once they are settled. */
  abstract inputStructure: Structure

  /** Adds a weight of the model itself, in the constructor or in `build`. */
  override addWeight(options?: AddWeightOptions): DrawnVariable {
    const weight = this.caller.addWeight(options)
    this.variables.push(weight)
    return weight
  }

  /** In `call`: adds a number to the loss of training and evaluation. Of a tensor that is no scalar the sum. */
  addLoss(loss: SymbolicTensor): void {
    this.caller.addLoss(loss)
  }

  /**
   * Sets a weight. In `call` it is one that was added with `trainable: false`; in `trainStep` any weight of the model, as `addWeight` returned
   * it or `weights` of a layer or a model lists it: an average of other weights, or what an update left, within bounds. What reads the weight
   * behind it reads the new value.
   *
   * @param value Of the weight's shape, or a number, which fills it. No gradient flows through the weight.
   * @returns The new value.
   */
  assign(weight: StepWeights[number], value: AssignedValue): SymbolicTensor {
    const step = currentStep()
    const own = this.variables.find((variable) => variable === weight && variable.kind === 'statistic')
    return step && !own
      ? step.assign('assign', weight, 'assign', value)
      : this.caller.assign(weight as DrawnVariable, value)
  }
}
