// What runs: calls of functions of the text, and loops.

import type { For } from './loops.ts'
import type { Scope } from './scope.ts'
import type { Arguments, PythonFunction } from './values.ts'

export type Frame =
  | { readonly kind: 'call'; readonly fn: PythonFunction; readonly args: Arguments }
  /** A loop; the number of its rounds is null where what it goes through is not known, and it is read once. */
  | { readonly kind: 'loop'; readonly statement: For; readonly scope: Scope; readonly rounds: number | null }

export class Frames {
  /** The functions that were called so far, as the text has them. */
  readonly called = new Set<PythonFunction['syntax']>()
  readonly #frames: Frame[] = []

  within<T>(frame: Frame, run: () => T): T {
    this.#frames.push(frame)
    if (frame.kind === 'call') this.called.add(frame.fn.syntax)
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
