// The error for weights that were lost with a device. Loaded only then.

import type { BackendInfo } from '../backends/backend.ts'
import { fail } from '../errors.ts'

/** Throws for weights of step `lost`, of which the host has those of step `stored`. */
export function failForLoss(
  where: string,
  { description }: BackendInfo,
  lost: number,
  stored: number,
): never {
  return fail(where, {
    expected: `its weights and states of step ${lost} from ${description}`,
    got: 'a device that was lost',
    remedy: `The host has those of step ${stored}: call model.restoreWeights() to go on from them, or set others.`,
  })
}
