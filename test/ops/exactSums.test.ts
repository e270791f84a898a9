// States that operations add to over steps, a sum in each place, on both backends alike: weighted sums of columns, counts at
// thresholds, and pairs of classes. Against float64.
import { expect, test } from 'vitest'
import { compile } from '../../src/compiler/compile.ts'
import { Graph, type Value } from '../../src/graph/graph.ts'
import { accumulate } from '../../src/ops/accumulate.ts'
import { classPairs } from '../../src/ops/classPairs.ts'
import { confusion } from '../../src/ops/confusion.ts'
import { EXACT_SUM_WORDS, exactSum } from '../../src/ops/exactSum.ts'
import { type Tensor, tensor } from '../../src/util/tensor.ts'
import { backends } from '../support/compareBackends.ts'
import { LoadedPlan, residentIn } from '../support/runPlan.ts'
import { classes, uniform } from '../support/values.ts'

/** What two steps leave of sums, of which the first begins anew what is not 0, on each backend. */
async function sumsOf(
  count: number,
  inputs: Readonly<Record<string, Tensor | null>>,
  add: (graph: Graph, inputs: Readonly<Record<string, Value>>) => void,
): Promise<number[][]> {
  const memory: Record<string, Float32Array | Uint32Array> = {
    totals: new Uint32Array(count * EXACT_SUM_WORDS).fill(7),
  }
  const graph = new Graph()
  const values: Record<string, Value> = {
    totals: residentIn(graph, 'totals', [count * EXACT_SUM_WORDS], memory.totals as Uint32Array),
  }
  for (const [name, tensor] of Object.entries(inputs)) {
    if (tensor === null) continue
    memory[name] = tensor.data
    values[name] = residentIn(graph, name, tensor.shape, tensor.data)
  }
  add(graph, values)
  const found: number[][] = []
  for (const backend of Object.values(backends)) {
    const loaded = await LoadedPlan.load(backend, compile(graph, backend.traits), memory)
    const { words } = await loaded.run(memory, [{ reset: 1 }, { reset: 0 }])
    loaded.dispose()
    const sums = words.totals ?? expect.fail('no totals')
    found.push(
      Array.from({ length: count }, (_, i) =>
        exactSum(sums.subarray(i * EXACT_SUM_WORDS, (i + 1) * EXACT_SUM_WORDS)),
      ),
    )
  }
  return found
}

/** Each sum within the roundings of float32. */
function expectNear(got: readonly number[], expected: readonly number[]): void {
  expect(got).toHaveLength(expected.length)
  for (const [i, value] of got.entries()) {
    expect(Math.abs(value - expected[i]!), `sum ${i}`).toBeLessThanOrEqual(2e-6 * expected[i]!)
  }
}

type Inputs<F> = F extends (graph: Graph, inputs: infer I, attrs: never) => unknown ? I : never

const weightings: (readonly number[] | null)[] = [null, [131], [131, 3]]

test.each(weightings)('columns and weights %j', async (weighting) => {
  const values = uniform([131, 3, 5], 0, 1)
  const weights = weighting && uniform(weighting, 0, 2, 2)
  const got = await sumsOf(6, { values, weights }, (graph, inputs) =>
    accumulate(graph, inputs as Inputs<typeof accumulate>, { rows: 131, columns: 5, countsWeights: true }),
  )
  const weightOf = (row: number) => weights?.data[Math.floor((row * weights.data.length) / (131 * 3))] ?? 1
  const expected = Array<number>(6).fill(0)
  for (let row = 0; row < 131 * 3; row++) {
    for (let j = 0; j < 5; j++) expected[j]! += 2 * weightOf(row) * values.data[5 * row + j]!
    expected[5]! += 2 * weightOf(row)
  }
  for (const sums of got) expectNear(sums, expected)
})

/** How many (or how much weight) of each kind at a threshold, of entries that count. */
function countsAt(threshold: number, predictions: Tensor, targets: Tensor, weightOf: (i: number) => number) {
  const counts = [0, 0, 0, 0]
  predictions.data.forEach((p, i) => {
    const isPositive = p > Math.fround(threshold)
    const isTrue = targets.data[i] !== 0
    counts[isPositive ? (isTrue ? 0 : 1) : isTrue ? 3 : 2]! += 2 * weightOf(i)
  })
  return counts
}

const predictions = uniform([131, 3, 2], 0, 1)
predictions.data.set([Number.NaN, 0.5, 0.25])
const targets = classes([131, 3, 2], 2, 3)

test.each([...weightings, [131, 3, 2]])('counts at thresholds, weights %j', async (weighting) => {
  const weights = weighting && uniform(weighting, 0, 2, 2)
  const thresholds = tensor([-1e-7, 0.25, 0.3, 0.5, 1], [5])
  const got = await sumsOf(20, { predictions, targets, weights, thresholds }, (graph, inputs) =>
    confusion(graph, inputs as Inputs<typeof confusion>, { rows: 131 }),
  )
  const group = 786 / (weights?.data.length ?? 786)
  const weightOf = (i: number) => weights?.data[Math.floor(i / group)] ?? 1
  const expected = [...thresholds.data].flatMap((at) => countsAt(at, predictions, targets, weightOf))
  for (const sums of got) {
    if (weights) expectNear(sums, expected)
    else expect(sums).toEqual(expected)
  }
})

test('counts of labels at even thresholds, by the arithmetic of Keras', async () => {
  const outside = uniform([131, 2], -0.5, 1.5)
  outside.data.set([0, 1, Number.NaN, -Infinity, Infinity, 0.25, 0.5, 0.75])
  const truth = classes([131, 2], 2, 3)
  for (const isWide of [false, true]) {
    const [low, high] = isWide ? [-1e-7, 1 + 1e-7] : [0, 1]
    const thresholds = tensor([low, 0.25, 0.5, 0.75, high], [5])
    const got = await sumsOf(40, { predictions: outside, targets: truth, thresholds }, (graph, inputs) =>
      confusion(graph, inputs as Inputs<typeof confusion>, { rows: 131, labels: 2, intervals: 4, isWide }),
    )
    // A number outside is one of the ends.
    const clipped = tensor(
      outside.data.map((x) => Math.min(Math.max(x, 0), 1)),
      [131, 2],
    )
    const expected = [...thresholds.data].flatMap((at) =>
      [0, 1].flatMap((label) => countsAt(at, clipped, truth, (i) => Number(i % 2 === label))),
    )
    for (const sums of got) expect(sums).toEqual(expected)
  }
})

test.each(weightings)('pairs of 17 classes, weights %j', async (weighting) => {
  const [most, rows] = [17, [131, 3]]
  // Some are no class, and of 5 none counts.
  const draw = (seed: number) => uniform(rows, -2, most + 1, seed)
  const [ids, truth] = [draw(1), draw(2)]
  ids.data[7] = Number.NaN
  const weights = weighting && uniform(weighting, 0, 2, 2)
  const got = await sumsOf(most ** 2, { predictions: ids, targets: truth, weights }, (graph, inputs) =>
    classPairs(graph, inputs as Inputs<typeof classPairs>, { rows: 131, classes: most, ignored: 5 }),
  )
  const expected = Array<number>(most ** 2).fill(0)
  truth.data.forEach((target, i) => {
    const [t, p] = [Math.trunc(target), Math.trunc(ids.data[i]!)]
    const weight = weights?.data[Math.floor((i * weights.data.length) / 393)] ?? 1
    if (t >= 0 && t < most && p >= 0 && p < most && t !== 5) expected[t * most + p]! += 2 * weight
  })
  for (const sums of got) expectNear(sums, expected)
})
