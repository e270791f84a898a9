/**
 * `checkCase` does with a model what Keras did with it (test/golden/README.md) and expects Keras's numbers:
 *
 *   - architecture: summary, weight paths, number of parameters
 *   - forward and gradients: 5e-6 of the largest magnitude. A sum of K ≤ 500 products in another order is off by some
 *     √K·ε = 22 · 1.2e-7 of its terms; the recurrence contracts, so later steps add little.
 *   - losses of epochs: 2e-5, forward errors carried through some 200 updates
 *   - weights, and predictions by them: 1e-4. Adam divides a gradient by its root mean square, so that one near zero
 *     turns its rounding into a difference of up to the learning rate.
 */
import { expect } from 'vitest'
import { type LayersModel, loadModel, type Tensor, tensor } from '../../src/index.ts'
import { expectClose } from './compare.ts'
import {
  type FitSettings,
  type GoldenCase,
  goldenCase,
  type HistoryRecord,
  type NamedArray,
} from './golden.ts'

const FORWARD = 5e-6
const LOSS = 2e-5
const TRAINED = 1e-4

interface CaseData {
  readonly x: Tensor[]
  readonly y: Tensor[]
}

/** Checks one case on the backend in use. */
export async function checkCase(name: string): Promise<void> {
  const golden = goldenCase(name)
  const model = await loadModel(golden.modelBytes)
  const data: CaseData = { x: golden.x.map(toTensor), y: golden.y.map(toTensor) }
  expect(model.countParams()).toBe(golden.case.count_params)
  await checkPrediction('prediction', model, data, golden.predict0)
  const { fit } = golden.case
  if (fit) {
    await checkFirstBatch(model, golden, data, fit.batch_size)
    await checkTraining(model, golden, data, fit)
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
  expect(printed.trimEnd()).toBe(summary.trimEnd())
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
  expect(predicted.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape))
  const tolerance = what === 'prediction' ? FORWARD : TRAINED
  predicted.forEach((output, i) => {
    expectClose(`${what} ${i}`, output.data, expected[i]?.data ?? [], tolerance)
  })
}

async function checkFirstBatch(
  model: LayersModel,
  golden: GoldenCase,
  data: CaseData,
  batch: number,
): Promise<void> {
  const [x, y] = [data.x.map((array) => firstOf(array, batch)), data.y.map((array) => firstOf(array, batch))]
  const { first_batch_loss: loss } = golden.case
  if (loss !== undefined) {
    // In training mode, before its update; so on a model of its own.
    const trained = await loadModel(golden.modelBytes)
    const [first] = [await trained.trainOnBatch(x, y)].flat()
    trained.dispose()
    expectClose('loss of the first batch', [first ?? Number.NaN], [loss], FORWARD)
  }
  if (golden.gradients.size === 0) return
  const gradients = await model.gradients(x, y)
  expect(Object.keys(gradients).sort()).toEqual([...golden.gradients.keys()].sort())
  for (const [path, expected] of golden.gradients) {
    expect(gradients[path]?.shape).toEqual(expected.shape)
    expectClose(`gradient of ${path}`, gradients[path]?.data, expected.data, FORWARD)
  }
}

async function checkTraining(
  model: LayersModel,
  golden: GoldenCase,
  data: CaseData,
  settings: FitSettings,
): Promise<void> {
  checkHistory('history', await train(model, data, settings), golden.case.history)
  const weights = await model.getWeights()
  expect(model.weights.map(({ path }) => path).sort()).toEqual([...golden.after.keys()].sort())
  model.weights.forEach(({ path, shape }, i) => {
    expect(shape, path).toEqual(golden.after.get(path)?.shape)
    expectClose(`${path} after the fit`, weights[i]?.data, golden.after.get(path)?.data ?? [], TRAINED)
  })
  await checkPrediction('prediction after the fit', model, data, golden.predict1)
  if (!golden.trainedBytes || !golden.case.resumed_history) return
  const resumed = await loadModel(golden.trainedBytes)
  const history = await train(resumed, data, { ...settings, epochs: 2 })
  checkHistory('history from trained.keras on', history, golden.case.resumed_history)
  resumed.dispose()
}

async function train(
  model: LayersModel,
  { x, y }: CaseData,
  { batch_size: batchSize, epochs, shuffle, reset_states_between_epochs: resets }: FitSettings,
): Promise<HistoryRecord> {
  const options = { batchSize, shuffle, verbose: 0 } as const
  if (!resets) return (await model.fit(x, y, { ...options, epochs })).history
  const record: HistoryRecord = {}
  for (let epoch = 0; epoch < epochs; epoch++) {
    const { history } = await model.fit(x, y, options)
    model.resetStates()
    for (const [name, values] of Object.entries(history)) record[name] = [...(record[name] ?? []), ...values]
  }
  return record
}

function checkHistory(what: string, got: HistoryRecord, expected: HistoryRecord | undefined): void {
  expect(Object.keys(got).sort()).toEqual(Object.keys(expected ?? {}).sort())
  for (const [name, values] of Object.entries(expected ?? {})) {
    expectClose(`${what}, ${name}`, got[name], values, LOSS)
  }
}

const toTensor = ({ data, shape }: NamedArray): Tensor => tensor(Float32Array.from(data), shape)

function firstOf({ data, shape: [rows = 0, ...rest] }: Tensor, count: number): Tensor {
  const kept = Math.min(count, rows)
  return tensor(data.subarray(0, (kept * data.length) / rows), [kept, ...rest])
}
