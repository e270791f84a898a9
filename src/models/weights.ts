// Access of users to a model's variables: weights by path, states.

import { describeValue, fail } from '../errors.ts'
import type { Variable } from '../layers/weights/variable.ts'
import { checkValues, setValues } from '../layers/weights/variableValues.ts'
import type { Shape } from '../util/shape.ts'
import type { ModelCore } from './core.ts'

/** A weight as `model.weights` lists it. */
export interface WeightInfo {
  /** As Keras writes it: `sequential/lstm/lstm_cell/kernel`. */
  readonly path: string
  readonly shape: Shape
  readonly dtype: 'float32'
  readonly trainable: boolean
}

/** The weights in Keras's order; `trainable` has those that the next `compile` would train. */
export const listWeights = (
  { weights }: ModelCore,
  trainable: ReadonlySet<Variable>,
): readonly WeightInfo[] =>
  Object.freeze(
    weights.map((variable) =>
      Object.freeze({
        path: variable.path,
        shape: variable.shape,
        dtype: 'float32',
        trainable: trainable.has(variable),
      }),
    ),
  )

/** Sets all weights, or none where one does not fit. */
export function writeWeights(core: ModelCore, values: readonly unknown[], where: string): void {
  const { weights } = core
  if (!Array.isArray(values) || values.length !== weights.length) {
    fail(where, {
      expected: `${weights.length} arrays`,
      got: Array.isArray(values) ? `${values.length}` : describeValue(values),
    })
  }
  const read = checkValues(where, weights, values)
  // Slots and states that were lost with a device are restored from the host.
  restoreVariables(core)
  setValues(weights, read)
}

/** Restores values that were lost with a device from the host and returns their training step; null if no device was lost. */
export function restoreVariables({ variables, optimizer }: ModelCore): number | null {
  const homes = new Set([...variables, ...(optimizer?.variables ?? [])].flatMap(({ home }) => home ?? []))
  const steps = [...homes].flatMap((home) => home.restore() ?? [])
  return steps.length > 0 ? Math.min(...steps) : null
}
