// Every function of `ops`, called with what it does not take, in each place: an error that says what to write, and never a raw one.
import { expect, test } from 'vitest'
import { Input, ops, RecurraError } from '../../src/index.ts'
import { sampled } from '../support/sampled.ts'

const { image, ...plain } = ops
const functions: Readonly<Record<string, unknown>> = { ...plain, ...image }
const x = Input([3, 4])
const junk: readonly unknown[] = [
  undefined,
  null,
  'a',
  {},
  [],
  [[1], [1, 2]],
  Number.NaN,
  0.5,
  -9,
  () => 1,
  x,
  true,
  Symbol('s'),
]
/** Arguments that most functions take, and those that functions of images do. */
const usual = [x, 1, 1]
const ofImages = [Input([4, 4, 3]), [2, 2], [4, 4]]

test.each(sampled(Object.keys(functions), 3))('%s', (name) => {
  const fn = functions[name] as (...args: readonly unknown[]) => unknown
  const call = (args: readonly unknown[]): void => {
    try {
      fn(...args)
    } catch (error) {
      if (!(error instanceof RecurraError))
        throw new Error(`ops.${name}(${args.map(String).join(', ')}): ${String(error)}`)
    }
  }
  for (const given of [usual, ofImages])
    for (const [place] of given.entries())
      for (const wrong of junk) call(given.map((argument, i) => (i === place ? wrong : argument)))
  for (const wrong of junk) call([wrong])
})

test.each([
  [
    'shapes that do not broadcast',
    () => ops.add(x, [1, 2, 3]),
    'ops.add: expected shapes that broadcast, got [batch, 3, 4] and [3]. Each axis, from the last one, is equal in both or 1 in one: see ops.expandDims and ops.transpose.',
  ],
  ['an axis that is not there', () => ops.sum(x, 3), 'ops.sum: expected an axis from -3 to 2, got 3.'],
  [
    'a shape of other entries',
    () => ops.reshape(x, [3, 4]),
    'ops.reshape: expected a shape of the entries of [batch, 3, 4], with −1 for the batch, got [3, 4].',
  ],
  [
    'an index beyond the end',
    () => ops.getItem(x, [null, 3]),
    'ops.getItem: expected an index of 3 entries along axis 1, got 3.',
  ],
  [
    'matrices that do not meet',
    () => ops.matmul(x, [[1], [2]]),
    'ops.matmul: expected the last axis of x1 as long as the last but one of x2, got [batch, 3, 4] and [2, 1].',
  ],
  [
    'a misspelled sum',
    () => ops.einsum('btf->bx', x),
    'ops.einsum: expected letters for the axes of each tensor, and a result of these letters, each once, got "btf->bx" for [batch, 3, 4].',
  ],
])('%s', (_, call, message) => {
  expect(call).toThrow(new RecurraError(message))
})
