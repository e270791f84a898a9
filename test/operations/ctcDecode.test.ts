// Labels from logits: the search against all ways, the host against a model on both backends.
import { expect, test } from 'vitest'
import { Input, Model, ops, type Tensor, tensor } from '../../src/index.ts'
import { onEachBackend } from '../support/backends.ts'
import { uniform } from '../support/values.ts'

const [B, T, C] = [5, 4, 3]
const BLANK = 2
const logits = uniform([B, T, C], -2, 2, 3)
const lengths = [4, 3, 4, 1, 2]
const at = (b: number, t: number, c: number): number => Number(logits.data[(b * T + t) * C + c])
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
const read = (way: readonly number[]): number[] => way.filter((c, t) => c !== way[t - 1] && c !== BLANK)

/** All labels of a sample with the logarithms of their probabilities, the best first. */
function allOf(b: number): [labels: string, score: number][] {
  const steps = lengths[b] ?? 0
  const sums = range(T).map((t) => Math.log(range(C).reduce((sum, c) => sum + Math.exp(at(b, t, c)), 0)))
  const totals = new Map<string, number>()
  for (let way = 0; way < C ** steps; way++) {
    const classes = range(steps).map((t) => Math.floor(way / C ** t) % C)
    const p = Math.exp(classes.reduce((sum, c, t) => sum + at(b, t, c) - (sums[t] ?? 0), 0))
    const labels = [...read(classes), ...Array<number>(T).fill(-1)].slice(0, T).join()
    totals.set(labels, (totals.get(labels) ?? 0) + p)
  }
  return [...totals]
    .map(([labels, p]) => [labels, Math.log(p)] as [string, number])
    .sort((x, y) => y[1] - x[1])
}

const row = ({ data }: Tensor, i: number, n: number): string => [...data.subarray(i * n, (i + 1) * n)].join()

test('a search finds the labels of the largest probabilities', () => {
  const [labels, scores] = ops.ctcDecode(logits, lengths, {
    strategy: 'beam_search',
    topPaths: 3,
    maskIndex: BLANK,
  })
  expect([labels.shape, scores.shape]).toEqual([
    [3, B, T],
    [B, 3],
  ])
  for (const b of range(B))
    for (const [i, [expected, score]] of allOf(b).slice(0, 3).entries()) {
      expect(row(labels, i * B + b, T)).toBe(expected)
      expect(scores.data[b * 3 + i]).toBeCloseTo(score, 5)
    }
})

test('a narrow search keeps the best after each time step; what is not found has no probability', () => {
  const [labels, scores] = ops.ctcDecode(logits, tensor(lengths, [B]), {
    strategy: 'beam_search',
    beamWidth: 4,
    topPaths: 4,
    maskIndex: BLANK,
  })
  // One time step reads a label or none.
  expect(row(labels, 3 * B + 3, T)).toBe('-1,-1,-1,-1')
  expect(scores.data[3 * 4 + 3]).toBe(Number.NEGATIVE_INFINITY)
  for (const b of range(B)) {
    const [[, best = 0] = []] = allOf(b)
    expect(scores.data[4 * b]).toBeLessThanOrEqual(best + 1e-6)
  }
})

onEachBackend(() => {
  test.each([true, false])(
    'the best class of each time step, in a model and on the host: mergeRepeated %s',
    async (mergeRepeated) => {
      const [x, steps] = [Input([T, C]), Input([])]
      const options = { maskIndex: BLANK, mergeRepeated }
      const model = Model(
        [x, steps],
        ops.ctcDecode(x, steps, options).map((y, i) => (i === 0 ? ops.squeeze(y, 0) : y)),
      )
      const [labels, scores] = await model.predict<[Tensor, Tensor]>([logits, tensor(lengths, [B])])
      const host = ops.ctcDecode(logits, lengths, options)
      expect([...labels.data]).toEqual([...host[0].data])
      for (const b of range(B)) {
        const best = range(lengths[b] ?? 0).map((t) =>
          range(C).reduce((m, c) => (at(b, t, c) > at(b, t, m) ? c : m), 0),
        )
        const kept = mergeRepeated ? read(best) : best.filter((c) => c !== BLANK)
        expect(row(labels, b, T)).toBe([...kept, ...Array<number>(T).fill(-1)].slice(0, T).join())
        const score = -best.reduce((sum, c, t) => sum + at(b, t, c), 0)
        expect(scores.data[b]).toBeCloseTo(score, 5)
        expect(host[1].data[b]).toBeCloseTo(score, 5)
      }
    },
  )
})

test('what does not fit is told', () => {
  const [x, steps] = [Input([T, C]), Input([])]
  expect(() => ops.ctcDecode(x, steps, { strategy: 'beam_search' })).toThrow(
    `ops.ctcDecode: expected strategy 'greedy' in a model, got "beam_search". Give ops.ctcDecode what model.predict gives: it searches on the host.`,
  )
  expect(() => ops.ctcDecode(logits, [1, 2])).toThrow('ops.ctcDecode: expected 5 lengths, got [2].')
  expect(() => ops.ctcDecode(logits, [1, 2, 3, 4, 5])).toThrow('ops.ctcDecode: expected each length to be')
  expect(() => ops.ctcDecode(logits, lengths, { maskIndex: 3 })).toThrow('maskIndex')
  expect(() => ops.ctcDecode(logits, lengths, { beamWidth: 2, topPaths: 3 })).toThrow(
    'topPaths of at most beamWidth',
  )
})
