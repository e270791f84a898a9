// What runs: calls of functions of the text, and loops.

import type { For } from './loops.ts'
import type { Scope } from './scope.ts'
import type { Arguments, PythonFunction } from './values.ts'

export type Frame =
  | { readonly kind: 'call'; readonly fn: PythonFunction; readonly args: Arguments }
  /** A loop over what is not known, which is read once. */
  | { readonly kind: 'loop'; readonly statement: For; readonly scope: Scope }
  /** A loop over so many values that are known. */
  | { readonly kind: 'rounds'; readonly statement: For; readonly count: number }

export class Frames {
  readonly #frames: Frame[] = []

  within<T>(frame: Frame, run: () => T): T {
    this.#frames.push(frame)
    try {
      return run()
    } finally {
      this.#frames.pop()
    }
  }

  /** Those that run now, the innermost first. */
  get innermostFirst(): readonly Frame[] {
    return [...this.#frames].reverse()
  }
}
