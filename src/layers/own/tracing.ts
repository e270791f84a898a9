// Whether a function is traced.

let isActive = false

/** Whether a function is traced, whose draws are those of a step. */
export const isTracing = (): boolean => isActive

/** Runs code that is traced, or within such code some that is not. */
export function asTraced<T>(isTraced: boolean, run: () => T): T {
  const outer = isActive
  isActive = isTraced
  try {
    return run()
  } finally {
    isActive = outer
  }
}
