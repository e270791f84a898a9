// The part of a kernel's WGSL that applies an activation: the functions of nearly every model are at hand, those of all activations
// are loaded where another one is asked for. shaders/modules.ts leaves them out of the kernels.

import { activationCodes } from './codes.gen.ts'
import { common } from './wgsl/commonActivations.gen.ts'

/** The last code of shaders/lib/common_activation.wgsl. */
const LAST_COMMON = activationCodes.hard_sigmoid

const activations = () => import('./wgsl/activations.gen.ts')

/** The functions of the activations that a pipeline's overrides name, such as `ACTIVATION` and `RECURRENT_ACTIVATION`. */
export async function activationCode(overrides: Readonly<Record<string, number>>): Promise<string> {
  const isRare = Object.entries(overrides).some(
    ([name, code]) => name.endsWith('ACTIVATION') && code > LAST_COMMON,
  )
  return isRare ? (await activations()).all : common
}
