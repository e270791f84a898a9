// model.predict: the outputs for arrays. Samples and batches of different shapes are predictEach.ts's.

import { checkPositiveInteger } from '../../errors.ts'
import { isOpen } from '../../layers/layerGraph.ts'
import type { CallbackHooks } from '../../training/callbacks.ts'
import type { Verbose } from '../../training/output.ts'
import { ProgressLogger } from '../../training/progress.ts'
import { isBatchStream } from '../../util/batchStream.ts'
import { type Config, nullable, option, readOptions, type TableFor } from '../../util/options.ts'
import { type Shape, sizeOf } from '../../util/shape.ts'
import { Tensor } from '../../util/tensor.ts'
import { windowsOf } from '../../util/windows.ts'
import type { Call } from '../call.ts'
import type { ModelCore } from '../core.ts'
import { readBatchSize } from '../data/batchSize.ts'
import { readInputs, samplesOf } from '../data/data.ts'
import { inOrder } from '../data/dataset.ts'
import { type Field, placesOf } from '../data/fields.ts'
import { outputsFor } from '../data/otherExtents.ts'
import { rowsInOrder, uploadPlaced } from '../data/placedRows.ts'
import { cut, type Rows } from '../data/rows.ts'
import { refuseBesideStream } from '../data/stream.ts'
import { openCallbacks, predictHooks } from '../hookedCalls.ts'
import { givesRows, joined, shapesOfBatch } from './batchOutputs.ts'
import { batchSize, verbose } from './fitOptions.ts'
import { callbacks, signal } from './fitSettings.ts'
import { type PassHooks, runOnce, shifted } from './runOnce.ts'

/** Options of a prediction from a stream of batches. */
export interface StreamPredictOptions {
  /** An object of hooks, or several; none by default. */
  readonly callbacks?: CallbackHooks | readonly CallbackHooks[] | null
  /** The most steps, of the first samples or batches; `null`, the default: all. */
  readonly steps?: number | null
  /** `0`, silent, by default, since predictions are often made inside other work; as fit's otherwise. */
  readonly verbose?: Verbose | 'auto'
  /** Ends the prediction between two steps with the signal's reason, an AbortError; `null` by default. */
  readonly signal?: AbortSignal | null
}

/** Options of a prediction from arrays. */
export interface PredictOptions extends StreamPredictOptions {
  /** Samples a step; `null`, the default, is the batch that a stateful model is fixed to, as many as `steps` need, or 32. */
  readonly batchSize?: number | null
}

const predictOptions = {
  batchSize,
  callbacks,
  steps: nullable(checkPositiveInteger),
  verbose: option<Verbose, Verbose | 'auto'>(0, verbose.read),
  signal,
} as const satisfies TableFor<PredictOptions>

/** Bytes of samples that lie on the device at once; more go in parts. */
const PART_BYTES = 2 ** 26

export async function predict(
  core: ModelCore,
  x: unknown,
  options: PredictOptions | null | undefined,
): Promise<(Tensor | Tensor[])[]> {
  const where = `${core.where}.predict`
  const read = readOptions(where, predictOptions, options)
  core.check(where)
  const windows = windowsOf(x)
  if (!windows) return predictAny(core, x, read, where)
  refuseBesideStream(where, { batchSize: read.batchSize })
  return predictAny(core, windows.x, { ...read, batchSize: windows.batchSize }, where)
}

async function predictAny(
  core: ModelCore,
  x: unknown,
  read: Config<typeof predictOptions>,
  where: string,
): Promise<(Tensor | Tensor[])[]> {
  const { batchSize: asked, steps, verbose: shown, signal } = read
  if (isBatchStream(x) || isOpen(core)) {
    const { predictEach } = await import('./predictEach.ts')
    const outputs = await predictEach(core, x, read, where)
    if (outputs) return outputs
  }
  const inputs = readInputs(core, x, where)
  const rows = inputs[0]?.shape[0] ?? 0
  const fixed = asked === null ? null : Math.min(asked, core.fixedBatch ?? rows)
  const size = readBatchSize(core, where, { given: fixed, steps }, rows)
  const taken = steps === null ? inputs : someOf(inputs, 0, steps * size)
  const count = Math.ceil((taken[0]?.shape[0] ?? 0) / size)
  const logger = new ProgressLogger({ verbose: shown, steps: count })
  const params = { verbose: shown, epochs: 1, steps: count }
  const listeners = openCallbacks(core, where, read.callbacks, params)
  await listeners.onPredictBegin({})
  logger.begin()
  const hooks = predictHooks(listeners, (done) => logger.step(done))
  const { outputs } = await handOver(core, taken, size, { where, signal, hooks })
  const made = await outputs
  await listeners.onPredictEnd({})
  logger.end()
  return made
}

/** Samples of inputs, from one on, at most so many. */
const someOf = (inputs: readonly Field[], first: number, most: number): Field[] =>
  inputs.map((input) => {
    const [rows = 1, ...rest] = input.shape
    const end = Math.min(rows, first + most)
    const { fields, places } = cut(asRows([input], rows), first, end)
    return { data: fields[0] ?? input.data, shape: [end - first, ...rest], places: places?.[0] }
  })

