// The values of variables as users get and set them.

import { fail } from '../../errors.ts'
import { sameShape, showShape } from '../../util/shape.ts'
import { checkFiniteData, Tensor, toTensor } from '../../util/tensor.ts'
import type { Variable } from './variable.ts'

/** Takes the newest values from the devices that have them to the host. */
export async function pullValues(variables: readonly Variable[]): Promise<void> {
  for (const home of new Set(variables.flatMap((variable) => variable.home ?? []))) await home.pull()
}

/** Copies of the newest values. */
export async function readValues(variables: readonly Variable[]): Promise<Tensor[]> {
  await pullValues(variables)
  return variables.map(({ value, shape }) => new Tensor(value.slice(), shape))
}

/** Copies of what is given for each variable; throws where one does not fit. */
export const checkValues = (
  where: string,
  variables: readonly Variable[],
  given: readonly unknown[],
): Float32Array[] =>
  variables.map(({ path, shape }, i) => {
    const which = `${where}, "${path}"`
    const value = toTensor(given[i], which)
    if (!sameShape(value.shape, shape))
      fail(which, { expected: showShape(shape), got: showShape(value.shape) })
    checkFiniteData(value, which)
    return value.data.slice()
  })

/** Sets all values on the host, which are the newest then. */
export function setValues(variables: readonly Variable[], values: readonly Float32Array[]): void {
  for (const [i, variable] of variables.entries()) {
    variable.value = values[i] as Float32Array
    variable.home = null
  }
}
