// The type of optimizers: the update of all weights in a training step, and the optimizer's state.

import { checkFinite, checkInteger, fail, SIZE_LIMIT } from '../errors.ts'
import type { Graph, Place, Value } from '../graph/graph.ts'
import type { Kernel } from '../graph/kernel.ts'
import type { StepScalars } from '../graph/operation.ts'
import type { Variable } from '../layers/weights/variable.ts'
import type { Read } from '../util/options.ts'
import { type Shape, sizeOf } from '../util/shape.ts'
import { Unproxied } from '../util/unproxied.ts'
import type { Applying } from './applying.ts'
import type { Identified } from './identifiers.ts'

type Schedule = (step: number) => number

/** A learning rate: a finite number of at least 0, or a schedule: a function of the step, counted from 0, that returns one. */
export type LearningRate = number | Schedule

/**
 * Flat tensors of one layout: all trainable weights, their gradients, and a slot of the optimizer each. A slot of shapes of its own
 * has a layout of its own.
 */
export interface UpdateTensors {
  readonly parameters: Value
  readonly gradients: Value
  readonly slots: readonly Value[]
  /** Where weights and slots lie in their tensors. */
  readonly layout: { placeOf(variable: Variable): Place }
  /** The state of loss scaling, present if the loss is scaled; in a step of several updates what stands in its place (ops/updateGate.ts). */
  readonly scaling?: Value | undefined
  /** Counts the training steps in a row that were skipped, present if the loss is scaled by a scale that is found in training. */
  readonly skipped?: Value | undefined
}

/** A tensor that an optimizer keeps of each weight. */
export interface Slot {
  /** The name that a variable's path ends with, and the slot's tensor has. */
  readonly name: string
  /** What its elements start from; `0` by default. */
  readonly initial?: number
  /** Its shape; by default that of the weight, and then slots lie as the weights do. Null where a weight has none. */
  readonly shape?: (weight: Variable) => Shape | null
  /** A file has the slots of a group weight by weight, and then those of the next, as Keras makes them; `0` by default. */
  readonly group?: number
}

type SlotVariable = Variable & Required<Pick<Slot, 'initial' | 'group'>>

/** What a step of an optimizer does. */
export interface Rule {
  readonly slots: readonly Slot[]
  /**
   * The kernel that also keeps a moving average of the weights, of rules whose one launch updates numbers, wherever these lie. Other rules
   * know one weight from the other, and leave out idle ones themselves.
   */
  readonly averaged?: Kernel
  /**
   * What its kernels are told of step `iteration` (from 1), by the names of shaders/lib/step.wgsl. The rate is with bias
   * corrections; where the loss is scaled the update adds those.
   */
  scalars(learningRate: number, iteration: number): StepScalars
  /** @param optimizer Whose weights and their slots lie where the layout says. */
  lower(graph: Graph, tensors: UpdateTensors, optimizer: Optimizer): void
  /** A scalar that Keras's files have behind the slots: a function of the number of updates. */
  stored?(updates: number): number
  /** Whether Keras's files have the integer 0 in place of a slot. */
  isPlaceholder?(slot: Variable): boolean
  /** A gradient multiplied or divided by a fixed scale of the loss. */
  scaled?(graph: Graph, d: Value, fn: 'multiply' | 'divide'): Value
  /** The weight decay of a weight, undefined where it is that of all. */
  decayOf?(weight: Variable): number | null | undefined
  /** Sets the weights that do not decay. */
  exclude?(given: Exclusions, optimizer: Optimizer): void
}

/** Weights that do not decay: these, and all whose names (`bias`, `gamma`) match one of the patterns. */
export interface Exclusions {
  readonly varList?: readonly { readonly path: string }[]
  readonly varNames?: readonly string[]
}

export class Optimizer extends Unproxied implements Identified {
  /** Keras's name of the class. */
  readonly className: string
  /** Its options, in camelCase. */
  readonly config: Readonly<Record<string, unknown>>
  /** @internal */
  readonly rule: Rule
  /** @internal The weights that it trains. */
  weights: readonly Variable[] = []
  /** @internal Sets the state that a file has of it, where that came before the weights were known. */
  declare restore?: (() => void) | undefined
  /**
   * In `trainStep` of a class that extends `Model`: changes weights by their gradients. What reads them behind it reads the new values.
   * The optimizer's state is made for these weights; for others in the same step there must be another optimizer.
   *
   * The first argument is what `gradients(loss, weights)` returned, or tensors that `ops` made of these; the second are the weights.
   */
  declare readonly apply: Applying['apply']
  /** In `trainStep`: `apply` of pairs of a gradient and its weight, as Keras's `apply_gradients(zip(gradients, weights))`. */
  declare readonly applyGradients: Applying['applyGradients']
  /**
   * In `trainStep`: `apply` of the gradients of a loss, the first argument, by weights, the second. The loss is scaled before, where the
   * optimizer takes scaled ones.
   */
  declare readonly minimize: Applying['minimize']
  /**
   * In `trainStep`: the loss as the optimizer takes its gradients. It is multiplied by the scale of a `LossScaleOptimizer`, or by
   * `lossScaleFactor`, by which `apply` divides, and as it is under other optimizers.
   */
  declare readonly scaleLoss: Applying['scaleLoss']
  #learningRate: LearningRate
  /** Training steps of an update. */
  readonly #each: number

