// Weights, states and optimizer slots: named tensors that persist between steps, and the location of their current values.

import { type Shape, sizeOf } from '../../util/shape.ts'
import { Unproxied } from '../../util/unproxied.ts'
import type { ConstraintIdentifier, RegularizerIdentifier } from './weightRules.ts'

/** A device's copy of a variable, which may be newer than the one on the host. */
export interface VariableHome {
  /** Copies its variables to their host values. */
  pull(): Promise<void>
  /** If the device is lost, makes the host's values current and returns the training step that they are of; null if it is not. */
  restore(): number | null
}

/** What a weight was given itself, rather than its layer by options that bear the weight's name. */
export interface WeightRules {
  readonly regularizer: RegularizerIdentifier | null
  readonly constraint: ConstraintIdentifier | null
}

/** A weight, a state, or a slot of an optimizer. */
export interface Variable {
  /** The path as Keras writes it: `sequential/lstm/lstm_cell/kernel`. */
  readonly path: string
  readonly shape: Shape
  /**
   * A weight is changed by an optimizer if its layer is trainable; a statistic, such as a moving mean, by training without one; a
   * constant, an array in an expression, by nothing.
   */
  readonly kind: 'weight' | 'statistic' | 'state' | 'constant' | 'slot'
  /** The slot's name, for slots. */
  readonly slot?: string
  /** Words that an optimizer keeps beside a large table of which it updates rows alone (ops/lag.ts); also set for its slots. */
  history?: number | undefined
  /** The regularizer and the constraint that it has beside those of its layer's options. */
  rules?: WeightRules | undefined
  /** Whether files have its numbers as integers, as Keras does. */
  isInteger?: boolean
  /** Whether a step sets it that nobody expects to: one of no training, or one of training a weight, which may be frozen. */
  isAssigned?: boolean
  /** The host's copy; current unless `home` is set. */
  value: Float32Array
  /** The owner of the current value, if it is not the host. */
  home: VariableHome | null
}

/** Whether Keras lists and stores a variable among the weights. */
export const isWeight = ({ kind }: Variable): boolean => kind === 'weight' || kind === 'statistic'

/** The last part of a path: `kernel` of `sequential/dense/kernel`. */
export const lastPart = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** How many values variables have together. */
export const countValues = (variables: readonly Variable[]): number =>
  variables.reduce((sum, { shape }) => sum + sizeOf(shape), 0)

/** A weight or state whose first values are drawn when they are needed: never, if a file or the user sets others before. */
export class DrawnVariable extends Unproxied implements Variable {
  /** Starts at the variable's layer until that is built and knows its own path. */
  path: string
  /** Its extents. */
  readonly shape: Shape
  readonly kind: 'weight' | 'statistic' | 'state' | 'constant'
  history?: number | undefined
  declare rules?: WeightRules
  declare isInteger?: boolean
  declare isAssigned?: boolean
  home: VariableHome | null = null
  /** Its values, or the function that draws them. */
  #value: Float32Array | (() => Float32Array)

  constructor(path: string, shape: Shape, kind: DrawnVariable['kind'], draw: () => Float32Array) {
    super()
    this.path = path
    this.shape = shape
    this.kind = kind
    this.#value = draw
  }

  /** What its layer calls it: `kernel` of `sequential/dense/kernel`. */
  get name(): string {
    return lastPart(this.path)
  }

  /** The number of its axes. */
  get ndim(): number {
    return this.shape.length
  }

  /** Of its numbers. */
  get dtype(): 'float32' {
    return 'float32'
  }

  get value(): Float32Array {
    if (typeof this.#value === 'function') this.#value = this.#value()
    return this.#value
  }

  set value(value: Float32Array) {
    this.#value = value
  }
}
