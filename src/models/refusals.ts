// Errors of calls that have begun: that a device was lost, and calls that come between. Loaded when one is thrown.

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

/** Throws for a fit that begins while another runs. */
export const failForFit = (where: string): never =>
  fail(where, {
    expected: 'no other fit',
    got: 'one that runs',
    remedy: 'Await the first fit before the next.',
  })
