// The output of progress, and the values to print.

/**
 * Names and values of losses and metrics, in order: `{ loss: 0.25, accuracy: 0.9 }`. As in Keras a metric of several values, such as
 * `F1Score()`, one for each class, has a list here and in histories. Nearly all are numbers, so that the type says number; who
 * gave such a metric reads `logs.f1_score as unknown as number[]`.
 */
export type Logs = Readonly<Record<string, number>>

/** 0 prints nothing, 1 a bar, 2 a line per epoch. */
export type Verbose = 0 | 1 | 2

/** Where progress goes: a terminal can be redrawn, a file takes lines, a console takes one entry a call. */
export interface Output {
  readonly kind: 'terminal' | 'file' | 'console'
  readonly write: (text: string) => void
  /** Characters of a terminal's line, as wide as its window is now; by default those of standard output. */
  readonly columns?: () => number | undefined
}

interface WritableStream {
  readonly isTTY?: boolean
  write(text: string): unknown
}

let redirected: Output | null = null

/** Sends what is printed elsewhere: a worker's to the page. */
export function redirectOutput(output: Output): void {
  redirected = output
}

/** Node's standard output, or a page's console; in a worker that a page has a model in, those of the page. */
export function standardOutput(): Output {
  if (redirected) return redirected
  const { process } = globalThis as { readonly process?: { readonly stdout?: WritableStream } }
  const stdout = process?.stdout
  if (typeof stdout?.write !== 'function') return { kind: 'console', write: (text) => console.log(text) }
  return { kind: stdout.isTTY ? 'terminal' : 'file', write: (text) => stdout.write(text) }
}
