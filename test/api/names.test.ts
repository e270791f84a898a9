/** The names that types have are those that are looked up: an editor offers them all, and each is taken. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Dense, ops, register, Sequential, type SymbolicTensor, setSeed } from '../../src/index.ts'
import { type Entry, entriesIn, type Family } from '../../src/training/identifiers.ts'
import { later } from '../../src/training/laterOptimizers.ts'
import { lossFamily } from '../../src/training/lossByName.ts'
import * as common from '../../src/training/losses/common.ts'
import * as fused from '../../src/training/losses/fused.ts'
import * as written from '../../src/training/losses/written.ts'
import { metricFamily } from '../../src/training/metricByName.ts'
import * as allMetrics from '../../src/training/metrics/index.ts'
import { optimizerFamily } from '../../src/training/optimizerByName.ts'
import { LanguageService } from '../support/languageService.ts'
import { quiet } from '../support/models.ts'

const FILE = 'test/edited/names.ts'
const KINDS = {
  loss: "model.compile({ loss: '' })",
  optimizer: "model.compile({ optimizer: '' })",
  metrics: "model.compile({ metrics: [''] })",
}

let service: LanguageService
let offered: Readonly<Record<string, readonly string[]>>
beforeAll(async () => {
  service = await LanguageService.start()
  const head = "import * as api from '../../src/index.ts'\nconst model = api.Sequential()"
  service.open(FILE, [head, ...Object.values(KINDS)].join('\n'))
  const entries = Object.entries(KINDS).map(async ([kind, line], i) => {
    const names = await service.completions(FILE, { line: i + 2, character: line.indexOf("''") + 1 })
    return [kind, names] as const
  })
  offered = Object.fromEntries(await Promise.all(entries))
})
afterAll(() => service.stop())

/** Names in small letters without the sign between words: all spellings of one name are alike. */
const spelled = (names: readonly string[]): string[] =>
  [...new Set(names.map((name) => name.toLowerCase().replaceAll('_', '')))].sort()

const losses = [common, fused, written].flatMap((module): readonly Entry<object>[] => entriesIn(module))
const kinds: readonly (readonly [kind: string, family: Family<object>, entries: readonly Entry<object>[]])[] =
  [
    ['loss', lossFamily, losses],
    ['optimizer', optimizerFamily, later],
    ['metrics', metricFamily, [...losses, ...entriesIn<object>(allMetrics)]],
  ]

test.each(kinds)('%s', (kind, family, entries) => {
  const names = offered[kind] ?? []
  expect(names.length).toBeGreaterThan(10)
  expect(names.filter((name) => !family.has(name) && !/^(acc(uracy)?|ce|crossentropy)$/i.test(name))).toEqual(
    [],
  )
  const defined = spelled(entries.flatMap((entry) => entry.names))
  expect(defined.filter((name) => !spelled(names).includes(name))).toEqual([])
})

/** Keras 3.15's names of losses and metrics by which both find one. */
test.each(
  'mse MSE mae MAE mape MAPE msle MSLE bce BCE kld KLD cosine_similarity log_cosh huber poisson hinge squared_hinge dice tversky'.split(
    ' ',
  ),
)('%s is offered', (name) => {
  expect(offered.loss).toContain(name)
})

test('a registered function is a loss or a metric by its name', async () => {
  const twice = (yTrue: SymbolicTensor, yPred: SymbolicTensor) =>
    ops.multiply(ops.mean(ops.abs(ops.subtract(yTrue, yPred)), -1), 2)
  register('names_test_twice', twice)
  const train = async (loss: 'mse', metric: 'mse') => {
    setSeed(3)
    const model = Sequential([Dense(1, { inputShape: [2] })])
    model.compile({ loss, metrics: [metric] })
    const { history } = await model.fit([[1, 2]], [3], quiet)
    return Object.values(history)
  }
  expect(await train('names_test_twice' as 'mse', 'names_test_twice' as 'mse')).toEqual(
    await train(twice as never, twice as never),
  )
})
