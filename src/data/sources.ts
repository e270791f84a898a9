// What flows through data sets: asynchronous sequences, each made anew by an iteration, which closes those before it when it ends.

import { describeValue, fail } from '../errors.ts'

import type { Generator } from '../util/generator.ts'

/** Something that can be iterated, async or not. */
export type AnyIterable<T> = Iterable<T> | AsyncIterable<T>

export function* counted(start: number, step: number, count: number): Iterable<number> {
  for (let i = 0; i < count; i++) yield start + i * step
}

export async function* take<T>(source: AnyIterable<T>, count: number): AsyncGenerator<T> {
  if (count === 0) return
  let taken = 0
  for await (const element of source) {
    yield element
    if (++taken === count) return
  }
}

export async function* skip<T>(source: AnyIterable<T>, count: number): AsyncGenerator<T> {
  let seen = 0
  for await (const element of source) if (seen++ >= count) yield element
}

export async function* filtered<T>(
  source: AnyIterable<T>,
  predicate: (element: T) => boolean | Promise<boolean>,
): AsyncGenerator<T> {
  for await (const element of source) if (await predicate(element)) yield element
}

export async function* flatMapped<T, U>(
  source: AnyIterable<T>,
  map: (element: T) => AnyIterable<U> | Promise<AnyIterable<U>>,
): AsyncGenerator<U> {
  for await (const element of source) yield* await map(element)
}

export async function* repeated<T>(source: AnyIterable<T>, times: number): AsyncGenerator<T> {
  for (let i = 0; i < times; i++) {
    let isEmpty = true
    for await (const element of source) {
      isEmpty = false
      yield element
    }
    // A source without elements would be asked for ever.
    if (isEmpty) return
  }
}

/** Lists of `size` elements that start `shift` apart, each of every `stride`-th element. */
interface WindowStep {
  readonly size: number
  readonly shift: number
  readonly stride: number
  /** Whether lists that are shorter, at the end, are left out. */
  readonly dropRemainder: boolean
}

export async function* windows<T>(
  source: AnyIterable<T>,
  { size, shift, stride, dropRemainder }: WindowStep,
): AsyncGenerator<T[]> {
  const span = (size - 1) * stride + 1
  let held: T[] = []
  let ahead = 0
  const windowOf = (): T[] => held.slice(0, span).filter((_, i) => i % stride === 0)
  for await (const element of source) {
    if (ahead > 0) {
      ahead--
      continue
    }
    held.push(element)
    if (held.length < span) continue
    yield windowOf()
    ahead = Math.max(0, shift - held.length)
    held = held.slice(shift)
  }
  for (; held.length > 0 && !dropRemainder; held = held.slice(shift)) yield windowOf()
}

/** How many lists {@link windows} gives for so many elements. */
export const windowsIn = (
  count: number | null,
  { size, shift, stride, dropRemainder }: WindowStep,
): number | null =>
  count && Math.max(0, Math.ceil((count - (dropRemainder ? (size - 1) * stride : 0)) / shift))

/** Elements drawn from a buffer that later ones fill up. */
export async function* shuffled<T>(
  source: AnyIterable<T>,
  size: number,
  generator: Generator,
): AsyncGenerator<T> {
  const buffer: T[] = []
  for await (const element of source) {
    if (buffer.length < size) {
      buffer.push(element)
      continue
    }
    const chosen = generator.below(size)
    yield buffer[chosen] as T
    buffer[chosen] = element
  }
  for (const chosen of generator.permutation(buffer.length)) yield buffer[chosen] as T
}

/** What a function makes of each element, in order, while up to `parallel` calls of it are under way. */
export async function* mapped<T, U>(
  source: AnyIterable<T>,
  map: (element: T) => U | Promise<U>,
  parallel: number,
): AsyncGenerator<U> {
  const waiting: Promise<U>[] = []
  try {
    for await (const element of source) {
      const next = (async () => map(element))()
      // Until it is awaited, a failure must not count as unhandled.
      next.catch(() => undefined)
      waiting.push(next)
      if (waiting.length >= parallel) yield await (waiting.shift() as Promise<U>)
    }
    while (waiting.length > 0) yield await (waiting.shift() as Promise<U>)
  } finally {
    await Promise.allSettled(waiting)
  }
}

/** The elements of several sources side by side, up to the end of the shortest. */
export async function* zipped(sources: readonly AnyIterable<unknown>[]): AsyncGenerator<unknown[]> {
  const iterators = sources.map(iteratorOf)
  try {
    for (;;) {
      const row: unknown[] = []
      for (const iterator of iterators) {
        const { done, value } = await iterator.next()
        if (done) return
        row.push(value)
      }
      yield row
    }
  } finally {
    for (const iterator of iterators) await iterator.return?.()
  }
}

/** The elements of a source, of which up to `count` are asked for before they are needed. */
export async function* prefetched<T>(source: AnyIterable<T>, count: number): AsyncGenerator<T> {
  const iterator = iteratorOf(source)
  const waiting: Promise<IteratorResult<T>>[] = []
  const ask = (): void => {
    const next = Promise.resolve(iterator.next())
    next.catch(() => undefined)
    waiting.push(next)
  }
  try {
    for (;;) {
      while (waiting.length < count) ask()
      const { done, value } = await (waiting.shift() as Promise<IteratorResult<T>>)
      if (done) return
      // The next is asked for before the reader has this one.
      ask()
      yield value
    }
  } finally {
    await Promise.allSettled(waiting)
    await iterator.return?.()
  }
}

const iteratorOf = <T>(source: AnyIterable<T>): AsyncIterator<T> | Iterator<T> =>
  Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]()

/** What a data set of a generator goes through. */
export function checkIterable<T>(value: AnyIterable<T>): AnyIterable<T> {
  if (
    typeof value === 'object' &&
    value !== null &&
    (Symbol.asyncIterator in value || Symbol.iterator in value)
  )
    return value
  return fail('Dataset.fromGenerator', {
    expected: 'a function that returns an iterable, or an iterable',
    got: describeValue(value),
  })
}
