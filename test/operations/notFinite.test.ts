// What is not finite stays where it is: functions of `ops` on infinities, whose results elsewhere are as without them.
import { expect, test } from 'vitest'
import { ops, type SymbolicTensor, tensor } from '../../src/index.ts'
import { functionAlone } from '../../src/operations/alone.ts'
import { onEachBackend } from '../support/backends.ts'

const [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]

/** A function, a row, and what becomes of it. */
const cases: Readonly<
  Record<string, readonly [(x: SymbolicTensor) => SymbolicTensor, readonly number[], readonly number[]]>
> = {
  logsumexp: [(x) => ops.logsumexp(x, -1), [low, low, low], [low]],
  'logsumexp beside infinity': [(x) => ops.logsumexp(x, -1), [1, high, low], [high]],
  'logsumexp beside numbers': [(x) => ops.logsumexp(x, -1), [low, 0, 0], [Math.LN2]],
  median: [(x) => ops.median(x, -1), [high, 3, low], [3]],
  'quantile, lower': [(x) => ops.quantile(x, 0.25, -1, 'lower'), [1, high, low, high, 2], [1]],
  'quantile, higher': [(x) => ops.quantile(x, 0.2, -1, 'higher'), [low, 5, 6], [5]],
  average: [(x) => ops.average(x, -1, [1, 2, 1]), [low, 2, 4], [low]],
  diag: [(x) => ops.diag(ops.reshape(x, [2])), [low, 2], [low, 0, 0, 2]],
  diagflat: [(x) => ops.diagflat(x, 1), [high, 2], [0, high, 0, 0, 0, 2, 0, 0, 0]],
}

onEachBackend(() => {
  test.each(Object.entries(cases))('%s', async (_name, [fn, row, expected]) => {
    const found = await functionAlone('the test', fn, [tensor(row, [1, row.length])])
    expect(found.data.length).toBe(expected.length)
    found.data.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 5)
    })
  })
})