  constructor(
    className: string,
    config: Readonly<Record<string, unknown>> & { readonly learningRate: LearningRate },
    rule: Rule,
  ) {
    super()
    this.className = className
    this.config = config
    this.rule = rule
    this.#learningRate = config.learningRate
    this.#each = Number(config.gradientAccumulationSteps ?? 1)
  }

  /** The options, from which `fromConfig` of the class makes an equal optimizer; a schedule is itself. */
  getConfig(): Readonly<Record<string, unknown>> {
    return { ...this.config }
  }

  /** Training steps taken; as in Keras where gradients are averaged over steps the updates that were made of them. */
  get iterations(): number {
    return Math.floor(this.steps / this.#each)
  }

  set iterations(value: number) {
    this.steps =
      this.#each * checkInteger(this.className, 'iterations', value, { min: 0, max: SIZE_LIMIT - 1 })
  }

  /** @internal Training steps taken, which schedules count. */
  get steps(): number {
    return this.#steps
  }

  /** @internal */
  set steps(value: number) {
    this.#steps = value
  }
  #steps = 0

  /** State beside the weights that it trains, in Keras's order. */
  get variables(): readonly Variable[] {
    return this.#variables ?? []
  }
  /** Null until its state has been made. */
  #variables: readonly SlotVariable[] | null = null

  /** The state of loss scaling, whose first number is the scale; null where losses are taken as they are. */
  get lossScale(): Variable | null {
    return null
  }

  /**
   * A gradient multiplied or divided by the scale of the loss; as it is where losses are.
   *
   * @param _scaling The state of loss scaling.
   */
  scaled(graph: Graph, d: Value, _scaling: Value | undefined, fn: 'multiply' | 'divide'): Value {
    return this.rule.scaled?.(graph, d, fn) ?? d
  }

  /**
   * Excludes weights from weight decay, before training: `{ varNames: ['bias'] }`, or `{ varList: [model.weights[1]] }`.
   *
   * @throws {RecurraError} once the optimizer has its state.
   */
  excludeFromWeightDecay(given: Exclusions): void {
    this.rule.exclude?.(given, this)
  }

  /** Whether its state has been made. */
  get built(): boolean {
    return this.#variables !== null
  }

  /**
   * The learning rate, at the present step where it follows a schedule. It may be set at any time, to a schedule too: during a fit it
   * holds from the next step on if a callback listens to batches, from the next epoch on if one listens to epochs; without callbacks
   * some steps more are planned already.
   *
   * @throws {RecurraError} where a number is set and the rate follows a schedule, or a schedule returns what is no rate.
   */
  get learningRate(): number {
    return this.rateAt(this.steps)
  }

  set learningRate(value: LearningRate) {
    const { className } = this
    if (this.hasSchedule && typeof value === 'number')
      fail(className, { expected: 'learningRate to stay a schedule', got: `${value}` })
    this.#learningRate = checkLearningRate(className, 'learningRate', value)
  }

  /** @internal Whether the learning rate follows a schedule. */
  get hasSchedule(): boolean {
    return typeof this.#learningRate !== 'number'
  }

  /**
   * @internal The learning rate of a step.
   * @param step Counted from 0.
   */
  rateAt(step: number): number {
    const rate = this.#learningRate
    return typeof rate === 'number' ? rate : notNegative(this.className, 'learningRate', rate(step))
  }

  /** Makes the state for these weights, from what it starts from where they are new to it; false where it is there already. */
  build(weights: readonly Variable[]): boolean {
    const isNew = (weight: Variable, i: number): boolean => weight !== this.weights[i]
    if (this.#variables && weights.length === this.weights.length && !weights.some(isNew)) return false
    this.weights = weights
    this.#variables = weights.flatMap((weight) => this.#stateOf(weight)).sort((a, b) => a.group - b.group)
    return true
  }

  /** Takes the state back to what it started from, and the count of steps. */
  reset(): void {
    for (const variable of this.#variables ?? []) {
      variable.value = variable.value.slice().fill(variable.initial)
      variable.home = null
    }
    // The slots of weights that are frozen now are made anew when they are trained again.
    this.#states = new WeakMap(this.weights.map((weight) => [weight, this.#stateOf(weight)]))
    this.steps = 0
  }

  /** A weight's slots, which stay its own while it is frozen. */
  #stateOf(weight: Variable): readonly SlotVariable[] {
    let state = this.#states.get(weight)
    if (state === undefined) {
      state = this.rule.slots.flatMap(({ name, initial = 0, group = 0, shape: shapeOf }) => {
        const shape = shapeOf ? shapeOf(weight) : weight.shape
        if (!shape) return []
        const variable: SlotVariable = {
          path: `${weight.path}/${name}`,
          shape,
          kind: 'slot',
          slot: name,
          history: shapeOf ? undefined : weight.history,
          value: new Float32Array(sizeOf(shape)).fill(initial),
          home: null,
          initial,
          group,
        }
        return variable
      })
      this.#states.set(weight, state)
    }
    return state
  }
  #states = new WeakMap<Variable, readonly SlotVariable[]>()

  /** What its kernels are told of a step, counted from 1. */
  scalars(iteration: number): StepScalars {
    return this.rule.scalars(this.rateAt(iteration - 1), iteration)
  }
}

/** A finite number of at least 0. */
export const notNegative: Read<number> = (where, name, value) => checkFinite(where, name, value, { min: 0 })

export const checkLearningRate: Read<LearningRate> = (where, name, value) => {
  const isSchedule = typeof value === 'function' && !/^class/.test(`${value}`)
  notNegative(where, `${name} or its schedule`, isSchedule ? value(0) : value)
  return value as LearningRate
}
