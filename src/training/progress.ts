// What fit, evaluate and predict print while they run: Keras's progress bar, character for character in a terminal,
// one plain line per epoch where output goes to a file or to a page's console. Loaded when there is something to print.

import { formatExponential, formatFixed } from '../util/pythonFormat.ts'
import { type Logs, type Output, standardOutput, type Verbose } from './output.ts'

export interface ProgressBarOptions {
  /** Number of steps; null while it is unknown. */
  readonly target: number | null
  readonly write: (text: string) => void
  /** 1, the default, draws the bar; 2 writes one line without a bar, at the end. */
  readonly verbose?: 1 | 2
  /** Characters of the bar, 20 by default. */
  readonly width?: number
  /** Whether `write` goes to a terminal, where the bar is redrawn in place and in colour. Otherwise only its last state is written. */
  readonly interactive?: boolean
  /** Whether a terminal gets colours, true by default. */
  readonly hasColours?: boolean
  /** Characters of the terminal's line: a longer one is cut until the last, since what has wrapped cannot be redrawn. */
  readonly columns?: (() => number | undefined) | undefined
  /** Milliseconds from any origin. */
  readonly now?: () => number
}

/** A piece of text and, where it has one, its ANSI style. */
type Part = readonly [text: string, style?: number]

const BOLD = 1
const GREEN = 32
const WHITE = 37
/** Seconds between two drawings. */
const INTERVAL = 0.05

/** One run through `target` steps. */
export class ProgressBar {
  target: number | null
  readonly #write: (text: string) => void
  readonly #verbose: 1 | 2
  readonly #width: number
  readonly #interactive: boolean
  readonly #hasColours: boolean
  readonly #columns: () => number | undefined
  readonly #seconds: () => number
  readonly #values = new Map<string, number>()
  readonly #start: number
  #firstStepEnd: number | undefined
  #drawnAt = -Infinity
  #drawnWidth = 0

  constructor(options: ProgressBarOptions) {
    const {
      target,
      write,
      verbose = 1,
      width = 20,
      interactive = false,
      hasColours = true,
      columns = () => undefined,
      now = () => performance.now(),
    } = options
    this.target = target
    this.#write = write
    this.#verbose = verbose
    this.#width = width
    this.#interactive = interactive
    this.#hasColours = interactive && hasColours
    this.#columns = columns
    this.#seconds = () => now() / 1000
    this.#start = this.#seconds()
  }

