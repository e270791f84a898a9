// What of a page a worker refers to while a call runs: functions, streams of batches, abort signals and hooks. They stay in the page;
// the worker has numbers for them, which are good until the call ends.

import { isBatchStream } from '../util/batchStream.ts'
import type { Handlers } from './channel.ts'
import { keepError } from './errors.ts'
import { mark } from './mark.ts'
import { replaceWithin } from './values.ts'

type AnyIterator = Iterator<unknown> | AsyncIterator<unknown>

interface Reference {
  readonly value: unknown
  readonly scope: Scope
}

/** Tells the worker that a signal was aborted. */
type TellOfAbort = (ref: number, reason: unknown) => void

/** All references of a model's calls that run. */
export class References {
  readonly #tellOfAbort: TellOfAbort
  readonly #all = new Map<number, Reference>()
  #count = 0

  /** What the worker asks of them. */
  readonly handlers: Handlers = {
    invoke: (ref: number, args: readonly unknown[]) =>
      this.#use(ref, async (value: (...args: readonly unknown[]) => unknown, scope) =>
        scope.marked(await value(...args), true),
      ),
    iterate: (ref: number) =>
      this.#use(ref, (value: unknown, scope) => {
        const stream = value as Partial<AsyncIterable<unknown> & Iterable<unknown>>
        return scope.keepIterator(stream[Symbol.asyncIterator]?.() ?? stream[Symbol.iterator]?.())
      }),
    next: (ref: number) => this.#use(ref, (iterator: AnyIterator) => iterator.next()),
    return: (ref: number) =>
      this.#use(ref, (iterator: AnyIterator, scope) => {
        scope.forget(ref)
        return iterator.return?.()
      }),
  }

  constructor(tellOfAbort: TellOfAbort) {
    this.#tellOfAbort = tellOfAbort
  }

  open(): Scope {
    return new Scope(this.#all, () => ++this.#count, this.#tellOfAbort)
  }

  /** Adds what the worker may ask for besides. */
  handle<Value, Args extends readonly unknown[]>(
    use: (value: Value, ...args: Args) => unknown,
  ): (ref: number, ...args: Args) => Promise<unknown> {
    return (ref, ...args) => this.#use(ref, (value: Value) => use(value, ...args))
  }

  /** Does something with what a number stands for. What it throws is kept. */
  async #use<Value>(ref: number, use: (value: Value, scope: Scope) => unknown): Promise<unknown> {
    const found = this.#all.get(ref)
    // A call that has ended may have asked for more.
    if (!found) return undefined
    return found.scope.run(() => use(found.value as Value, found.scope))
  }
}

/** The references of one call. */
export class Scope {
  readonly #all: Map<number, Reference>
  readonly #nextRef: () => number
  readonly #tellOfAbort: TellOfAbort
  readonly #iterators = new Map<number, AnyIterator>()
  readonly #releases: (() => void)[] = []

  constructor(all: Map<number, Reference>, nextRef: () => number, tellOfAbort: TellOfAbort) {
    this.#all = all
    this.#nextRef = nextRef
    this.#tellOfAbort = tellOfAbort
  }

  /** The number of something from now on. */
  keep(value: unknown): number {
    const ref = this.#nextRef()
    this.#all.set(ref, { value, scope: this })
    this.#releases.push(() => this.#all.delete(ref))
    return ref
  }

  /** An iterator that is closed with the call, unless the worker has done so. */
  keepIterator(iterator: AnyIterator | undefined): number {
    const ref = this.keep(iterator)
    if (iterator) this.#iterators.set(ref, iterator)
    return ref
  }

  at(ref: number): unknown {
    return this.#all.get(ref)?.value
  }

  /** The worker has closed an iterator. */
  forget(ref: number): void {
    this.#iterators.delete(ref)
  }

  /** Runs code of the page's for the worker. */
  async run(code: () => unknown): Promise<unknown> {
    try {
      return await code()
    } catch (error) {
      this.#releases.push(keepError(error))
      throw error
    }
  }

  /**
   * Data with numbers in the place of what stays here.
   *
   * @param isMade Whether the call had them made, so that it closes iterations that have begun. One that the page began goes on.
   */
  marked(data: unknown, isMade = false): unknown {
    return replaceWithin(data, (part) => {
      if (typeof part === 'function') return mark('function', { ref: this.keep(part) })
      if (isSignal(part)) return this.#markSignal(part)
      if (!isStream(part)) return part
      const isBegun = 'next' in part
      const ref = isBegun && isMade ? this.keepIterator(part as unknown as AnyIterator) : this.keep(part)
      return mark('stream', { ref, isBegun })
    })
  }

  #markSignal(signal: AbortSignal): object {
    const ref = this.#nextRef()
    const keepReason = (): unknown => this.#releases.push(keepError(signal.reason))
    const abort = (): void => {
      keepReason()
      this.#tellOfAbort(ref, signal.reason)
    }
    signal.addEventListener('abort', abort)
    this.#releases.push(() => signal.removeEventListener('abort', abort))
    if (signal.aborted) keepReason()
    return mark('signal', { ref, reasons: signal.aborted ? [signal.reason] : [] })
  }

  /** Ends the call: numbers mean nothing any more, iterations that it began are closed. */
  release(): void {
    for (const iterator of this.#iterators.values())
      (async () => iterator.return?.())().catch(() => undefined)
    for (const release of this.#releases) release()
  }
}

const isSignal = (part: object): part is AbortSignal => 'aborted' in part && 'throwIfAborted' in part

/** Whether something gives batches one after the other. Maps, and lists of files, a message holds as they are. */
const isStream = (part: object): boolean =>
  isBatchStream(part) && !/^\[object (Map|Set|FileList)\]$/.test(Object.prototype.toString.call(part))
