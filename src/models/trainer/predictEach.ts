// predict where samples or batches differ in shape. An output that leaves an extent open is a list of one tensor a sample; any other is
// one tensor, as ever.

import { describeValue, fail } from '../../errors.ts'
import type { CallbackHooks } from '../../training/callbacks.ts'
import type { Verbose } from '../../training/output.ts'
import { ProgressLogger } from '../../training/progress.ts'
import { type BatchStream, isBatchStream } from '../../util/batchStream.ts'
import { stacked, unstacked } from '../../util/samples.ts'
import { isKnown } from '../../util/shape.ts'
import { Tensor } from '../../util/tensor.ts'
import type { ModelCore } from '../core.ts'
import { bucketsOfInputs, readBucketSize } from '../data/buckets.ts'
import { samplesOf as inputSamples, readInputs } from '../data/data.ts'
import { inputsOf } from '../data/firstBatch.ts'
import { readRaggedInputs } from '../data/ragged.ts'
import { checkFixed, failForEnd, refuseBesideStream } from '../data/stream.ts'
import { countOf } from '../data/streamCount.ts'
import { StreamReader } from '../data/streamReader.ts'
import { openCallbacks, predictHooks } from '../hookedCalls.ts'
import { givesRows, joined } from './batchOutputs.ts'
import { type Handed, handOver } from './predict.ts'
import { shifted } from './runOnce.ts'

interface PredictSettings {
  readonly batchSize: number | null
  readonly steps: number | null
  readonly verbose: Verbose
  readonly callbacks: readonly CallbackHooks[]
  readonly signal: AbortSignal | null
}

/** The outputs for a list of samples of different shapes, or for a stream; null for arrays. */
export async function predictEach(
  core: ModelCore,
  x: unknown,
  settings: PredictSettings,
  where: string,
): Promise<(Tensor | Tensor[])[] | null> {
  if (isBatchStream(x)) return predictStream(core, x, settings, where)
  const ragged = readRaggedInputs(core, x, where)
  if (!ragged) return null
  if (settings.steps !== null) {
    fail(where, {
      expected: 'no steps beside samples of different shapes, of which a step takes those of one shape',
      got: describeValue(settings.steps),
      remedy: 'Give fewer samples.',
    })
  }
  const buckets = bucketsOfInputs(core, ragged, where)
  const size = readBucketSize(core, where, settings.batchSize, buckets)
  const [{ inputs: first = [] } = {}] = buckets
  if (!givesRows(core, { samples: inputSamples(first), size: 1 }, where))
    fail(where, {
      expected: 'samples of one shape, for outputs that are not a row for each sample',
      got: 'samples of several',
    })
  const counts = buckets.map(({ indices }) => Math.ceil(indices.length / size))
  const { verbose, signal } = settings
  const steps = counts.reduce((sum, count) => sum + count, 0)
  const logger = new ProgressLogger({ verbose, steps })
  const callbacks = openCallbacks(core, where, settings.callbacks, { verbose, epochs: 1, steps })
  const hooks = predictHooks(callbacks, (done) => logger.step(done))
  const samples = core.outputs.map((): Tensor[] => [])
  let before = 0
  await callbacks.onPredictBegin({})
  logger.begin()
  for (const [b, { indices, inputs }] of buckets.entries()) {
    const { outputs } = await handOver(core, inputs, size, { where, signal, hooks: shifted(hooks, before) })
    before += counts[b] ?? 0
    ;(await outputs).forEach((output, i) => {
      samplesOf(output).forEach((sample, row) => {
        const list = samples[i]
        if (list) list[indices[row] ?? 0] = sample
      })
    })
  }
  await callbacks.onPredictEnd({})
  logger.end()
  return together(core, samples)
}

async function predictStream(
  core: ModelCore,
  stream: BatchStream,
  { batchSize, steps, verbose, callbacks: given, signal }: PredictSettings,
  where: string,
): Promise<(Tensor | Tensor[])[]> {
  refuseBesideStream(where, { batchSize })
  const count = countOf(stream, steps, where, 'steps')
  const logger = new ProgressLogger({ verbose, steps: count })
  const samples = core.outputs.map((): Tensor[] => [])
  /** What batches give where that is no rows. */
  const whole: Tensor[][] = []
  const take = async ({ outputs, areRows }: Handed): Promise<void> => {
    const given = await outputs
    if (!areRows) whole.push(given)
    else
      given.forEach((output, i) => {
        samples[i]?.push(...samplesOf(output))
      })
  }
  const { disposal } = core
  const reader = new StreamReader({
    stream,
    where,
    signals: signal ? [signal, disposal.signal] : [disposal.signal],
    read(batch, named) {
      const inputs = readInputs(core, inputsOf(batch, named), named)
      const rows = inputs[0]?.shape[0] ?? 0
      checkFixed(core, rows, named)
      return { inputs, rows, named }
    },
  })
  const callbacks = openCallbacks(core, where, given, { verbose, epochs: 1, steps: count })
  const hooks = predictHooks(callbacks, (done) => logger.step(done))
  await callbacks.onPredictBegin({})
  let isWhole = false
  logger.begin()
  try {
    // The outputs of a batch are read back while the device works on the next.
    let last: Handed | null = null
    for (let done = 0; done !== steps; ) {
      const batch = await reader.next()
      if (batch === null) break
      const handed = await handOver(core, batch.inputs, batch.rows, {
        where: batch.named,
        signal,
        hooks: shifted(hooks, done),
      })
      done++
      if (done !== steps) reader.readAhead()
      if (last) await take(last)
      last = handed
    }
    if (last === null) failForEnd(where)
    await take(last)
    isWhole = true
  } finally {
    await reader.close(isWhole)
  }
  await callbacks.onPredictEnd({})
  logger.end()
  return whole.length > 0 ? joined(whole, where) : together(core, samples)
}

/** The samples of an output, each in memory of its own. */
const samplesOf = (output: Tensor): Tensor[] =>
  unstacked(output).map(({ data, shape }) => new Tensor(data.slice(), shape))

/** Outputs whose samples have one shape as one tensor each. */
const together = ({ outputs }: ModelCore, samples: readonly Tensor[][]): (Tensor | Tensor[])[] =>
  outputs.map(({ shape: [, ...sample] }, i) => {
    const list = samples[i] ?? []
    return isKnown(sample) ? stacked(list, sample) : list
  })
