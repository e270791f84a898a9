// Whether a function is traced, and what it does that no result of it reads.

import type { SymbolicTensor } from '../symbolicTensor.ts'

/** Results of calls in the function that is traced that are made for their effects; null where none is traced. */
let effects: SymbolicTensor[] | null = null

/** Whether a function is traced, whose draws are those of a step. */
export const isTracing = (): boolean => effects !== null

/**
 * Runs code that is traced, or within such code some that is not.
 *
 * @param kept Where results of calls are kept that are made for their effects; null for code that is not traced.
 */
export function asTraced<T>(kept: SymbolicTensor[] | null, run: () => T): T {
  const outer = effects
  effects = kept
  try {
    return run()
  } finally {
    effects = outer
  }
}

/** Keeps a call in the graph of the function that is traced, whatever reads its result. */
export function keepEffect(result: SymbolicTensor): void {
  effects?.push(result)
}
