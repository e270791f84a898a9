// What a runtime has to do to be measured.

import type { Case } from './cases.ts'

/** A runtime on one of its backends. */
export interface Runtime {
  readonly version: string
  /** Contenders are compared with those on the same device. */
  readonly device: 'gpu' | 'cpu'
  /** Whether it has what a case takes. */
  runs(item: Case): boolean
  /** The part of an error that says that it lacks an operation; null for any other error. */
  lacks?(error: unknown): string | null
  /** Called before each use: a runtime may have its backend in a global. */
  select(): Promise<void>
  prepare(item: Case): Promise<Job>
}

export interface Contender extends Runtime {
  readonly name: string
}

/** A case made ready on a runtime. */
export interface Job {
  /** Runs so many training steps, or predictions of a batch, and waits for the last. */
  run(steps: number): Promise<void>
  /** The loss of the last training step, or the first predictions: what all must agree on. */
  result(): Promise<number>
  dispose(): void
}
