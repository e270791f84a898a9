// What a layer's call says of masks that do not fit.

import { fail } from '../errors.ts'
import { type OpenShape, showShape } from '../util/shape.ts'
import type { Layer } from './layer.ts'
import type { SymbolicTensor } from './symbolicTensor.ts'

/** Checks the masks that a call gives: none, or one for each input, with its batch and time steps. */
export function checkMasks(
  { where, masking }: Layer,
  masks: readonly (SymbolicTensor | null)[],
  inputs: readonly OpenShape[],
): void {
  const takes = masking === 'takes'
  const fits =
    takes &&
    masks.length === inputs.length &&
    masks.every((mask, i) => mask === null || isMaskOf(mask.shape, inputs[i] ?? []))
  if (fits || masks.length === 0) return
  fail(where, {
    expected: takes ? `a mask [batch, timesteps] for ${inputs.map(showShape).join(' and ')}` : 'no mask',
    got: masks.map((mask) => (mask ? showShape(mask.shape) : 'null')).join(' and '),
  })
}

/** Whether a mask has the batch and time steps, and maybe further axes, of an input; open extents fit any. */
const isMaskOf = (mask: OpenShape, input: OpenShape): boolean =>
  mask.length > 1 &&
  mask.length <= input.length &&
  mask.every((extent, axis) => extent === null || input[axis] === null || extent === input[axis])

/** As Keras does where a layer gives time steps another meaning. */
export function warnOfMask({ where }: Layer): void {
  console.warn(
    `${where}: expected input without a mask, got one, which ends here: later layers do not see it.`,
  )
}
