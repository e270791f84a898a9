// What tests expect, under any test runner: Vitest in Node, Deno's own.

import { relativeDifference } from './relativeDifference.ts'

/** Expects numbers to agree, each to a share of its scale (scale.ts), which is at least `floor`. */
export function expectClose(
  what: string,
  got: ArrayLike<number> | undefined,
  expected: ArrayLike<number>,
  tolerance: number,
  floor = 0,
): void {
  const difference = relativeDifference(got ?? [], expected, floor)
  if (!(difference <= tolerance))
    throw new Error(`${what}: expected a difference of at most ${tolerance}, got ${difference}`)
}

/** Expects the same plain data. */
export function expectEqual(what: string, got: unknown, expected: unknown): void {
  const [found, wanted] = [JSON.stringify(got, null, 1), JSON.stringify(expected, null, 1)]
  if (found !== wanted) throw new Error(`${what}: expected ${wanted}, got ${found}`)
}
