/**
 * `checkCase` does with a model what Keras did with it (test/golden/README.md) and expects Keras's numbers:
 *
 *   - architecture: summary, weight paths, number of parameters
 *   - forward and gradients: 5e-6 of a number's scale (scale.ts). A sum of K ≤ 500 products in another order is off by some
 *     √K·ε = 22 · 1.2e-7 of its terms; the recurrence contracts, so later steps add little.
 *   - losses of epochs: 2e-5, forward errors carried through some 200 updates
 *   - weights, and predictions by them: 1e-4. Adam divides a gradient by its root mean square, so that one near zero
 *     turns its rounding into a difference of up to the learning rate.
 */
import { keysToCamelCase } from '../../src/formats/config/snakeCase.ts'
import type { CallbackHooks, LayersModel, Tensor } from '../../src/index.ts'
import { expectClose, expectEqual } from './compare.ts'
import {
  type FitSettings,
  type GoldenCase,
  goldenCase,
  type HistoryRecord,
  type NamedArray,
} from './golden.ts'
import { withoutOverwritten } from './overwritten.ts'
import { relativeDifference } from './relativeDifference.ts'
import { expectMovedLittle, isMovedByRounding, largerGradient } from './rounding.ts'
import { scalesOf } from './scale.ts'
import { adamHistory, UNCLEARED } from './uncleared.ts'

/** The package under test: the sources, or what is built of them. */
export type Recurra = Pick<typeof import('../../src/index.ts'), 'callbacks' | 'loadModel' | 'tensor'>

const FORWARD = 5e-6
const LOSS = 2e-5
const TRAINED = 1e-4

interface CaseData {
  readonly x: Tensor[]
  readonly y: Tensor[]
  readonly sampleWeight: Tensor | null
}

/** Checks one case on the backend in use. */
export async function checkCase(recurra: Recurra, name: string): Promise<void> {
  const golden = goldenCase(name)
  const model = await recurra.loadModel(golden.modelBytes)
  const toTensor = ({ data, shape }: NamedArray): Tensor => recurra.tensor(Float32Array.from(data), shape)
  const data: CaseData = {
    x: golden.x.map(toTensor),
    y: golden.y.map(toTensor),
    sampleWeight: golden.sampleWeight && toTensor(golden.sampleWeight),
  }
  expectEqual('sample weights', data.sampleWeight !== null, golden.case.fit?.sample_weight ?? false)
  expectEqual('number of parameters', model.countParams(), golden.case.count_params)
  await checkPrediction('prediction', model, data, golden.predict0)
  const { fit } = golden.case
  if (fit) {
    await checkFirstBatch(recurra, model, golden, data)
    await checkTraining(recurra, model, golden, data)
  }
  checkSummary(model, golden)
  model.dispose()
}

function checkSummary(model: LayersModel, { summary }: GoldenCase): void {
  let printed = ''
  model.summary({
    printFn: (text) => {
      printed += `${text}\n`
    },
  })
  expectEqual('summary', printed.trimEnd(), summary.trimEnd())
}

async function checkPrediction(
  what: string,
  model: LayersModel,
  { x }: CaseData,
  expected: readonly NamedArray[],
): Promise<void> {
  model.resetStates()
  const predicted = [await model.predict<Tensor | Tensor[]>(x)].flat()
  model.resetStates()
  expectEqual(
    `shapes of ${what}`,
    predicted.map(({ shape }) => shape),
    expected.map(({ shape }) => shape),
  )
  const tolerance = what === 'prediction' ? FORWARD : TRAINED
  predicted.forEach((output, i) => {
    expectClose(`${what} ${i}`, output.data, expected[i]?.data ?? [], tolerance)
  })
}

/**
 * Gradients whose terms cancel, such as those of weights that two calls share with opposite signs: they are off by what their terms
 * are off by. These are as large as those of another weight, of which less cancels.
 */
