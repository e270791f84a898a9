/**
 * What the compiler takes and what it refuses: programs as users write them, a line each, of which the compiler's language server is
 * asked. What calls resolve to is in typesOfResults.ts.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { LanguageService } from '../support/languageService.ts'

const HEAD = `
import * as api from '../../src/index.ts'
import { Dataset, TimeseriesGenerator, timeseriesDatasetFromArray } from '../../src/data/index.ts'
const model = api.Sequential()
declare const x: number[][][]
declare const y: number[]
declare const tensor: api.Tensor
declare const flag: boolean
declare module '../../src/index.ts' {
  interface OwnLosses { pinball: true }
  interface OwnMetrics { spread: true }
  interface OwnActivations { mine: true }
  interface OwnRegularizers { squares: true }
}
const batches = [[x, y]] as const
function* generator() { yield [x, [y]] }
async function* tuples() { yield [tensor, tensor, tensor] as const }
class MyBatches { *[Symbol.iterator]() { yield [tensor, tensor] as const } }
`

/** Statements that compile. */
const TAKEN = [
  // Arrays of all kinds.
  'model.fit(x, y)',
  'model.fit(x, y, { epochs: 3, batchSize: 4, validationSplit: 0.1, shuffle: false, sampleWeight: y })',
  'model.fit(x, y, { validationData: [x, y] })',
  'model.fit(x, y, { validationData: [x, y, y] })',
  'model.fit(x, y, { validationData: new MyBatches() })',
  'model.fit(x, y, null)',
  'model.fit(x, null, { epochs: 2 })',
  'model.fit(tensor, tensor)',
  'model.fit(new Float32Array(3), new Uint8Array(3))',
  'model.fit([new Float32Array(3)], [0])',
  'model.fit([[new Float32Array(3)]], [0n])',
  'model.fit([tensor, tensor], [true, false])',
  'model.fit(tensor.toArray<number[][]>(), y)',
  'model.fit({ data: [1, 2], shape: [2, 1] }, y)',
  'model.fit([tensor, x], { first: y, second: tensor })',
  "model.fit(['a text', 'another'], y)",
  'model.fit([x, x], [y, y])',
  // Streams.
  'model.fit(new Set(batches), { epochs: 3 })',
  'model.fit(generator(), { stepsPerEpoch: 3 })',
  'model.fit(generator, { epochs: 2, validationData: tuples, validationSteps: 2 })',
  'model.fit(async () => tuples())',
  'model.fit(() => [[x, y]])',
  'model.fit(new MyBatches(), null, { epochs: 2 })',
  'model.fit(timeseriesDatasetFromArray(x, y, 3), { epochs: 2 })',
  'model.fit(TimeseriesGenerator(x, y, { length: 3 }), { epochs: 2 })',
  'model.fit(Dataset.fromTensorSlices([tensor, tensor]).batch(2), { epochs: 2 })',
  'model.fit(function* () { yield [x, y] }, { epochs: 2 })',
  'model.evaluate(x, y, { batchSize: 3, sampleWeight: y, returnDict: true })',
  'model.evaluate(new MyBatches(), { steps: 3, returnDict: true })',
  'model.predict(x, { batchSize: 3 })',
  'model.predict(tuples(), { steps: 3 })',
  'model.predict(timeseriesDatasetFromArray(x, null, 3))',
  'model.trainOnBatch(x, y, { classWeight: { 0: 1 }, returnDict: flag })',
  'model.testOnBatch(x, y)',
  'model.gradients(x, y, { sampleWeight: y })',
  'model.profile(x)',
  // Names.
  "model.compile({ optimizer: 'adam', loss: 'mse', metrics: ['mae', 'accuracy', 'acc', 'auc'] })",
  "model.compile({ optimizer: 'RMSprop', loss: 'MSE', metrics: ['AUC'] })",
  "model.compile({ loss: 'KLDivergence', metrics: ['kl_divergence', 'kld', 'KLD', 'cosine_similarity'] })",
  "model.compile({ loss: 'meanSquaredError', metrics: ['f1_score', 'r2_score', 'binary_io_u'] })",
  "model.compile({ loss: ['mse', null], metrics: { a: 'mae' } })",
  "model.compile({ loss: 'pinball', metrics: ['spread', 'pinball'] })",
  "model.compile({ loss: { className: 'Huber', config: { delta: 2 } }, metrics: [api.AUC()] })",
  'model.compile({ loss: (yTrue, yPred) => api.ops.mean(api.ops.subtract(yTrue, yPred), -1) })',
  "api.Dense(3, { kernelInitializer: 'he_normal', kernelRegularizer: 'l1_l2', biasConstraint: 'non_neg', activation: 'swish' })",
  "api.LSTM(3, { recurrentInitializer: 'Orthogonal', kernelConstraint: 'MaxNorm', dtype: 'mixed_float16' })",
  "api.Dense(3, { activation: 'mine', kernelRegularizer: 'squares' })",
  // Results.
  'model.fit(x, y).then(({ history }) => history.loss.at(-1)?.toFixed(3))',
  'model.evaluate(x, y, { returnDict: true }).then((results) => results.loss.toFixed(3))',
  'tensor.toArray<number[][]>().map((row) => row.length)',
]