  /**
   * Says that `current` steps are done; draws at most every 0.05 s.
   *
   * @param logs The values that changed; earlier values stay.
   * @param final Whether this is the last update, which is always drawn. By default, when `current` meets the target.
   */
  update(current: number, logs: Logs = {}, final = this.target !== null && current >= this.target): void {
    for (const [name, value] of Object.entries(logs)) this.#values.set(name, meanOf(value))
    const now = this.#seconds()
    const perStep = this.#secondsPerStep(current, now)
    if (this.#verbose === 2) {
      if (final && this.target) this.#write(`${this.#line(current, now, perStep)}\n`)
      return
    }
    if (!final && (!this.#interactive || now - this.#drawnAt < INTERVAL)) return
    const line = [...this.#bar(current), ...this.#info(current, now, perStep, final)]
    this.#draw(final ? line : cut(line, this.#columns() || Infinity), final)
    this.#drawnAt = now
  }

  // The first step also compiles, so that its time does not count once there are others.
  #secondsPerStep(current: number, now: number): number {
    if (current === 0) return 0
    const perStep =
      this.#firstStepEnd !== undefined && current > 1
        ? (now - this.#firstStepEnd) / (current - 1)
        : (now - this.#start) / current
    if (current === 1) this.#firstStepEnd = now
    return perStep
  }

  #bar(current: number): Part[] {
    if (!this.target) return [[`${String(current).padStart(7)}/Unknown`]]
    const done = Math.trunc(this.#width * (current / this.target))
    const bar: Part[] = [[formatCount(current, this.target), BOLD], [' ']]
    if (done > 0) bar.push(['━'.repeat(done), GREEN])
    return [...bar, ['━'.repeat(Math.max(0, this.#width - done)), WHITE]]
  }

  #info(current: number, now: number, perStep: number, final: boolean): Part[] {
    const time =
      this.target && !final
        ? formatRemaining(perStep * (this.target - current))
        : `${formatFixed(now - this.#start, 0)}s`
    const values = [...this.#values].map(
      ([name, value]) => ` - ${name}: ${formatValue(value, Math.abs(value))}`,
    )
    return [[' '], [time, BOLD], [` ${formatStep(perStep)}${values.join('')}`]]
  }

  #draw(parts: readonly Part[], final: boolean): void {
    const width = parts.reduce((sum, [text]) => sum + text.length, 0)
    const paint = ([text, style]: Part): string =>
      this.#hasColours && style !== undefined ? `\x1b[${style}m${text}\x1b[0m` : text
    const back = this.#interactive ? `${'\b'.repeat(this.#drawnWidth)}\r` : ''
    const erase = ' '.repeat(Math.max(0, this.#drawnWidth - width))
    this.#write(back + parts.map(paint).join('') + erase + (final ? '\n' : ''))
    this.#drawnWidth = width
  }

  #line(current: number, now: number, perStep: number): string {
    const time = `${formatFixed(now - this.#start, 0)}s`
    // Keras compares the value, not its magnitude, so that negative values always have an exponent.
    const values = [...this.#values].map(([name, value]) => `${name}: ${formatValue(value, value)}`)
    return [formatCount(current, this.target ?? current), time, formatStep(perStep), ...values].join(' - ')
  }
}

/** What Node says of standard output: read here, because pages that print nothing do not load this module. */
const node = (): {
  readonly stdout?: { readonly columns?: number }
  readonly env?: { readonly TERM?: string; readonly NO_COLOR?: string }
} => (globalThis as { readonly process?: ReturnType<typeof node> }).process ?? {}

/** Characters of a line of its terminal. */
const terminalColumns = (): number | undefined => node().stdout?.columns

/** The line if a terminal of so many columns can redraw it, else as much of it as fits. */
function cut(line: readonly Part[], columns: number): readonly Part[] {
  if (line.reduce((sum, [text]) => sum + text.length, 0) < columns) return line
  // The last column stays free, where some terminals wrap; before it stands the mark.
  let room = Math.max(0, columns - 2)
  const kept = line.map(([text, ...style]): Part => {
    const part = text.slice(0, room)
    room -= part.length
    return [part, ...style]
  })
  return [...kept.filter(([text]) => text), ['…']]
}

const formatCount = (current: number, target: number): string =>
  `${String(current).padStart(String(target).length)}/${target}`

/** As in Keras the mean stands for a list. */
function meanOf(value: number | readonly number[]): number {
  const list = [value].flat()
  return list.reduce((sum, entry) => sum + entry, 0) / list.length
}

const formatValue = (value: number, size: number): string =>
  size > 1e-3 ? formatFixed(value, 4) : formatExponential(value, 4)

function formatStep(seconds: number): string {
  if (seconds >= 1 || seconds === 0) return `${formatFixed(seconds, 0)}s/step`
  if (seconds >= 1e-3) return `${formatFixed(seconds * 1e3, 0)}ms/step`
  return `${formatFixed(seconds * 1e6, 0)}us/step`
}

function formatRemaining(seconds: number): string {
  const two = (value: number): string => String(Math.trunc(value)).padStart(2, '0')
  if (seconds > 3600)
    return `${Math.floor(seconds / 3600)}:${two((seconds % 3600) / 60)}:${two(seconds % 60)}`
  if (seconds > 60) return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`
  return `${Math.trunc(seconds)}s`
}

export interface ProgressLoggerOptions {
  readonly verbose: Verbose
  /** The number of epochs, 1 by default and for evaluate and predict; with more than 1, each epoch has a heading. */
  readonly epochs?: number
  /** Steps an epoch; null until the first epoch has ended. */
  readonly steps: number | null
  readonly output?: Output
  readonly now?: () => number
}

/** Prints the progress of one call of fit, evaluate or predict: for each epoch `begin`, `step` …, `end`. */
export class ProgressLogger {
  readonly #options: Required<Omit<ProgressLoggerOptions, 'steps'>>
  #steps: number | null
  #seen = 0
  #bar: ProgressBar | undefined

  constructor({
    steps,
    verbose,
    epochs = 1,
    output = standardOutput(),
    now = () => performance.now(),
  }: ProgressLoggerOptions) {
    this.#options = { verbose, epochs, output, now }
    this.#steps = steps
  }

  get #drawsBar(): boolean {
    return this.#options.verbose === 1 && this.#options.output.kind !== 'console'
  }

  /** @param epoch From 0. */
  begin(epoch = 0): void {
    const { verbose, epochs, output, now } = this.#options
    if (verbose === 0) return
    const heading = epochs > 1 ? `Epoch ${epoch + 1}/${epochs}` : ''
    const target = this.#steps
    this.#seen = 0
    if (output.kind === 'console') {
      const write = (text: string): void => output.write((heading && `${heading} - `) + text.trimEnd())
      this.#bar = new ProgressBar({ target, now, verbose: 2, write })
      return
    }
    this.#bar = new ProgressBar({
      target,
      now,
      verbose,
      write: output.write,
      // As terminals without cursor and colours call themselves, and as users say that they want none (https://no-color.org).
      interactive: output.kind === 'terminal' && node().env?.TERM !== 'dumb',
      hasColours: !node().env?.NO_COLOR,
      columns: output.columns ?? terminalColumns,
    })
    if (heading) output.write(`${heading}\n`)
  }

  /** Says that `seen` steps of this epoch are done. */
  step(seen: number, logs?: Logs): void {
    this.#seen = seen
    // As in Keras, a line without a bar shows the values and the mean time of the whole epoch.
    if (this.#drawsBar) this.#bar?.update(seen, logs, false)
  }

  /** Ends the epoch with its final values, those of the validation too. */
  end(logs?: Logs): void {
    this.#steps ??= this.#seen
    if (!this.#bar) return
    this.#bar.target = this.#steps
    this.#bar.update(this.#steps, logs, true)
  }
}
