// model.evaluate, predict, trainOnBatch, testOnBatch and gradients.

import { checkPositiveInteger, fail } from '../errors.ts'
import { isOpen, outputSamples } from '../layers/layerGraph.ts'
import type { CallbackHooks } from '../training/callbacks.ts'
import type { Verbose } from '../training/output.ts'
import { ProgressLogger } from '../training/progress.ts'
import { isBatchStream } from '../util/batchStream.ts'
import { nullable, option, readOptions, type TableFor } from '../util/options.ts'
import { sizeOf } from '../util/shape.ts'
import { Tensor } from '../util/tensor.ts'
import { readBatchSize } from './batchSize.ts'
import { type Call, trainingScalars } from './call.ts'
import type { ModelCore } from './core.ts'
import { type ClassWeight, type Data, type Field, readInputs, readSamples, samplesOf } from './data.ts'
import { batchSize, callbacks, classWeight, sampleWeight, verbose } from './fitOptions.ts'
import { openCallbacks, predictHooks, testHooks } from './hookedCalls.ts'
import { nextPass, type PassHooks, runOnce } from './runOnce.ts'
import { readTestData, shifted } from './testData.ts'

export interface PredictOptions {
  /** Samples a step; `null`, the default, is 32, or the batch that a stateful model is fixed to. */
  readonly batchSize?: number | null
  /** An object of hooks, or several; none by default. */
  readonly callbacks?: CallbackHooks | readonly CallbackHooks[] | null
  /** The most steps, of the first samples or batches; `null`, the default: all. */
  readonly steps?: number | null
  /** `0`, silent, by default, since predictions are often made inside other work; as fit's otherwise. */
  readonly verbose?: Verbose | 'auto'
}

const predictOptions = {
  batchSize,
  callbacks,
  steps: nullable(checkPositiveInteger),
  verbose: option<Verbose, Verbose | 'auto'>(0, verbose.read),
} as const satisfies TableFor<PredictOptions>

export interface WeightOptions {
  /** A weight for each sample, or for each time step of each; `null` by default. */
  readonly sampleWeight?: Data | null
  /** Weights of samples by class index, as an object or a Map; `null` by default. */
  readonly classWeight?: ClassWeight | null
}

const weightOptions = { sampleWeight, classWeight } as const satisfies TableFor<WeightOptions>

export interface EvaluateOptions {
  /** Samples a step; `null`, the default, is 32, or the batch that a stateful model is fixed to. */
  readonly batchSize?: number | null
  /** `'auto'`, the default, is 1 in Node and 0 in a page: 0 silent, 1 a progress bar, 2 a line. */
  readonly verbose?: Verbose | 'auto'
  /** An object of hooks, or several; none by default. */
  readonly callbacks?: CallbackHooks | readonly CallbackHooks[] | null
  /** A weight for each sample, or for each time step of each; `null` by default. */
  readonly sampleWeight?: Data | null
  /** The most steps, of the first samples or batches; `null`, the default: all. */
  readonly steps?: number | null
}

const evaluateOptions = {
  batchSize,
  verbose,
  callbacks,
  sampleWeight,
  steps: nullable(checkPositiveInteger),
} as const satisfies TableFor<EvaluateOptions>

const valuesOf = (core: ModelCore, totals: Uint32Array): number | number[] => {
  const logs = core.measures.logsOf(totals)
  const values = core.measures.names.map((name) => logs[name] ?? Number.NaN)
  return values.length === 1 ? (values[0] as number) : values
}

/** Bytes of samples that lie on the device at once; more go in parts. */
const PART_BYTES = 2 ** 26

export async function evaluate(
  core: ModelCore,
  x: unknown,
  y: unknown,
  options: EvaluateOptions,
): Promise<number | number[]> {
  const where = `${core.where}.evaluate`
  const read = readOptions(where, evaluateOptions, options)
  core.compiled(where)
  const { sampleWeight: weights, verbose: shown, callbacks: given, ...pass } = read
  const data = await readTestData(core, { x, y, sampleWeight: weights }, pass, where)
  const logger = new ProgressLogger({ verbose: shown, steps: data.steps })
  const params = { verbose: shown, epochs: 1, steps: data.steps }
  const listeners = openCallbacks(core, where, given, params)
  const call = await core.begin('evaluate', data.inputs)
  const run = await data.place(call)
  await listeners.onTestBegin({})
  logger.begin()
  await run(testHooks(call, listeners, (done) => logger.step(done)))
  const totals = await call.readTotals()
  const logs = core.measures.logsOf(totals)
  await listeners.onTestEnd(logs)
  logger.end(logs)
  return valuesOf(core, totals)
}

export async function predict(
  core: ModelCore,
  x: unknown,
  options: PredictOptions,
): Promise<(Tensor | Tensor[])[]> {
  const where = `${core.where}.predict`
  const settings = readOptions(where, predictOptions, options)
  const { batchSize: asked, steps, verbose: shown } = settings
  core.check(where)
  if (isBatchStream(x) || isOpen(core)) {
    const { predictEach } = await import('./predictEach.ts')
    const outputs = await predictEach(core, x, settings, where)
    if (outputs) return outputs
  }
  const inputs = readInputs(core, x, where)
  const rows = inputs[0]?.shape[0] ?? 0
  const fixed = asked === null ? null : Math.min(asked, core.fixedBatch ?? rows)
  const size = readBatchSize(core, where, fixed, rows)
  const taken = steps === null ? inputs : firstOf(inputs, steps * size)
  const count = Math.ceil((taken[0]?.shape[0] ?? 0) / size)
  const logger = new ProgressLogger({ verbose: shown, steps: count })
  const listeners = openCallbacks(core, where, settings.callbacks, {
    verbose: shown,
    epochs: 1,
    steps: count,
  })
  await listeners.onPredictBegin({})
  logger.begin()
  const hooks = predictHooks(listeners, (done) => logger.step(done))
  const outputs = await predictInputs(core, taken, { size, where, hooks })
  await listeners.onPredictEnd({})
  logger.end()
  return outputs
}

