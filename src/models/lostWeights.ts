// What is said of weights that went with a lost device. Loaded when that is said.

import type { BackendInfo } from '../backends/backend.ts'
import { fail } from '../errors.ts'

/** The error for weights of a step of which the host has those of another. */
export function failForLoss(where: string, { description }: BackendInfo, lost: number, kept: number): never {
  return fail(where, {
    expected: `its weights and states of step ${lost} from ${description}`,
    got: 'a device that was lost',
    remedy: `The host has those of step ${kept}: call model.restoreWeights() to go on from them, or set others.`,
  })
}
