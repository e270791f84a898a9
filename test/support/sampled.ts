/**
 * Cases that differ little from each other and take long together: every run has some of them, a long run has all. vite.config.ts
 * gives the files that import this to both.
 */
import { env } from 'node:process'
import type { BackendName } from './backends.ts'

/** Whether this run has the tests that are worth more time than every run has: test/run.mjs long. */
export const isLong = Boolean(env.RECURRA_TEST_LONG)

/** In every run each so-many-th case from the first on, in a long run all. */
export const sampled = <T>(cases: readonly T[], every: number): readonly T[] =>
  isLong ? cases : cases.filter((_, i) => i % every === 0)

/** On the CPU all; on WebGPU, whose shaders take long to compile, in every run each so-many-th, in a long run all. */
export const sampledOnGpu = <T>(backend: BackendName, cases: readonly T[], every: number): readonly T[] =>
  backend === 'cpu' ? cases : sampled(cases, every)

/** In every run those that are chosen, in a long run all. */
export const chosen = <T>(
  cases: readonly T[],
  isChosen: (given: T, index: number) => boolean,
): readonly T[] => (isLong ? cases : cases.filter(isChosen))
