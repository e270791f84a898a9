// What tensors are computed of.

import { nodeOf, type SymbolicTensor } from '../symbolicTensor.ts'

/** Whether one of these tensors is such a one, or was computed of such a one. */
export function dependsOn(
  tensors: readonly SymbolicTensor[],
  isSuch: (tensor: SymbolicTensor) => boolean,
): boolean {
  const seen = new Set(tensors)
  // What is added to a set while it is walked through is walked through, too.
  for (const tensor of seen) {
    if (isSuch(tensor)) return true
    for (const input of nodeOf(tensor).inputs) seen.add(input)
  }
  return false
}