const asRows = (inputs: readonly Field[], rows: number): Rows => ({
  rows,
  fields: inputs.map(({ data }) => data),
  places: placesOf(inputs),
})

interface HandOverOptions {
  readonly where: string
  readonly signal: AbortSignal | null
  readonly hooks?: PassHooks | undefined
}

/** Outputs that are read back, and whether they are rows of samples. */
export interface Handed {
  readonly outputs: Promise<Tensor[]>
  readonly areRows: boolean
}

/**
 * Hands the steps of a prediction over to the device, `size` samples each. The outputs are read while other work may be handed over;
 * the next call of the role may follow at once.
 */
export async function handOver(
  core: ModelCore,
  inputs: readonly Field[],
  size: number,
  options: HandOverOptions,
): Promise<Handed> {
  const { where, hooks } = options
  const rows = inputs[0]?.shape[0] ?? 0
  const shapes = samplesOf(inputs)
  if (givesRows(core, { samples: shapes, size: Math.min(size, rows) }, where)) {
    const outputs = outputsFor(core, shapes, where)
    const request = { inputs, size, outputs: outputs.map((shape): Shape => [rows, ...shape]) }
    return { ...(await handOverRows(core, request, options)), areRows: true }
  }
  const batches: Tensor[][] = []
  for (let first = 0; first < rows; first += size) {
    const part = someOf(inputs, first, size)
    const count = Math.min(size, rows - first)
    const request = {
      inputs: part,
      size: count,
      outputs: shapesOfBatch(core, { samples: shapes, size: count }, where),
    }
    const shiftedHooks = hooks && shifted(hooks, first / size)
    const { outputs } = await handOverRows(core, request, { ...options, hooks: shiftedHooks })
    batches.push(await outputs)
  }
  return { outputs: Promise.resolve(joined(batches, where)), areRows: false }
}

interface RowsRequest {
  readonly inputs: readonly Field[]
  /** Samples of a batch. */
  readonly size: number
  /** Shapes of all that the outputs are. More than one batch gives as many rows as there are samples. */
  readonly outputs: readonly Shape[]
}

async function handOverRows(
  core: ModelCore,
  { inputs, size, outputs }: RowsRequest,
  { signal, hooks }: HandOverOptions,
): Promise<Pick<Handed, 'outputs'>> {
  const rows = inputs[0]?.shape[0] ?? 0
  const shapes = samplesOf(inputs)
  const call = await core.begin('predict', shapes, signal)
  const results = outputs.map((shape) => new Float32Array(sizeOf(shape)))
  /** Words that so many samples give of each output: rows, or all that a batch of its own gives. */
  const wordsOf = (count: number): number[] => results.map(({ length }) => (length * count) / rows)
  const all = asRows(inputs, rows)
  const bytesPerRow = (4 * Math.max(...wordsOf(rows), sum(inputs.map(({ data }) => data.length)))) / rows
  // The last row of a part that overlaps reaches beyond what rows are apart.
  const reach = 4 * sum((all.places ?? []).map((place) => place?.span ?? 0))
  const most = Math.min(PART_BYTES, call.device.backend.traits.maxBufferBytes) - reach
  const inPart = Math.max(1, Math.floor(most / bytesPerRow / size)) * size
  const perPart = all.places ? Math.min(inPart, rowsInOrder(rows, size)) : inPart
  let read: Promise<void> = Promise.resolve()
  for (let first = 0; first < rows; first += perPart) {
    const count = Math.min(perPart, rows - first)
    const part = cut(all, first, first + count)
    if (part.places) {
      uploadPlaced(call.data, part)(0)
      call.data.writeOrder(inOrder(count))
    } else call.data.uploadInOrder(part)
    const words = wordsOf(count)
    const buffers = words.map((length, i) => call.data.buffer(`results:${i}`, 4 * length))
    const request = { rows: count, batchSize: size, inputs: shapes, targets: [], weights: [] }
    await runOnce(call, { ...request, kind: 'predict' }, hooks && shifted(hooks, Math.ceil(first / size)))
    // These are the outputs and reports of this part, since all copies are asked for before anything else runs.
    const parts = buffers.map((buffer, i) => readPart(call, buffer, 4 * (words[i] ?? 0)))
    const reports = core.readsIds ? call.readTotals() : null
    const copied = Promise.all([Promise.all(parts), reports])
    copied.catch(() => undefined)
    // The outputs of one part are read while the next is computed.
    await read
    read = copied.then(([arrays]) => {
      call.check()
      const before = wordsOf(first)
      for (const [i, part] of arrays.entries()) results[i]?.set(part, before[i])
    })
    // A failure is thrown by who awaits the outputs.
    read.catch(() => undefined)
  }
  const made = read.then(() => outputs.map((shape, i) => new Tensor(results[i] as Float32Array, shape)))
  made.catch(() => undefined)
  return { outputs: made }
}

const readPart = async (
  { device }: Call,
  buffer: ReturnType<Call['data']['buffer']>,
  bytes: number,
): Promise<Float32Array> => new Float32Array(await device.backend.read(buffer, bytes))

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
