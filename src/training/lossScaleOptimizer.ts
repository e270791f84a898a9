// Dynamic loss scaling around an optimizer: the loss is multiplied by a scale, so that small gradients do not vanish
// as f16. The scale is on the device, and a kernel updates it from the gradients: nothing is read back.

import {
  checkFinite,
  checkPositive,
  checkPositiveInteger,
  checkText,
  describeValue,
  fail,
  impossible,
} from '../errors.ts'
import type { Graph, Value } from '../graph/graph.ts'
import type { Variable } from '../layers/weights/variable.ts'
import { concatAll } from '../ops/columns.ts'
import { binary } from '../ops/elementwise.ts'
import { lossScale, overflow } from '../ops/lossScale.ts'
import { MOST_SCALE, SCALING_SIZE, scalingState } from '../ops/lossScaleState.ts'
import { type Config, option, readOptions, type TableFor } from '../util/options.ts'
import { type Exclusions, type LearningRate, Optimizer, type UpdateTensors } from './optimizer.ts'

export interface LossScaleOptions {
  /** The first scale of the loss, `32768` by default, 2¹²⁶ at most. */
  readonly initialScale?: number
  /** Training steps without overflow after which the scale doubles, `2000` by default. */
  readonly dynamicGrowthSteps?: number
  /** The optimizer's name in files, `'loss_scale_optimizer'` by default. */
  readonly name?: string
}

const lossScaleOptions = {
  initialScale: option(2 ** 15, (where, name, value) =>
    checkFinite(where, name, checkPositive(where, name, value), { max: MOST_SCALE }),
  ),
  dynamicGrowthSteps: option(2000, checkPositiveInteger),
  name: option('loss_scale_optimizer', checkText),
} as const satisfies TableFor<LossScaleOptions>

/** The state of loss scaling, read from the device. */
export interface LossScaleState {
  /** What the loss is multiplied by. */
  readonly dynamicScale: number
  /** Training steps since the scale changed. */
  readonly stepCounter: number
  /** Updates made: training steps that were not skipped. */
  readonly iterations: number
}

export class DynamicLossScaleOptimizer extends Optimizer {
  /** The optimizer whose loss it scales. */
  readonly innerOptimizer: Optimizer
  readonly #initialScale: number
  readonly #growthSteps: number
  readonly #state: Variable

