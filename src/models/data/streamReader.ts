// Reads a stream of batches, at most one ahead of the batch in use: it is asked for while the device works on the step before, so
// that the device does not wait for the host, nor the host keeps more than one batch that is not used yet.

import { bounded, describeValue, fail, RecurraError } from '../../errors.ts'
import { unlessAborted } from '../../util/abort.ts'
import type { Batches, BatchStream } from '../../util/batchStream.ts'
import { isError } from '../../util/realms.ts'

type BatchIterator = AsyncIterator<unknown> | Iterator<unknown>

interface ReaderOptions<T> {
  readonly stream: BatchStream
  readonly where: string
  /** Each ends the reading. */
  readonly signals: readonly AbortSignal[]
  /**
   * What a batch is on the host.
   *
   * @param where The batch's name in errors.
   */
  read(batch: unknown, where: string): T | Promise<T>
}

/** An iteration whose first batch was looked at. */
interface Begun {
  readonly batches: BatchIterator
  readonly isOwn: boolean
}

/** Iterations with which the next readers of streams begin. */
const begun = new WeakMap<object, Begun>()

export class StreamReader<T> {
  readonly #options: ReaderOptions<T>
  /** The iteration; null between two. */
  #batches: BatchIterator | null = null
  /** Whether the iteration was begun here. A generator that the caller began goes on after the call. */
  #isOwn = true
  /** Batches of the iteration so far. */
  #count = 0
  #ahead: Promise<T | null> | null = null
  /** What the stream was asked for and has not answered. */
  #asked: Promise<unknown> | null = null

  constructor(options: ReaderOptions<T>) {
    this.#options = options
  }

  /** The first batch of a stream, with which the next reader of it begins; null of an empty one. */
  static async peek(
    stream: BatchStream,
    where: string,
    signals: readonly AbortSignal[],
  ): Promise<{ readonly batch: unknown } | null> {
    const reader = new StreamReader({ stream, where, signals, read: (batch) => ({ batch }) })
    const first = await reader.next().catch(async (error: unknown) => {
      await reader.close(false)
      throw error
    })
    const batches = reader.#batches
    if (!batches) return null
    let isFirst = true
    const next = (): ReturnType<BatchIterator['next']> => {
      if (!isFirst) return batches.next()
      isFirst = false
      return Promise.resolve({ done: false, value: first?.batch })
    }
    const resumed = { next, ...(batches.return && { return: () => batches.return?.() }) } as BatchIterator
    begun.set(stream, { batches: resumed, isOwn: reader.#isOwn })
    return first
  }

  /** The next batch; null at the end of an iteration. The batch after the end is the first of another iteration. */
  next(): Promise<T | null> {
    const next = this.#ahead ?? this.#read()
    this.#ahead = null
    return next
  }

  /** Asks for the next batch before it is used. */
  readAhead(): void {
    this.#ahead ??= this.#read()
    // A failure is that of the call that uses the batch.
    this.#ahead.catch(() => undefined)
  }

  /**
   * Ends the iteration.
   *
   * @param isWhole Whether the call ended as it should: what the caller began then goes on in the next call.
   */
  async close(isWhole: boolean): Promise<void> {
    const batches = this.#batches
    this.#batches = null
    this.#ahead = null
    this.#count = 0
    if (!batches?.return || (isWhole && !this.#isOwn)) return
    const isWaiting = this.#asked !== null
    const closed = this.#ask(() => batches.return?.()).catch((error: unknown) => {
      if (isWhole) throw error
    })
    // A generator ends when it has answered what it was asked, which may be never.
    if (isWaiting) closed.catch(() => undefined)
    else await closed
  }

  async #read(): Promise<T | null> {
    const batches = this.#batches ?? (await this.#begin())
    const result = await this.#ask(() => batches.next())
    if (typeof result !== 'object' || result === null)
      this.#fail('an iterator that gives { done, value }', describeValue(result))
    if (result.done) {
      this.#batches = null
      this.#count = 0
      return null
    }
    const batch = await this.#options.read(result.value, this.#named)
    this.#count++
    return batch
  }

  async #begin(): Promise<BatchIterator> {
    const { stream } = this.#options
    const found = begun.get(stream)
    if (found) {
      begun.delete(stream)
      this.#isOwn = found.isOwn
      this.#batches = found.batches
      return found.batches
    }
    const iterable: Batches = typeof stream === 'function' ? await this.#ask(stream) : stream
    const batches = await this.#ask(() => iterate(iterable))
    if (!batches) this.#fail('a stream of batches, or a function that returns one', describeValue(iterable))
    // A generator that a function has made was begun by nobody else.
    this.#isOwn = typeof stream === 'function' || batches !== (iterable as unknown)
    this.#batches = batches
    return batches
  }

  get #named(): string {
    return `${this.#options.where}, batch ${this.#count}`
  }

  #fail(expected: string, got: string): never {
    return fail(this.#options.where, { expected, got })
  }

  /** What the stream answers. Its errors say of which batch they are; those that end a call, and this package's, stay as they are. */
  async #ask<Answer>(question: () => Answer | PromiseLike<Answer>): Promise<Answer> {
    const { signals } = this.#options
    const asked = (async () => question())()
    this.#asked = asked
    try {
      const answer = await unlessAborted(asked, signals)
      this.#asked = null
      return answer
    } catch (cause) {
      if (signals.some(({ aborted }) => aborted)) throw cause
      this.#asked = null
      // An iteration that has thrown is over.
      this.#batches = null
      const isMeant = cause instanceof RecurraError || (isError(cause) && cause.name === 'AbortError')
      if (isMeant) throw cause
      const got = isError(cause) ? `an error, ${cause.name}: ${cause.message}` : describeValue(cause)
      throw new RecurraError(`${this.#named}: expected a batch, got ${bounded(got).replace(/\.?$/, '.')}`, {
        cause,
      })
    }
  }
}

/** An iteration; null of what cannot be iterated. */
function iterate(iterable: unknown): BatchIterator | null {
  if (typeof iterable !== 'object' || iterable === null) return null
  const stream = iterable as Partial<AsyncIterable<unknown> & Iterable<unknown>>
  return stream[Symbol.asyncIterator]?.() ?? stream[Symbol.iterator]?.() ?? null
}
