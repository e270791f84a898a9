/** What `--json` prints can be read by people: no line a number, no line too long, and the same value. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readableJson } from '../../src/cli/json.ts'

test('what fits on a line is one line', () => {
  expect(readableJson({ loss: [0.5, 0.25], name: 'a "b"', none: undefined, empty: {}, list: [] })).toBe(
    '{ "loss": [0.5, 0.25], "name": "a \\"b\\"", "empty": {}, "list": [] }',
  )
  expect(readableJson(3)).toBe('3')
})

test('lists of numbers fill lines, rows have one each', () => {
  const long = Array.from({ length: 40 }, (_, i) => i / 8)
  const text = readableJson({ dense: [[1, 2], long], epochs: 3 })
  expect(text.split('\n')).toEqual([
    '{',
    '  "dense": [',
    '    [1, 2],',
    '    [',
    expect.stringMatching(/^ {6}0, 0\.125, .*,$/),
    expect.stringMatching(/^ {6}[\d., ]+,$/),
    expect.stringMatching(/^ {6}[\d., ]+[^,]$/),
    '    ]',
    '  ],',
    '  "epochs": 3',
    '}',
  ])
})

test('any value is read back as it was, and only what cannot be broken is longer than a line', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = readableJson(value)
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
    }),
    { numRuns: 200, seed: 1 },
  )
  const numbers = readableJson({ a: Array.from({ length: 300 }, (_, i) => i * 1e5) })
  expect(Math.max(...numbers.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100)
})