const CANCELLING: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // Of fifteen time steps the candidate's gradients have either sign: their magnitudes add up to 0.5, and to 0.1 times the inputs,
  // which are softmax over time, all near 0.2; the sums are 0.04 and 0.01 at most.
  activation_layers: {
    'sequential/lstm/lstm_cell/kernel': 'sequential/lstm/lstm_cell/bias',
    'sequential/lstm/lstm_cell/bias': 'sequential/dense_4/bias',
  },
  // What a query gets from its keys is weighted by slopes of softmax, whose sum is 0: a hundredth of what the keys get.
  attention_additive: Object.fromEntries(
    ['kernel', 'recurrent_kernel', 'bias'].map((name) => [`gru_1/gru_cell/${name}`, `gru/gru_cell/${name}`]),
  ),
  // What a candidate's gradients at four time steps and hidden states of either sign make adds up to 0.4, of which 0.04 remain.
  normalizations: {
    'sequential/lstm/lstm_cell/recurrent_kernel': 'sequential/layer_normalization/gamma',
  },
}

async function checkFirstBatch(
  { loadModel, tensor }: Recurra,
  model: LayersModel,
  golden: GoldenCase,
  data: CaseData,
): Promise<void> {
  const batch = golden.case.fit?.batch_size ?? 1
  const firstOf = ({ data: numbers, shape: [rows = 0, ...rest] }: Tensor): Tensor => {
    const kept = Math.min(batch, rows)
    return tensor(numbers.subarray(0, (kept * numbers.length) / rows), [kept, ...rest])
  }
  const [x, y] = [data.x.map(firstOf), data.y.map(firstOf)]
  const weighted = {
    sampleWeight: data.sampleWeight && firstOf(data.sampleWeight),
    classWeight: golden.case.fit?.class_weight ?? null,
  }
  const { first_batch_loss: loss } = golden.case
  if (loss !== undefined) {
    // In training mode, before its update; so on a model of its own.
    const trained = await loadModel(golden.modelBytes)
    const [first] = [await trained.trainOnBatch(x, y, weighted)].flat()
    trained.dispose()
    expectClose('loss of the first batch', [first ?? Number.NaN], [loss], FORWARD)
  }
  if (golden.gradients.size === 0) return
  const gradients = await model.gradients(x, y, weighted)
  expectEqual('gradients', Object.keys(gradients).sort(), [...golden.gradients.keys()].sort())
  let magnitudes: Promise<Map<string, Float64Array>> | undefined
  for (const [path, expected] of golden.gradients) {
    const got = gradients[path]
    expectEqual(`shape of the gradient of ${path}`, got?.shape, expected.shape)
    const other = CANCELLING[golden.case.name]?.[path] ?? largerGradient(golden, path)
    const terms = other === path ? undefined : golden.gradients.get(other)?.data
    let floor = terms && typicalOf(terms)
    if (!(relativeDifference(got?.data ?? [], expected.data, floor) <= FORWARD)) {
      magnitudes ??= magnitudesOfSamples(model, { x, y, ...weighted }, tensor)
      floor = Math.max(floor ?? 0, typicalOf((await magnitudes).get(path) ?? []))
    }
    expectClose(`gradient of ${path}`, got?.data, expected.data, FORWARD, floor)
  }
}

const typicalOf = (values: ArrayLike<number>): number => Math.min(...scalesOf(values))

/**
 * The mean magnitudes of the samples' own gradients. The gradient of a batch is the mean of these: where errors of either sign cancel,
 * it is off by what its terms are off by.
 */
async function magnitudesOfSamples(
  model: LayersModel,
  { x, y, sampleWeight, classWeight }: CaseData & { classWeight: Readonly<Record<string, number>> | null },
  tensor: Recurra['tensor'],
): Promise<Map<string, Float64Array>> {
  const rows = x[0]?.shape[0] ?? 0
  const sums = new Map<string, Float64Array>()
  for (let row = 0; row < rows; row++) {
    const rowOf = ({ data, shape: [, ...rest] }: Tensor): Tensor => {
      const size = data.length / rows
      return tensor(data.subarray(row * size, (row + 1) * size), [1, ...rest])
    }
    const gradients = await model.gradients(x.map(rowOf), y.map(rowOf), {
      sampleWeight: sampleWeight && rowOf(sampleWeight),
      classWeight,
    })
    for (const [path, { data }] of Object.entries(gradients)) {
      const sum = sums.get(path) ?? new Float64Array(data.length)
      for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + Math.abs(data[i] ?? 0) / rows
      sums.set(path, sum)
    }
  }
  return sums
}

