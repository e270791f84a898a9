// Optimizers by Keras's names: the update of all weights in a training step, and the optimizer's state.

import { checkFinite, checkInteger, checkText, fail, SIZE_LIMIT } from '../errors.ts'
import type { Graph, Value } from '../graph/graph.ts'
import type { StepScalars } from '../graph/operation.ts'
import { snakeCase } from '../layers/naming.ts'
import type { Variable } from '../layers/variable.ts'
import { adamUpdate, momentumUpdate, sgdUpdate } from '../ops/optimizers.ts'
import { type Config, flag, option, readOptions, type TableFor, unsupported } from '../util/options.ts'
import { sizeOf } from '../util/shape.ts'
import { Family, type Identified } from './identifiers.ts'

/** Flat tensors of one layout: all trainable weights, their gradients, and a slot of the optimizer each. */
export interface UpdateTensors {
  readonly parameters: Value
  readonly gradients: Value
  readonly slots: readonly Value[]
  /** The state of loss scaling, present if the loss is scaled. */
  readonly scaling?: Value | undefined
  /** Counts the training steps in a row that were skipped. */
  readonly skipped?: Value | undefined
}

interface Rule {
  readonly slots: readonly string[]
  /**
   * What its kernels are told of step `iteration` (from 1), by the names of shaders/lib/step.wgsl. The rate is with bias
   * corrections; where the loss is scaled the update adds those.
   */
  scalars(learningRate: number, iteration: number): StepScalars
  lower(graph: Graph, tensors: UpdateTensors): void
}

export class Optimizer implements Identified {
  readonly className: string
  readonly config: Readonly<Record<string, unknown>>
  readonly #rule: Rule
  #learningRate: number

  constructor(
    className: string,
    config: Readonly<Record<string, unknown>> & { readonly learningRate: number },
    rule: Rule,
  ) {
    this.className = className
    this.config = config
    this.#rule = rule
    this.#learningRate = config.learningRate
  }

  /** Steps taken. */
  get iterations(): number {
    return this.#iterations
  }

  set iterations(value: number) {
    this.#iterations = checkInteger(this.className, 'iterations', value, { min: 0, max: SIZE_LIMIT - 1 })
  }
  #iterations = 0

  /** State beside the weights that it trains, in Keras's order: all slots of the first weight, then of the second. */
  get variables(): readonly Variable[] {
    return this.#variables
  }
  #variables: readonly Variable[] = []

  /** The state of loss scaling, whose first number is the scale; null where losses are taken as they are. */
  get lossScale(): Variable | null {
    return null
  }

  get slots(): readonly string[] {
    return this.#rule.slots
  }

  /** Whether its state has been made. */
  get built(): boolean {
    return this.#built
  }
  #built = false
  #weights: readonly Variable[] = []

  /** The learning rate; may be set at any time, by a callback say. A finite number. */
  get learningRate(): number {
    return this.#learningRate
  }

  set learningRate(value: number) {
    this.#learningRate = checkLearningRate(this.className, 'learningRate', value)
  }

  /** Makes the state for these weights, zeros where they are new to it; false where it is there already. */
  build(weights: readonly Variable[]): boolean {
    const isSame =
      weights.length === this.#weights.length && weights.every((weight, i) => weight === this.#weights[i])
    if (this.#built && isSame) return false
    this.#weights = weights
    this.#variables = weights.flatMap((weight) => this.#stateOf(weight))
    this.#built = true
    return true
  }

  /** Zeroes the state, and the count of steps. */
  reset(): void {
    for (const variable of this.variables) {
      variable.value = new Float32Array(variable.value.length)
      variable.home = null
    }
    // The slots of weights that are frozen now are made anew when they are trained again.
    this.#states = new WeakMap(this.#weights.map((weight) => [weight, this.#stateOf(weight)]))
    this.iterations = 0
  }

  /** A weight's slots, which stay its own while it is frozen. */
  #stateOf(weight: Variable): readonly Variable[] {
    let state = this.#states.get(weight)
    if (state === undefined) {
      const { path, shape } = weight
      state = this.slots.map(
        (slot): Variable => ({
          path: `${path}/${slot}`,
          shape,
          kind: 'slot',
          slot,
          value: new Float32Array(sizeOf(shape)),
          home: null,
        }),
      )
      this.#states.set(weight, state)
    }
    return state
  }
  #states = new WeakMap<Variable, readonly Variable[]>()

  /** What its kernels are told of a step, counted from 1. */
  scalars(iteration: number): StepScalars {
    return this.#rule.scalars(this.#learningRate, iteration)
  }

  lower(graph: Graph, tensors: UpdateTensors): void {
    this.#rule.lower(graph, tensors)
  }
}

const family = new Family<Optimizer>('an optimizer', {
  planned: ['rmsprop', 'adamw', 'adamax', 'nadam'],
})