/** The first samples of inputs. */
const firstOf = (inputs: readonly Field[], most: number): Field[] =>
  inputs.map(({ data, shape: [rows = 1, ...rest] }) => {
    const taken = Math.min(rows, most)
    return { data: data.subarray(0, (data.length / rows) * taken), shape: [taken, ...rest] }
  })

/** The outputs for inputs of one shape, `size` samples a step. */
export async function predictInputs(
  core: ModelCore,
  inputs: readonly Field[],
  { size, where, hooks }: { readonly size: number; readonly where: string; readonly hooks?: PassHooks },
): Promise<Tensor[]> {
  const rows = inputs[0]?.shape[0] ?? 0
  const shapes = samplesOf(inputs)
  const outputs = outputSamples(core, shapes, where)
  const call = await core.begin('predict', shapes)
  const lengths = outputs.map(sizeOf)
  const results = lengths.map((length) => new Float32Array(rows * length))
  const bytesPerRow = 4 * Math.max(...lengths, ...inputs.map(({ data }) => data.length / rows))
  const perPart = Math.max(1, Math.floor(PART_BYTES / bytesPerRow / size)) * size
  for (let first = 0; first < rows; first += perPart) {
    const count = Math.min(perPart, rows - first)
    const fields = inputs.map(({ data }) =>
      data.subarray((first * data.length) / rows, ((first + count) * data.length) / rows),
    )
    call.data.uploadInOrder({ rows: count, fields })
    const devices = lengths.map((length, i) => call.data.buffer(`results:${i}`, 4 * count * length))
    const request = {
      kind: 'predict',
      rows: count,
      batchSize: size,
      inputs: shapes,
      targets: [],
      weights: [],
    } as const
    await runOnce(call, request, hooks && shifted(hooks, Math.ceil(first / size)))
    const read = await Promise.all(
      devices.map((device, i) => call.device.backend.read(device, 0, 4 * count * (lengths[i] ?? 0))),
    )
    call.check()
    if (core.readsIds) await call.readTotals()
    for (const [i, part] of read.entries()) results[i]?.set(new Float32Array(part), first * (lengths[i] ?? 0))
  }
  return outputs.map((shape, i) => new Tensor(results[i] as Float32Array, [rows, ...shape]))
}

/** A call on one batch, which lies on the device. */
interface BatchCall {
  readonly call: Call
  readonly batch: number
}

/** Uploads a batch and makes its step ready. */
async function beginBatch(
  core: ModelCore,
  kind: 'train' | 'test' | 'gradients',
  where: string,
  [x, y, options]: readonly [x: unknown, y: unknown, options: WeightOptions],
): Promise<BatchCall> {
  core.compiled(where)
  const given = readOptions(where, weightOptions, options)
  const samples = await readSamples(core, { x, y, ...given }, where)
  const { rows, inputs, targets, weights } = samples
  const batch = core.fixedBatch ?? rows
  if (rows !== batch) {
    fail(where, { expected: `a batch of ${batch} samples, to which the model is fixed`, got: `${rows}` })
  }
  const call = await core.begin('batch', inputs)
  call.data.uploadInOrder(samples)
  await call.load({ kind, inputs, targets, weights }, [batch])
  return { call, batch }
}

export async function runBatch(
  core: ModelCore,
  kind: 'train' | 'test',
  x: unknown,
  y: unknown,
  options: WeightOptions,
): Promise<number | number[]> {
  const { optimizer } = core.compiled(core.where)
  const { call, batch } = await beginBatch(core, kind, `${core.where}.${kind}OnBatch`, [x, y, options])
  const iteration = kind === 'train' ? optimizer.iterations + 1 : nextPass(call)
  call.writeSteps([trainingScalars(optimizer, { start: 0, iteration, reset: true })])
  await call.run(batch)
  return valuesOf(core, await call.readTotals())
}

export async function gradients(
  core: ModelCore,
  x: unknown,
  y: unknown,
  options: WeightOptions,
): Promise<Record<string, Tensor>> {
  const { call, batch } = await beginBatch(core, 'gradients', `${core.where}.gradients`, [x, y, options])
  call.writeSteps([{ start: 0, iteration: (core.optimizer?.iterations ?? 0) + 1, reset: 0 }])
  await call.run(batch)
  const { backend, layout, store } = call.device
  const bytes = 4 * layout.sizeOf('gradients')
  const all = new Float32Array(await backend.read(store.arena('gradients'), 0, bytes))
  call.check()
  if (core.readsIds) await call.readTotals()
  return Object.fromEntries(
    core.trained.weights.map((variable) => {
      const { offset } = layout.placeOf(variable)
      const values = all.slice(offset, offset + sizeOf(variable.shape))
      return [variable.path, new Tensor(values, variable.shape)]
    }),
  )
}