async function checkTraining(
  recurra: Recurra,
  model: LayersModel,
  golden: GoldenCase,
  data: CaseData,
): Promise<void> {
  const { loadModel } = recurra
  const settings = golden.case.fit
  if (!settings) return
  checkHistory(
    'history',
    await train(recurra, model, data, settings),
    withoutOverwritten(golden, golden.case.history),
  )
  const weights = await model.getWeights()
  expectEqual('weights', model.weights.map(({ path }) => path).sort(), [...golden.after.keys()].sort())
  const steps = settings.epochs * Math.ceil((data.x[0]?.shape[0] ?? 0) / settings.batch_size)
  model.weights.forEach(({ path, shape }, i) => {
    expectEqual(`shape of ${path}`, shape, golden.after.get(path)?.shape)
    const expected = golden.after.get(path)
    if (isMovedByRounding(golden, path)) {
      expectMovedLittle(model, path, [weights[i], expected], steps)
      // Predictions are those by the other weights.
      weights[i] = recurra.tensor(Float32Array.from(expected?.data ?? []), shape)
      return
    }
    expectClose(`${path} after the fit`, weights[i]?.data, expected?.data ?? [], TRAINED)
  })
  model.setWeights(weights)
  await checkPrediction('prediction after the fit', model, data, golden.predict1)
  if (!golden.trainedBytes || !golden.case.resumed_history) return
  const resumed = await loadModel(golden.trainedBytes)
  const history = await train(recurra, resumed, data, { ...settings, epochs: 2, callbacks: [] })
  const expected = await resumedHistory(recurra, golden, data)
  checkHistory('history from trained.keras on', history, expected)
  resumed.dispose()
}

/** Keras's history of two epochs from trained.keras on; without its fault, where it summed gradients over steps. */
async function resumedHistory(
  recurra: Recurra,
  golden: GoldenCase,
  { x: [x], y: [y] }: CaseData,
): Promise<HistoryRecord | undefined> {
  const {
    case: { name, fit, resumed_history: keras },
    trainedBytes,
  } = golden
  const uncleared = UNCLEARED[name]
  if (!uncleared || !trainedBytes || !fit || !x || !y) return withoutOverwritten(golden, keras)
  const batches = { x, y, batchSize: fit.batch_size, epochs: 2 }
  const historyOf = async (weights: RegExp | null): Promise<HistoryRecord> => {
    const model = await recurra.loadModel(trainedBytes)
    const loss = await adamHistory(recurra, model, batches, weights)
    model.dispose()
    return { loss }
  }
  checkHistory('history with gradients that are summed over steps', await historyOf(uncleared), keras)
  return historyOf(null)
}

/** The callbacks of a case, made anew. */
const callbacksOf = ({ callbacks }: Recurra, settings: FitSettings): CallbackHooks[] =>
  (settings.callbacks ?? []).map(({ class_name: name, config }) => {
    const make = (callbacks as Readonly<Record<string, unknown>>)[name]
    return (make as (options: object) => CallbackHooks)(keysToCamelCase(config))
  })

async function train(
  recurra: Recurra,
  model: LayersModel,
  { x, y, sampleWeight }: CaseData,
  settings: FitSettings,
): Promise<HistoryRecord> {
  const { batch_size: batchSize, epochs, shuffle, reset_states_between_epochs: resets } = settings
  const options = {
    batchSize,
    shuffle,
    sampleWeight,
    classWeight: settings.class_weight,
    validationSplit: settings.validation_split ?? 0,
    callbacks: callbacksOf(recurra, settings),
    verbose: 0,
  } as const
  if (!resets) return (await model.fit(x, y, { ...options, epochs })).history
  const record: HistoryRecord = {}
  for (let epoch = 0; epoch < epochs; epoch++) {
    const { history } = await model.fit(x, y, options)
    model.resetStates()
    for (const [name, values] of Object.entries(history))
      record[name] = [...(record[name] ?? []), ...(values ?? [])]
  }
  return record
}

function checkHistory(what: string, got: HistoryRecord, expected: HistoryRecord | undefined): void {
  expectEqual(what, Object.keys(got).sort(), Object.keys(expected ?? {}).sort())
  for (const [name, values] of Object.entries(expected ?? {})) {
    expectClose(`${what}, ${name}`, got[name], values ?? [], LOSS)
  }
}
