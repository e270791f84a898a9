/** EinsumDense against the definition of a sum of products, its shapes, and what it refuses. */
import { describe, expect, test } from 'vitest'
import { EinsumDense, Input, Model, Sequential, type Tensor, tensor } from '../../src/index.ts'
import { chooseBackend } from '../support/backends.ts'
import { checkLayer, type Definition, type Grid } from '../support/checkLayer.ts'

/** The sum of products by letters, one for each axis, as Einstein's notation defines it. */
function einsum([a, b, output]: readonly [string, string, string], x: Grid, w: Grid): Grid {
  const extents = new Map<string, number>()
  for (const [letters, { shape }] of [
    [a, x],
    [b, w],
  ] as const)
    for (const [axis, letter] of [...letters].entries()) extents.set(letter, shape[axis] ?? 1)
  const shape = [...output].map((letter) => extents.get(letter) ?? 1)
  const data = Array<number>(shape.reduce((p, q) => p * q, 1)).fill(0)
  const all = [...extents]
  const count = all.reduce((product, [, extent]) => product * extent, 1)
  for (let i = 0; i < count; i++) {
    const at = new Map<string, number>()
    let rest = i
    for (const [letter, extent] of all) {
      at.set(letter, rest % extent)
      rest = Math.floor(rest / extent)
    }
    const index = (letters: string): number =>
      [...letters].reduce((n, letter) => n * (extents.get(letter) ?? 1) + (at.get(letter) ?? 0), 0)
    data[index(output)]! += (x.data[index(a)] ?? 0) * (w.data[index(b)] ?? 0)
  }
  return { data, shape }
}

/** Adds a bias, aligned with the last axes, to a grid, and applies a function. */
function finished({ data, shape }: Grid, bias: Grid | undefined, act = (y: number): number => y): Grid {
  const offset = shape.length - (bias?.shape.length ?? 0)
  const place = (i: number): number =>
    (bias?.shape ?? []).reduce((at, extent, axis) => {
      const stride = shape.slice(axis + offset + 1).reduce((p, q) => p * q, 1)
      return at * extent + (extent === 1 ? 0 : Math.floor(i / stride) % extent)
    }, 0)
  return { data: data.map((y, i) => act(y + (bias?.data[place(i)] ?? 0))), shape }
}

describe('EinsumDense', () => {
  const cases: readonly (readonly [
    equation: string,
    outputShape: number | (number | null)[],
    biasAxes: string | null,
    sample: number[],
    letters: readonly [string, string, string],
  ])[] = [
    ['abc,cd->abd', [null, 4], 'd', [5, 3], ['abc', 'cd', 'abd']],
    ['...x,xy->...y', 4, 'y', [2, 5, 3], ['abcx', 'xy', 'abcy']],
    // A bias of two axes is a part of the product; one of the first axis alone, or one in another order, is not.
    ['abc,cde->abde', [null, 2, 3], 'de', [5, 3], ['abc', 'cde', 'abde']],
    ['abc,cde->abed', [5, 3, 2], 'ed', [5, 3], ['abc', 'cde', 'abed']],
    ['abc,cd->abd', [5, 4], 'b', [5, 3], ['abc', 'cd', 'abd']],
    ['abcd,cde->abe', [5, 2], null, [5, 3, 4], ['abcd', 'cde', 'abe']],
    ['ab...,bc->ac...', 4, 'c', [3, 2], ['abx', 'bc', 'acx']],
    // Every letter of the kernel is the output's: nothing is summed.
    ['abc,bc->abc', [5, 3], 'c', [5, 3], ['abc', 'bc', 'abc']],
    // A kernel for each time step.
    ['abc,bcd->abd', [5, 2], 'd', [5, 3], ['abc', 'bcd', 'abd']],
  ]
  test.each(cases)('%s, %j, bias %s', (equation, outputShape, biasAxes, sample, letters) => {
    const define: Definition = (x, kernel, bias) =>
      finished(einsum(letters, x, kernel as Grid), bias, Math.tanh)
    return checkLayer(
      () => EinsumDense(equation, outputShape, { biasAxes, activation: 'tanh', biasInitializer: 'ones' }),
      sample,
      define,
    )
  })

  test('an extent that outputShape leaves open is open in the summary, and found by the data', async () => {
    const layer = EinsumDense('abc,cd->abd', [null, 2])
    const input = Input([5, 3])
    const output = layer(input)
    expect(output.shape).toEqual([null, null, 2])
    const model = Model(input, output)
    model.compile({ loss: 'mse', optimizer: 'sgd' })
    await chooseBackend('cpu')
    const x = tensor(new Float32Array(4 * 15).fill(1), [4, 5, 3])
    const before = await model.predict<Tensor>(x)
    expect(before.shape).toEqual([4, 5, 2])
    const loss = await model.evaluate(x, before, { verbose: 0 })
    expect(loss).toBe(0)
    await model.fit(x, tensor(new Float32Array(40), [4, 5, 2]), { verbose: 0 })
    model.dispose()
  })

  test('the kernel is drawn for the inputs and outputs that the equation has', async () => {
    const model = Sequential([Input([5, 30]), EinsumDense('abc,cde->abde', [null, 10, 10])])
    const [kernel] = await model.getWeights()
    const limit = Math.sqrt(6 / (30 + 100))
    const most = Math.max(...(kernel?.data ?? []).map(Math.abs))
    expect(most).toBeLessThanOrEqual(limit)
    expect(most).toBeGreaterThan(0.98 * limit)
  })

  test.each([
    [
      'abc->abd',
      4,
      [5, 3],
      "in the form 'ab,bc->ac', '...b,bc->...c' or 'ab...,bc->ac...', got \"abc->abd\"",
    ],
    ['abb,bc->abc', [5, 4], [5, 3], 'expected each letter of equation once a tensor, got "abb"'],
    ['abc,cd->abd', 4, [5, 3], 'expected outputShape with 2 extents, of "bd", got [4]'],
    ['abc,cd->abd', [6, 4], [5, 3], 'expected 6 entries along "b", as outputShape says, got [batch, 5, 3]'],
    [
      'abc,cd->abe',
      [5, 4],
      [5, 3],
      'expected letters of the input or the kernel in "abe", got "e" in neither',
    ],
    ['abc,cde->abd', [5, 4], [5, 3], 'in the kernel\'s "cde", got "e" in neither'],
    ['abc,cd->abd', [5, null], [5, 3], 'expected a known extent of "d", an axis of the kernel'],
    ['abc,cd->abd', [5, 4], [3], 'expected an input of 3 axes, "abc", got [batch, 3]'],
  ])('%s with %j for %j is refused', (equation, outputShape, sample, message) => {
    expect(() => EinsumDense(equation, outputShape)(Input(sample))).toThrow(message)
  })

  test('biasAxes name axes of the output', () => {
    expect(() => EinsumDense('abc,cd->abd', [5, 4], { biasAxes: 'c' })(Input([5, 3]))).toThrow(
      'expected biasAxes among the letters of the output, "abd", got "c"',
    )
  })
})

// Keras takes the first two and says another shape of their outputs than these have.
test.each([
  ['...x,xy->...y', [5, 4]],
  ['ab...,bc->ac...', [4, 3]],
  ['...x,xy->...y', [null, 4]],
] as const)(
  'extents of axes that ... stands for are refused with a word: %s, %j',
  (equation, outputShape) => {
    expect(() => EinsumDense(equation, outputShape)(Input([5, 3]))).toThrow(
      'Leave out the batch, and the extents of the axes that ... stands for: outputs have those of the input.',
    )
  },
)
