/**
 * What the compiler takes and what it refuses: programs as users write them, a line each, of which the compiler's language server is
 * asked. What calls resolve to is in typesOfResults.ts.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as data from '../../src/data/index.ts'
import * as api from '../../src/index.ts'
import { LanguageService } from '../support/languageService.ts'

const HEAD = `
import * as api from '../../src/index.ts'
import * as data from '../../src/data/index.ts'
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
  interface OwnInitializers { counted: true }
}
const batches = [[x, y]] as const
function* generator() { yield [x, [y]] }
async function* tuples() { yield [tensor, tensor, tensor] as const }
class OwnModel extends api.Model { override call(x: api.SymbolicTensor) { return x } }
class OwnMetric extends api.Metric { override result(): api.SymbolicTensor { throw new Error() } }
class OwnLoss extends api.Loss { override call(yTrue: api.SymbolicTensor) { return yTrue } }
class OwnRegularizer extends api.Regularizer { override call(x: api.SymbolicTensor) { return x } }
class OwnConstraint extends api.Constraint { override call(x: api.SymbolicTensor) { return x } }
class OwnSchedule extends api.LearningRateSchedule { override call(step: number) { return step } }
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
  'model.fit(x, { epochs: 2 })',
  'model.evaluate(x, { returnDict: true }).then(({ loss }) => loss)',
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
  'model.compile({ loss: api.MeanSquaredError, optimizer: api.Adam, metrics: [api.AUC, api.MeanAbsoluteError] })',
  "model.compile({ loss: api.Huber({ delta: 2, reduction: 'sum' }), metrics: [api.Huber({ reduction: null })] })",
  // Classes as types.
  'export const models: api.Model[] = [api.Sequential(), api.Model(api.Input([3]), api.Input([3])), new OwnModel()]',
  'export const two: api.Model<[api.Tensor, api.Tensor]> = api.Model(api.Input([3]), [api.Input([3]), api.Input([3])])',
  'export const layer: api.LSTM = api.LSTM(4), states: api.LSTM<true> = api.LSTM(4, { returnState: true })',
  'export const both: api.GRU<true> = new api.GRU({ units: 4, returnState: true })',
  'const tied: api.Dense = new api.Dense(3); tied.kernel.shape.length',
  'const cells: api.Cell[] = [api.LSTMCell(3), api.GRUCell(3)]; api.RNN(cells); cells.map((cell) => api.RNN(cell))',
  'const metrics: api.Metric[] = [api.AUC(), new OwnMetric()]; model.compile({ loss: "mse", metrics })',
  'const losses: api.Loss[] = [api.MeanSquaredError(), new OwnLoss()]; model.compile({ loss: losses })',
  'const regularizers: api.Regularizer[] = [api.L2(0.1), new OwnRegularizer()]; api.Dense(3, { kernelRegularizer: regularizers[0] ?? null })',
  'const constraints: api.Constraint[] = [api.MaxNorm(2), new OwnConstraint()]; api.Dense(3, { kernelConstraint: constraints[0] ?? null })',
  'const schedules: api.LearningRateSchedule[] = [api.CosineDecay(0.1, 3), new OwnSchedule()]; api.Adam(schedules[0])',
  'const callbacks: api.Callback[] = [api.EarlyStopping({ patience: 3 }), api.EarlyStopping("loss")]; model.fit(x, y, { callbacks })',
  'export const optimizers: api.Optimizer[] = [api.Adam(), api.Adam(0.1), api.Adam((step) => 1 / step), api.SGD({ momentum: 0.9 })]',
  'const initial: api.initializers.Constant = api.initializers.Constant(3); api.Dense(3, { kernelInitializer: initial })',
  'api.Dense(3, { kernelInitializer: (shape) => new Float32Array(shape.length), biasInitializer: "counted" })',
  'class Drawn extends api.Initializer { override call(shape: readonly number[]) { return api.random.normal(shape) } }; api.Dense(3, { kernelInitializer: new Drawn() })',
  'model.fit(x, y, { callbacks: [{ onEpochEnd: (epoch, logs) => (logs.loss + epoch).toFixed(3) }] })',
  'model.fit(x, y, { callbacks: [{ onTrainBatchEnd: (step, { loss }) => (loss + step).toFixed(3) }] })',
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
  ['model.fit(x, { epoch: 3 })', /'epoch' does not exist in type|not assignable to type/],
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
  // The first line, which an editor shows, names what is wrong.
  ['api.EarlyStopping({ restore_best_weights: true })', /^[^\n]*mean to write 'restoreBestWeights'/],
  ["api.EarlyStopping({ mode: 'minimum' })", /^Type '"minimum"' is not assignable/],
  ['api.ModelCheckpoint()', /^Expected 1-2 arguments, but got 0/],
  ["api.ModelCheckpoint('a.keras', { saveFreq: 'batch' })", /^Type '"batch"' is not assignable/],
  ['api.Adam({ lr: 0.1 })', /^[^\n]*'lr' does not exist in type 'AdamOptions/],
  ["api.Adam('0.1')", /^Argument of type '"0.1"' is not assignable/],
  ["api.MeanSquaredError({ reduction: 'avg' })", /^Type '"avg"' is not assignable to type 'Reduction/],
  ['api.Huber({ dleta: 2 })', /^[^\n]*mean to write 'delta'/],
  ['api.Input({ shape: 3 })', /^Type 'number' is not assignable to type 'readonly \(number \| null\)\[\]'/],
  ['api.Input(3)', /^Argument of type 'number' is not assignable/],
  ['api.Dense({ unit: 3 })', /^[^\n]*mean to write 'units'/],
  ['api.Sequential([api.Dense])', /^Type [^\n]*is not assignable to type 'Layer<LayerTable, WeightRecord>/],
  ["model.add('dense')", /^Argument of type 'string' is not assignable to parameter of type 'Layer</],
  ['model.compile({ loss: api.AUC })', /is not assignable/],
  ['data.trainTestSplit(x, y, { test_size: 0.2 })', /mean to write 'testSize'/],
  ['data.trainTestSplit(x, y, { testSize: "0.2" })', /Type 'string' is not assignable to type 'number'/],
  ['api.RNN(api.LSTM(4))', /is not assignable to parameter of type 'Cell'/],
  ['export class Wide extends api.Dense {}', /cannot be extended: extend Layer/],
  ['export class Mine extends api.AUC {}', /cannot be extended: extend Layer/],
  ['export class Scaled extends api.Adam {}', /cannot be extended: extend Layer/],
]

const { initializers, layers, losses, metrics, optimizers } = api
const namespaces = {
  api,
  data,
  'api.initializers': initializers,
  'api.layers': layers,
  'api.losses': losses,
  'api.metrics': metrics,
  'api.optimizers': optimizers,
}

/** What can be made by a class is also typed by its name. */
const typed = Object.entries(namespaces).flatMap(([namespace, members]) =>
  Object.entries(members)
    .filter(([name, value]) => /^[A-Z]/.test(name) && typeof value === 'function')
    .map(([name]) => `${namespace}.${name}`),
)
const typedLine = (name: string): string => `export declare const a${name.replaceAll('.', '_')}: ${name}`

const FILE = 'test/api/asUsersWriteIt.ts'
const text = [
  ...HEAD.trim().split('\n'),
  ...TAKEN,
  ...REFUSED.map(([statement]) => statement),
  ...typed.map(typedLine),
]

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

test('classes are types, too', () => {
  expect(typed.length).toBeGreaterThan(300)
  const said = typed.flatMap((name) => saidOf(typedLine(name)) ?? [])
  expect(said.filter((message) => !message.startsWith('Generic type'))).toEqual([])
})