const checkLearningRate = (where: string, name: string, value: unknown): number =>
  checkFinite(where, name, value, { min: 0 })

const learningRate = (fallback: number) => option(fallback, checkLearningRate)

/** A share that a running mean keeps. At 1 it would keep all and learn nothing. */
const decayRate = (fallback: number) =>
  option(fallback, (where, name, value) => {
    const rate = checkFinite(where, name, value, { min: 0, max: 1 })
    return rate < 1 ? rate : fail(where, { expected: `${name} to be less than 1`, got: '1' })
  })

/** What Keras's optimizers share; all but the learning rate are not supported yet. */
const common = (className: string, rate: number) => ({
  name: option(snakeCase(className), checkText),
  learningRate: learningRate(rate),
  weightDecay: unsupported(null),
  clipnorm: unsupported(null),
  clipvalue: unsupported(null),
  globalClipnorm: unsupported(null),
  useEma: unsupported(false),
  emaMomentum: decayRate(0.99),
  emaOverwriteFrequency: unsupported(null),
  lossScaleFactor: unsupported(null),
  gradientAccumulationSteps: unsupported(null),
})

function define<Table extends ReturnType<typeof common>>(
  className: string,
  table: Table,
  rule: (config: Config<Table>) => Rule,
) {
  const make = (given: number | object = {}): Optimizer => {
    const config = readOptions(className, table, typeof given === 'number' ? { learningRate: given } : given)
    return new Optimizer(className, config, rule(config))
  }
  family.add(className, make)
  return make
}

/** What every optimizer takes. */
export interface OptimizerOptions {
  /** The optimizer's name in files; its class in snake_case by default. */
  readonly name?: string
}

export interface AdamOptions extends OptimizerOptions {
  /** How far a step goes, `0.001` by default. */
  readonly learningRate?: number
  /** How much of the mean of gradients a step keeps, `0.9` by default. */
  readonly beta1?: number
  /** How much of the mean of squared gradients a step keeps, `0.999` by default. */
  readonly beta2?: number
  /** Added to the root that a step is divided by, `1e-7` by default. */
  readonly epsilon?: number
}

const adam = define(
  'Adam',
  {
    ...common('Adam', 0.001),
    beta1: decayRate(0.9),
    beta2: decayRate(0.999),
    epsilon: option(1e-7, (where, name, value) => checkFinite(where, name, value, { min: 0 })),
    amsgrad: unsupported(false),
  } satisfies TableFor<AdamOptions>,
  ({ beta1, beta2, epsilon }) => ({
    slots: ['momentum', 'velocity'],
    scalars: (learningRate, t) => ({
      rate: (learningRate * Math.sqrt(1 - beta2 ** t)) / (1 - beta1 ** t),
    }),
    lower(graph, { parameters, gradients, scaling, slots: [m, v] }) {
      if (m && v) adamUpdate(graph, { parameters, gradients, scaling, m, v }, { beta1, beta2, epsilon })
    },
  }),
)

/**
 * Adam (Kingma & Ba 2015).
 *
 * @param options The learning rate, or `learningRate` (0.001), `beta1` (0.9), `beta2` (0.999), `epsilon` (1e-7).
 * @see keras/src/optimizers/adam.py
 */
export const Adam = (options?: number | AdamOptions): Optimizer => adam(options)

export interface SGDOptions extends OptimizerOptions {
  /** How far a step goes, `0.01` by default. */
  readonly learningRate?: number
  /** How much of the last step a step goes on by, in [0, 1], `0` by default. */
  readonly momentum?: number
  /** Whether momentum is Nesterov's, which looks ahead: `false` by default. */
  readonly nesterov?: boolean
}

const sgd = define(
  'SGD',
  {
    ...common('SGD', 0.01),
    momentum: option(0, (w, n, v) => checkFinite(w, n, v, { min: 0, max: 1 })),
    nesterov: flag(false),
  } satisfies TableFor<SGDOptions>,
  ({ momentum, nesterov }) => ({
    slots: momentum === 0 ? [] : ['momentum'],
    scalars: (rate) => ({ rate }),
    lower(graph, { parameters, gradients, scaling, slots: [velocity] }) {
      if (velocity)
        momentumUpdate(graph, { parameters, gradients, scaling, velocity }, { momentum, nesterov })
      else sgdUpdate(graph, { parameters, gradients, scaling }, {})
    },
  }),
)

/**
 * Gradient descent, with momentum where asked.
 *
 * @param options The learning rate, or `learningRate` (0.01), `momentum` (0), `nesterov` (false).
 * @see keras/src/optimizers/sgd.py
 */
export const SGD = (options?: number | SGDOptions): Optimizer => sgd(options)

/** The optimizer that a name, an optimizer or a file's config stands for. */
export function getOptimizer(identifier: string | Identified | Optimizer, where: string): Optimizer {
  return identifier instanceof Optimizer ? identifier : family.get(identifier, where)
}
