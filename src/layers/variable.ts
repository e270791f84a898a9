// A weight or state whose first values are drawn when they are first needed: never, where a file or the user brings others.

import type { Shape } from '../util/shape.ts'
import type { Variable, VariableHome } from './layer.ts'

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
