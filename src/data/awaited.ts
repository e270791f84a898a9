// What a data set is not: a list, whose elements are there at once.

import { fail } from '../errors.ts'
import { Unproxied } from '../util/unproxied.ts'

/** Elements that are waited for. */
export class AwaitedElements<T> extends Unproxied {
  /** @internal No part of its type: a loop that does not wait is refused. */
  [Symbol.iterator](): Iterator<T> {
    return fail('Dataset', {
      expected: 'for await (const element of dataset), which waits for elements',
      got: 'a loop, or a spread, that does not',
      remedy: 'await dataset.toArray() lists them.',
    })
  }
}

/** Throws where all elements of a data set without end are asked for. */
export const failForEnd = (): never =>
  fail('Dataset.toArray', {
    expected: 'a data set that ends',
    got: 'one without end',
    remedy: 'Call take(n) first.',
  })
