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

/** The weights in Keras's order; `trainable` has those that the next `compile` would train. */
export const listWeights = (
  weights: readonly Variable[],
  trainable: readonly Variable[],
): readonly WeightInfo[] => {
  const trained = new Set(trainable)
  return Object.freeze(
    weights.map((variable) =>
      Object.freeze({
        path: variable.path,
        name: lastPart(variable.path),
        shape: variable.shape,
        dtype: 'float32',
        trainable: trained.has(variable),
      }),
    ),
  )
}

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