  constructor(innerOptimizer: Optimizer, options: Config<typeof lossScaleOptions>) {
    const { initialScale, dynamicGrowthSteps, name } = options
    const { learningRate } = innerOptimizer
    const config = { name, innerOptimizer, initialScale, dynamicGrowthSteps, learningRate }
    super('LossScaleOptimizer', config, {
      slots: innerOptimizer.rule.slots,
      // Bias corrections depend on the number of updates, which only the device knows: it takes the rate alone.
      scalars: (_rate, iteration) => ({
        ...innerOptimizer.scalars(iteration),
        rate: innerOptimizer.rateAt(iteration - 1),
        scheduled: Number(innerOptimizer.hasSchedule),
      }),
      lower: (graph, tensors) => this.#lower(graph, tensors),
    })
    this.innerOptimizer = innerOptimizer
    this.#initialScale = initialScale
    this.#growthSteps = dynamicGrowthSteps
    this.#state = {
      path: `${name}/scaling`,
      shape: [SCALING_SIZE],
      kind: 'slot',
      slot: 'scaling',
      value: scalingState(initialScale, 0, innerOptimizer.steps),
      home: null,
    }
  }

  override get variables(): readonly Variable[] {
    return [this.#state, ...this.innerOptimizer.variables]
  }

  override get lossScale(): Variable {
    return this.#state
  }

  override scaled(graph: Graph, d: Value, scaling: Value | undefined, fn: 'multiply' | 'divide'): Value {
    if (!scaling?.place) impossible('a loss scale without its state')
    const { arena, offset } = scaling.place
    return binary(graph, { a: d, b: graph.resident(arena, offset, [1]) }, { fn }).y
  }

  override excludeFromWeightDecay(given: Exclusions): void {
    this.innerOptimizer.excludeFromWeightDecay(given)
  }

  override get built(): boolean {
    return this.innerOptimizer.built
  }

  override get learningRate(): number {
    return this.innerOptimizer.learningRate
  }

  override set learningRate(value: LearningRate) {
    this.innerOptimizer.learningRate = value
  }

  /** @internal */
  override get hasSchedule(): boolean {
    return this.innerOptimizer.hasSchedule
  }

  /** @internal */
  override rateAt(step: number): number {
    return this.innerOptimizer.rateAt(step)
  }

  /** Updates made, by the numbers that the last epoch ended with; a call that is under way counts skipped steps, too. */
  override get iterations(): number {
    return this.innerOptimizer.iterations
  }

  override set iterations(value: number) {
    this.innerOptimizer.iterations = value
  }

  /** Those of the inner optimizer, which counts no skipped step that the host knows of, and these. */
  override get steps(): number {
    return this.innerOptimizer.steps + this.#skipped
  }

  override set steps(value: number) {
    this.innerOptimizer.steps = value - this.#skipped
  }

  /** @internal Tells how many steps were skipped, of those whose numbers the host has read. */
  set skipped(value: number) {
    const { steps } = this
    this.#skipped = value
    this.steps = steps
  }
  #skipped = 0

  override build(weights: readonly Variable[]): boolean {
    return this.innerOptimizer.build(weights)
  }

  /** Sets the number of updates made, and the scale: to its first value, or to a stored one and the steps since it changed. */
  restart(
    iterations: number,
    { dynamicScale, stepCounter } = { dynamicScale: this.#initialScale, stepCounter: 0 },
  ): void {
    this.#state.value = scalingState(dynamicScale, stepCounter, iterations)
    this.#skipped = 0
    this.#state.home = null
  }

  override reset(): void {
    this.innerOptimizer.reset()
    this.restart(0)
  }

  /** The scale and the number of updates, read from the device. */
  async readState(): Promise<LossScaleState> {
    await this.#state.home?.pull()
    const [dynamicScale = 1, stepCounter = 0, iterations = 0] = this.#state.value
    return { dynamicScale, stepCounter, iterations }
  }

  #lower(graph: Graph, tensors: UpdateTensors): void {
    const { gradients, scaling, skipped } = tensors
    if (scaling === undefined || skipped === undefined) impossible('a loss scale without its state')
    this.adjust(graph, [gradients], { scaling, skipped })
    this.innerOptimizer.rule.lower(graph, tensors, this.innerOptimizer)
  }

  /**
   * @internal Changes the scale by the gradients of an update, and says in its state what the update multiplies them by.
   *
   * @param update Which of a step it is, where that has several, which have gates then.
   */
  adjust(
    graph: Graph,
    gradients: readonly Value[],
    {
      scaling,
      skipped,
      gate,
    }: Readonly<Record<'scaling' | 'skipped', Value>> & {
      readonly gate?: Value | undefined
    },
    update = 0,
  ): void {
    const flags = concatAll(
      graph,
      gradients.map((x) => overflow(graph, { x }, {}).flags),
    )
    lossScale(graph, { flags, scaling, skipped, gate }, { growthSteps: this.#growthSteps, update })
  }
}

export type LossScaleOptimizer = DynamicLossScaleOptimizer

/**
 * Scales the loss for an optimizer, as `compile` does by itself under the policy 'mixed_float16'. A training step
 * whose gradients overflow is skipped and halves the scale; after `dynamicGrowthSteps` without overflow it doubles.
 *
 * @param innerOptimizer An optimizer, made by `Adam(…)` or `SGD(…)`.
 * @param options `initialScale` (2¹⁵), `dynamicGrowthSteps` (2000).
 * @see keras/src/optimizers/loss_scale_optimizer.py
 */
export function LossScaleOptimizer(
  innerOptimizer: Optimizer,
  options: LossScaleOptions = {},
): DynamicLossScaleOptimizer {
  const where = 'LossScaleOptimizer'
  if (!(innerOptimizer instanceof Optimizer) || innerOptimizer.lossScale !== null) {
    fail(where, {
      expected: 'an optimizer without loss scaling, such as Adam()',
      got: describeValue(innerOptimizer),
    })
  }
  return new DynamicLossScaleOptimizer(innerOptimizer, readOptions(where, lossScaleOptions, options))
}

/** Gives an optimizer loss scaling, as `compile` does under 'mixed_float16'. */
export const scaleLoss = (optimizer: Optimizer): Optimizer =>
  optimizer.lossScale === null ? LossScaleOptimizer(optimizer) : optimizer
