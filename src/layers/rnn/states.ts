// What stateful layers keep from batch to batch, read and set by users.

import { describeValue, fail } from '../../errors.ts'
import { type Shape, sizeOf } from '../../util/shape.ts'
import { isTensorData, type Tensor, type TensorData } from '../../util/tensor.ts'
import type { Variable } from '../weights/variable.ts'
import { checkValues, setValues } from '../weights/variableValues.ts'

/** A state that a stateful layer keeps. */
export interface StateInfo {
  readonly path: string
  readonly shape: Shape
}

/** States as `resetStates` takes them: one for each state in order; those of stacked cells may be nested. */
export type GivenStates = Tensor | TensorData | readonly unknown[] | null

export const statesOf = (variables: readonly Variable[]): readonly Variable[] =>
  variables.filter(({ kind }) => kind === 'state')

/** Sets states, or zeroes them where none are given; sets none where one does not fit. */
export function writeStates(where: string, states: readonly Variable[], given: GivenStates = null): void {
  if (given !== null && !isTensorData(given) && !Array.isArray(given))
    fail(where, { expected: 'a list of states, or none to zero them', got: describeValue(given) })
  const list = isTensorData(given) ? [given] : given
  const isList = (entry: unknown): entry is readonly unknown[] =>
    Array.isArray(entry) && entry.some(isTensorData)
  const flat = list?.flatMap((entry) => (isList(entry) ? entry : [entry]))
  if (flat && flat.length !== states.length) {
    fail(where, {
      expected: `${states.length} states${states.length > 0 ? `: ${states.map(({ path }) => path).join(', ')}` : ''}`,
      got: `${flat.length}`,
      ...(states.length === 0 && { remedy: 'Only layers with stateful: true keep states.' }),
    })
  }
  const zeros = (): Float32Array[] => states.map(({ shape }) => new Float32Array(sizeOf(shape)))
  setValues(states, flat ? checkValues(where, states, flat) : zeros())
}
