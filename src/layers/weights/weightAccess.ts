// Access of users to the weights of a layer or a model: paths and shapes, values.

import { describeValue, fail } from '../../errors.ts'
import type { Shape } from '../../util/shape.ts'
import { lastPart, type Variable } from './variable.ts'
import { checkValues, setValues } from './variableValues.ts'

/** A weight as `weights` of a layer or a model lists it. */
export interface WeightInfo {
  /** As Keras writes it: `sequential/lstm/lstm_cell/kernel`. */
  readonly path: string
  /** The last part of the path: `kernel`. */
  readonly name: string
  /** Its extents. */
  readonly shape: Shape
  /** Of its numbers. */
  readonly dtype: 'float32'
  /** Whether training changes it. */
  readonly trainable: boolean
}

/** A listed weight, which knows its variable: a path may be that of several, of a model and of its copy in the fields of a class, say. */
class ListedWeight implements WeightInfo {
  /** Consoles and errors name its objects so, whatever a minifier makes of the class. */
  static readonly name = 'WeightInfo'
  declare readonly path: string
  declare readonly name: string
  declare readonly shape: Shape
  declare readonly dtype: 'float32'
  declare readonly trainable: boolean
  readonly #variable: Variable

  constructor(variable: Variable, trainable: boolean) {
    const { path, shape } = variable
    Object.assign(this, { path, name: lastPart(path), shape, dtype: 'float32', trainable })
    this.#variable = variable
    Object.freeze(this)
  }

  get variable(): Variable {
    return this.#variable
  }
}

/** The weights in Keras's order; `trainable` has those that the next `compile` would train. */
export const listWeights = (
  weights: readonly Variable[],
  trainable: readonly Variable[],
): readonly WeightInfo[] => {
  const trained = new Set(trainable)
  return Object.freeze(weights.map((variable) => new ListedWeight(variable, trained.has(variable))))
}

/** The variable of a weight that `weights` of a layer or a model has listed; undefined for all else. */
export const variableOf = (given: unknown): Variable | undefined =>
  given instanceof ListedWeight ? given.variable : undefined

/** Sets all weights, or none where one does not fit. */
export function writeWeights(where: string, weights: readonly Variable[], values: readonly unknown[]): void {
  if (!Array.isArray(values) || values.length !== weights.length) {
    fail(where, {
      expected: `${weights.length} arrays`,
      got: Array.isArray(values) ? `${values.length}` : describeValue(values),
    })
  }
  const read = checkValues(where, weights, values)
  // Slots and states that were lost with their device are restored from the host.
  restoreHomes(weights)
  setValues(weights, read)
}

/** Restores values that were lost with a device from the host and returns their training step; null if no device was lost. */
export function restoreHomes(variables: readonly Variable[]): number | null {
  const homes = new Set(variables.flatMap(({ home }) => home ?? []))
  const steps = [...homes].flatMap((home) => home.restore() ?? [])
  return steps.length > 0 ? Math.min(...steps) : null
}
