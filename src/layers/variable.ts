// Weights, states and optimizer slots: named tensors that outlive a step, and where their current values are.

import type { Shape } from '../util/shape.ts'

/** A device's copy of a variable, which may be newer than the one on the host. */
export interface VariableHome {
  /** Copies the variables it holds to their host values. */
  pull(): Promise<void>
  /** Where the device is lost, lets the host's values stand and gives the step that they are of; null where it is not. */
  restore(): number | null
}

/** A weight, a state, or a slot of an optimizer. */
export interface Variable {
  /** As Keras writes it: `sequential/lstm/lstm_cell/kernel`. */
  readonly path: string
  readonly shape: Shape
  /** A weight is what an optimizer may change, where its layer is trainable. A statistic is a weight that training moves by itself: a moving mean. */
  readonly kind: 'weight' | 'statistic' | 'state' | 'slot'
  /** The slot's name, for slots. */
  readonly slot?: string
  /** The host's copy; current unless `home` is set. */
  value: Float32Array
  /** Where the current value is, if not here. */
  home: VariableHome | null
}

/** Whether Keras lists and stores a variable among the weights. */
export const isWeight = ({ kind }: Variable): boolean => kind === 'weight' || kind === 'statistic'

/** A weight or state whose first values are drawn when they are first needed: never, where a file or the user brings others. */
export class DrawnVariable implements Variable {
  readonly path: string
  readonly shape: Shape
  readonly kind: 'weight' | 'statistic' | 'state'
  home: VariableHome | null = null
  /** Its values, or what draws them. */
  #value: Float32Array | (() => Float32Array)

  constructor(path: string, shape: Shape, kind: DrawnVariable['kind'], draw: () => Float32Array) {
    this.path = path
    this.shape = shape
    this.kind = kind
    this.#value = draw
  }

  get value(): Float32Array {
    if (typeof this.#value === 'function') this.#value = this.#value()
    return this.#value
  }

  set value(value: Float32Array) {
    this.#value = value
  }
}
