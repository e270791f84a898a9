// model.evaluate, trainOnBatch, testOnBatch and gradients; model.predict is loaded with them.

import { checkPositiveInteger, fail } from '../../errors.ts'
import type { CallbackHooks } from '../../training/callbacks.ts'
import type { Verbose } from '../../training/output.ts'
import { ProgressLogger } from '../../training/progress.ts'
import { flag, nullable, readOptions, type TableFor } from '../../util/options.ts'
import { sizeOf } from '../../util/shape.ts'
import { Tensor } from '../../util/tensor.ts'
import { type Call, trainingScalars } from '../call.ts'
import type { ModelCore } from '../core.ts'
import { besideStream } from '../data/besideStream.ts'
import { type ClassWeight, type Data, readSamples } from '../data/data.ts'
import type { GivenData } from '../data/plainData.ts'
import { readTestData } from '../data/testData.ts'
import { openCallbacks, testHooks } from '../hookedCalls.ts'
import { batchSize, verbose } from './fitOptions.ts'
import { callbacks, classWeight, sampleWeight, signal } from './fitSettings.ts'
import type { NamedResults, ResultList, Results } from './returned.ts'
import { nextPass } from './runOnce.ts'

export { predict } from './predict.ts'

export interface WeightOptions {
  /** A weight for each sample, or for each time step of each; `null` by default. */
  readonly sampleWeight?: Data | null
  /** Weights of samples by class index, as an object or a Map; `null` by default. */
  readonly classWeight?: ClassWeight | null
}

export interface BatchOptions<Named extends boolean = boolean> extends WeightOptions {
  /** Whether the numbers come by name instead of in the order of `metricsNames`, `false` by default. */
  readonly returnDict?: Named
  /** Aborted before the step begins, it is the error, an AbortError; `null` by default. */
  readonly signal?: AbortSignal | null
}

const weightOptions = { sampleWeight, classWeight } as const satisfies TableFor<WeightOptions>
const batchOptions = {
  ...weightOptions,
  returnDict: flag(false),
  signal,
} as const satisfies TableFor<BatchOptions>

/** Options of an evaluation on a stream of batches. */
export interface StreamEvaluateOptions<Named extends boolean = boolean> {
  /** `'auto'`, the default, is 1 in Node and 0 in a page: 0 silent, 1 a progress bar, 2 a line. */
  readonly verbose?: Verbose | 'auto'
  /** An object of hooks, or several; none by default. */
  readonly callbacks?: CallbackHooks | readonly CallbackHooks[] | null
  /** The most steps, of the first samples or batches; `null`, the default: all. */
  readonly steps?: number | null
  /** Whether the numbers come by name instead of in the order of `metricsNames`, `false` by default. */
  readonly returnDict?: Named
  /** Ends the evaluation between two steps with the signal's reason, an AbortError; `null` by default. */
  readonly signal?: AbortSignal | null
}

/** Options of an evaluation on arrays. */
export interface EvaluateOptions<Named extends boolean = boolean> extends StreamEvaluateOptions<Named> {
  /** Samples a step; `null`, the default, is 32, or the batch that a stateful model is fixed to. */
  readonly batchSize?: number | null
  /** A weight for each sample, or for each time step of each; `null` by default. */
  readonly sampleWeight?: Data | null
}

const evaluateOptions = {
  batchSize,
  verbose,
  callbacks,
  sampleWeight,
  steps: nullable(checkPositiveInteger),
  returnDict: flag(false),
  signal,
} as const satisfies TableFor<EvaluateOptions>

/** The loss and metrics: by name, in the order of `metricsNames`, or the only one. */
const valuesOf = (core: ModelCore, totals: Uint32Array, isByName: boolean): Results => {
  const logs = core.measures.logsOf(totals)
  if (isByName) return logs as NamedResults
  const values = core.measures.names.map((name) => logs[name] ?? Number.NaN)
  return (values.length === 1 ? values[0] : values) as ResultList
}

export async function evaluate(
  core: ModelCore,
  x: unknown,
  given: unknown,
  options: EvaluateOptions | null | undefined,
): Promise<Results> {
  const where = `${core.where}.evaluate`
  const [y, told] = besideStream(core, evaluateOptions, [x, given, options])
  const read = readOptions(where, evaluateOptions, told)
  core.compiled(where)
  const { sampleWeight: weights, verbose: shown, callbacks: hooks, returnDict, signal, ...extent } = read
  signal?.throwIfAborted()
  const data = await readTestData(core, { x, y, sampleWeight: weights }, extent, where)
  const { steps } = data
  const listeners = openCallbacks(core, where, hooks, { verbose: shown, epochs: 1, steps })
  const logger = new ProgressLogger({ verbose: shown, steps })
  const call = await core.begin('evaluate', data.inputs, signal)
  const pass = await data.place(call)
  await listeners.onTestBegin({})
  logger.begin()
  await pass.run(testHooks(call, listeners, (done) => logger.step(done)))
  const totals = await call.readTotals()
  const logs = core.measures.logsOf(totals)
  await listeners.onTestEnd(logs)
  logger.end(logs)
  return valuesOf(core, totals, returnDict)
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
  { signal = null, ...given }: GivenData & { readonly signal?: AbortSignal | null },
): Promise<BatchCall> {
  core.compiled(where)
  const samples = await readSamples(core, given, where)
  const { rows, inputs, targets, weights } = samples
  const batch = core.fixedBatch ?? rows
  if (rows !== batch) {
    fail(where, { expected: `a batch of ${batch} samples, to which the model is fixed`, got: `${rows}` })
  }
  const call = await core.begin('batch', inputs, signal)
  call.data.uploadInOrder(samples)
  await call.load({ kind, inputs, targets, weights }, [batch])
  return { call, batch }
}

export async function runBatch(
  core: ModelCore,
  kind: 'train' | 'test',
  x: unknown,
  y: unknown,
  options: BatchOptions | null | undefined,
): Promise<Results> {
  const where = `${core.where}.${kind}OnBatch`
  const { optimizer } = core.compiled(where)
  const { returnDict, ...given } = readOptions(where, batchOptions, options)
  const { call, batch } = await beginBatch(core, kind, where, { x, y, ...given })
  const iteration = kind === 'train' ? optimizer.steps + 1 : nextPass(call)
  call.writeSteps([trainingScalars(optimizer, { start: 0, iteration, reset: true })])
  await call.run(batch)
  return valuesOf(core, await call.readTotals(), returnDict)
}

export async function gradients(
  core: ModelCore,
  x: unknown,
  y: unknown,
  options: WeightOptions,
): Promise<Record<string, Tensor>> {
  const where = `${core.where}.gradients`
  const given = readOptions(where, weightOptions, options)
  const { call, batch } = await beginBatch(core, 'gradients', where, { x, y, ...given })
  call.writeSteps([{ start: 0, iteration: (core.optimizer?.steps ?? 0) + 1, reset: 0 }])
  await call.run(batch)
  const { backend, layout, store } = call.device
  const bytes = 4 * layout.sizeOf('gradients')
  const all = new Float32Array(await backend.read(store.arena('gradients'), bytes))
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
