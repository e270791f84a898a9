// Access of users to a model's variables: weights by path, states.

import { describeValue, fail } from '../errors.ts'
import type { Variable } from '../layers/variable.ts'
import { type Shape, sameShape, showShape } from '../util/shape.ts'
import { checkFiniteData, Tensor, toTensor } from '../util/tensor.ts'
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
export const listWeights = ({ weights }: ModelCore, trainable: ReadonlySet<Variable>): WeightInfo[] =>
  weights.map((variable) => ({
    path: variable.path,
    shape: variable.shape,
    dtype: 'float32',
    trainable: trainable.has(variable),
  }))

/** Copies of the newest values of all weights. */
export async function readWeights({ weights }: ModelCore): Promise<Tensor[]> {
  await pullAll(weights)
  return weights.map(({ value, shape }) => new Tensor(value.slice(), shape))
}

/** Sets all weights, or none where one does not fit. */
export function writeWeights(core: ModelCore, values: readonly unknown[], where: string): void {
  const { weights } = core
  if (!Array.isArray(values) || values.length !== weights.length) {
    fail(where, {
      expected: `${weights.length} arrays`,
      got: Array.isArray(values) ? `${values.length}` : describeValue(values),
    })
  }
  const read = weights.map(({ path, shape }, i) => {
    const value = toTensor(values[i], `${where}, "${path}"`)
    if (!sameShape(value.shape, shape))
      fail(`${where}, "${path}"`, { expected: showShape(shape), got: showShape(value.shape) })
    checkFiniteData(value, `${where}, "${path}"`)
    return value.data.slice()
  })
  // Slots and states that were lost with a device are restored from the host.
  restoreVariables(core)
  for (const [i, variable] of weights.entries()) setValue(variable, read[i] as Float32Array)
}

function setValue(variable: Variable, value: Float32Array): void {
  variable.value = value
  variable.home = null
}

/** Restores values that were lost with a device from the host and returns their training step; null if no device was lost. */
export function restoreVariables({ variables, optimizer }: ModelCore): number | null {
  const homes = new Set([...variables, ...(optimizer?.variables ?? [])].flatMap(({ home }) => home ?? []))
  const steps = [...homes].flatMap((home) => home.restore() ?? [])
  return steps.length > 0 ? Math.min(...steps) : null
}

/** Reads the newest values of variables to the host. */
export async function pullAll(variables: readonly Variable[]): Promise<void> {
  const homes = new Set(variables.flatMap(({ home }) => home ?? []))
  for (const home of homes) await home.pull()
}