/** Statements that do not, and what the compiler says. */
const REFUSED: readonly (readonly [statement: string, message: RegExp])[] = [
  ["api.Dense(3, { activation: 'rellu' })", /rellu/],
  ["api.Dense(3, { kernelInitializer: 'he_norm' })", /he_norm/],
  ["api.Dense(3, { kernelRegularizer: 'l3' })", /l3/],
  ["api.Dense(3, { kernelConstraint: 'l2' })", /l2/],
  ["api.Dense(3, { dtype: 'float8' })", /float8/],
  ["model.compile({ loss: 'msee' })", /"msee"' is not assignable/],
  ["model.compile({ loss: ['mse', 'msee'] })", /"msee"' is not assignable/],
  ["model.compile({ loss: 'mean_square_error' })", /Did you mean '"mean_squared_error"'/],
  ["model.compile({ optimizer: 'adm', loss: 'mse' })", /Did you mean '"adam"'/],
  ["model.compile({ loss: 'mse', metrics: ['acuracy'] })", /Did you mean '"accuracy"'/],
  ["model.compile({ loss: 'mse', metrics: 'mae' })", /is not assignable/],
  ["model.fit('abc', [1])", /'string' is not assignable to parameter of type 'Data'/],
  ["model.fit('abc')", /'string' is not assignable/],
  ['model.fit(3, 4)', /'number' is not assignable to parameter of type 'Data'/],
  ['model.fit(x, { epochs: 3 })', /number.* is not assignable/],
  ['model.fit(x, y, { epoch: 3 })', /'epoch' does not exist in type 'FitOptions'/],
  ['model.fit(x, y, { epochs: "3" })', /'string' is not assignable to type 'number'/],
  ['model.fit(new Set([1, 2]), { epochs: 3 })', /is not assignable/],
  ["model.fit(new Set(['a']), { epochs: 3 })", /is not assignable/],
  ['model.fit(new MyBatches(), y)', /is not assignable/],
  ['model.fit(new MyBatches(), { batchSize: 3 })', /No overload/],
  ['model.fit(new MyBatches(), null, { shuffle: true })', /No overload/],
  ['model.fit(x, y, { validationData: x })', /is not assignable/],
  ["model.fit(x, y, { validationData: 'abc' })", /is not assignable/],
  ['model.evaluate("abc", [1])', /'string' is not assignable to parameter of type 'Data'/],
  ['model.evaluate(new MyBatches(), { sampleWeight: y })', /No overload/],
  ['model.evaluate(x, y, { returnDict: 1 })', /is not assignable/],
  ['model.predict("abc")', /'string' is not assignable/],
  ['model.predict(new Set([3]))', /is not assignable/],
  ['model.predict(new MyBatches(), { batchSize: 3 })', /No overload/],
  ['model.trainOnBatch("abc", [1])', /'string' is not assignable/],
  ['model.trainOnBatch(new MyBatches(), y)', /is not assignable/],
  ['model.testOnBatch("abc", [1])', /'string' is not assignable/],
  ['model.gradients("abc", [1])', /'string' is not assignable/],
  ['model.profile("abc")', /'string' is not assignable/],
  ['model.fit(x, y).then(({ history }) => history.accuracy.at(-1))', /possibly 'undefined'/],
  ['model.evaluate(x, y).then((results) => results.loss)', /Property 'loss' does not exist/],
  ['model.predict(x).then((output) => output.shapes)', /Property 'shapes' does not exist/],
  ['tensor.toArray<string[]>()', /does not satisfy the constraint/],
]

const FILE = 'test/api/asUsersWriteIt.ts'
const text = [...HEAD.trim().split('\n'), ...TAKEN, ...REFUSED.map(([statement]) => statement)]

let service: LanguageService
let problems: ReadonlyMap<number, string>
beforeAll(async () => {
  service = await LanguageService.start()
  service.open(FILE, `${text.join('\n')}\n`)
  const found = (await service.problems(FILE)).map((problem) => /^line (\d+): (.*)$/s.exec(problem) ?? [])
  problems = new Map(found.map(([, line, message = '']) => [Number(line), message]))
})
afterAll(() => service.stop())

/** What the compiler says of a line; undefined if nothing. */
const saidOf = (line: string): string | undefined => problems.get(text.indexOf(line) + 1)

test('the programs as such compile', () => {
  expect(HEAD.trim().split('\n').map(saidOf).filter(Boolean)).toEqual([])
})

test.each(TAKEN)('%s compiles', (statement) => {
  expect(saidOf(statement)).toBeUndefined()
})

test.each(REFUSED)('%s does not', (statement, message) => {
  expect(saidOf(statement)).toMatch(message)
})
