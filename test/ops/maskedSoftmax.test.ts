// Softmax of an attention's scores, which works out by itself what a query sees: against a definition in doubles, backends against
// each other, gradients against differences.
import { describe, expect, test } from 'vitest'
import { type MaskedSoftmaxAttributes, maskedSoftmax } from '../../src/ops/maskedSoftmax.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'
import { uniform } from '../support/values.ts'

const [B, H, T, S] = [2, 3, 5, 7]

/** Ones and zeros, by a fixed rule, of which some are wholly zeros along the last axis. */
const flags = (shape: readonly number[], skip: number) => {
  const size = shape.reduce((a, b) => a * b, 1)
  return tensor(
    Float32Array.from({ length: size }, (_, i) => Number((i * 7) % skip !== 0)),
    shape,
  )
}

const given = {
  queries: flags([B, T], 3),
  keys: flags([B, S], 4),
  mask: flags([B, 1, T, S], 5),
}
type Given = Partial<typeof given>

const cases: readonly (readonly [string, Given, MaskedSoftmaxAttributes])[] = [
  ['scaled', {}, { scale: 0.5 }],
  ['causal', {}, { causal: true, scale: 2 }],
  ['a window', {}, { window: 2 }],
  ['a causal window', {}, { window: 3, causal: true, unseen: 'zero' }],
  ['a window that leaves queries without keys', {}, { window: 1, unseen: 'zero' }],
  ['keys', { keys: given.keys }, {}],
  ['queries, zero', { queries: given.queries }, { unseen: 'zero' }],
  ['queries, equal', { queries: given.queries }, {}],
  ['queries, equal without a gradient', { queries: given.queries }, { unseen: 'equal' }],
  ['a mask for all heads', { mask: given.mask }, { unseen: 'zero' }],
  ['a mask of keys alone', { mask: flags([1, H, 1, S], 2) }, {}],
  ['everything', given, { causal: true, window: 4, scale: 0.7, unseen: 'zero' }],
]

/** The weights of one query by the definition. */
function weightsOf(x: readonly number[], sees: readonly boolean[], isZero: boolean): number[] {
  if (!sees.includes(true)) return x.map(() => (isZero ? 0 : 1 / x.length))
  const powers = x.map((score, j) => (sees[j] ? Math.exp(score) : 0))
  const total = powers.reduce((a, b) => a + b, 0)
  return powers.map((power) => power / total)
}

describe.each(['rows', 'workgroup'])('%s', (strategy) => {
  test.each(cases)('%s', async (_what, masks, attrs) => {
    const x = uniform([B, H, T, S], -2, 2)
    const { outputs } = await checkOp(maskedSoftmax, {
      strategy,
      inputs: { x, ...masks },
      attrs,
      // Beside 10⁹ a score is rounded away, though its derivative is not.
      by: masks.queries && !attrs.unseen ? [] : ['x'],
      roundings: 32,
    })
    const { scale = 1, causal = false, window, unseen } = attrs
    for (let row = 0; row < B * H * T; row++) {
      const [sample, head, query] = [Math.floor(row / T / H), Math.floor(row / T) % H, row % T]
      const sees = Array.from({ length: S }, (_, j) => {
        const [outer = 1, heads = 1, rows = 1] = masks.mask?.shape ?? []
        const place = ((sample % outer) * heads + (head % heads)) * rows + (query % rows)
        return (
          !(causal && j > query) &&
          !(window && Math.abs(j - query) >= window) &&
          masks.queries?.data[sample * T + query] !== 0 &&
          masks.keys?.data[sample * S + j] !== 0 &&
          masks.mask?.data[place * S + j] !== 0
        )
      })
      const scores = [...x.data.subarray(row * S, (row + 1) * S)].map((value) => scale * value)
      weightsOf(scores, sees, unseen === 'zero').forEach((weight, j) => {
        expect(outputs.y[row * S + j]).toBeCloseTo(weight, 6)
      })
    }
  })

  test('rows longer than a workgroup, of which many see nothing', async () => {
    const [queries, keys] = [flags([1, 4], 2), flags([1, 600], 3)]
    await checkOp(maskedSoftmax, {
      strategy,
      inputs: { x: [1, 1, 4, 600], queries, keys },
      attrs: { unseen: 'zero' },
      by: ['x'],
      roundings: 64,
    })
  })
})

test.each(['rows', 'workgroup'])('%s: launches go on in y', async (strategy) => {
  await checkOp(maskedSoftmax, {
    strategy,
    inputs: { x: [1, 2, 130, 3] },
    attrs: { causal: true },
    maxWorkgroups: 2,
  })
})
