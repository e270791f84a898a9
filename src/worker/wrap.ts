// The page's entry: a model in a worker.

import { checkInteger, describeProblem, describeValue, fail, RecurraError } from '../errors.ts'
import type { LayersModel } from '../models/model.ts'
import { standardOutput } from '../training/output.ts'
import { checkSignal } from '../util/checkSignal.ts'
import { isObject } from '../util/isObject.ts'
import { nullable, oneOf, readOptions, type TableFor } from '../util/options.ts'
import { connect, onEnd, type WorkerLike } from './connection.ts'
import type { Making } from './methods.ts'
import { Remote, type RemoteModel } from './remoteModel.ts'
import { transfer } from './values.ts'

export interface WrapOptions {
  /** Where models run in the worker, as `setBackend` takes it there; `null`, the default, leaves that to the file of the worker. */
  readonly backend?: 'webgpu' | 'cpu' | 'auto' | null
  /**
   * The seed of the worker's random draws, as `setSeed` takes it: before a model is made there, and after one that was sent has arrived.
   * Files have no seeds of layers that draw, such as `Dropout`, unless they were given one. `null` by default.
   */
  readonly seed?: number | null
  /**
   * Ends the waiting for a worker that does not answer, as one does whose file never calls `expose`; `null` by default. Ten seconds of
   * silence are told by a warning.
   */
  readonly signal?: AbortSignal | null
}

const wrapOptions = {
  backend: nullable(oneOf(['webgpu', 'cpu', 'auto'])),
  seed: nullable((where, name, value) => checkInteger(where, name, value, { min: 0 })),
  signal: nullable(checkSignal),
} as const satisfies TableFor<WrapOptions>

const WHERE = 'wrap'

/**
 * A model in a worker, whose file calls {@link expose}.
 *
 * ```ts
 * import { wrap } from 'recurra/worker'
 *
 * const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
 * const model = await wrap(worker, { units: 16 })
 * const { history } = await model.fit(x, y, { epochs: 100, callbacks: { onEpochEnd: (epoch, { loss }) => show(epoch, loss) } })
 * ```
 *
 * The worker is the page's own, so that every bundler finds its file; one worker may have several models. A message of the type
 * `'recurra:ready'` comes from it, all others go through ports of the models.
 *
 * @param worker A Web Worker, or a Worker of `node:worker_threads`.
 * @param given A model of the page's, of which a copy goes to the worker: what a file of Keras's can hold, which functions of one's own
 * are not. Weights and the optimizer's state are copied, and `model.loadWeights(await remote.saveWeights())` brings them back. Anything
 * else is what the function given to `expose` is called with.
 * @throws {RecurraError} if the worker fails before it calls `expose`, if the model cannot be sent, or what the function that makes it
 * throws.
 */
export async function wrap(
  worker: WorkerLike,
  given?: LayersModel | unknown,
  options: WrapOptions = {},
): Promise<RemoteModel> {
  const { backend, seed, signal } = readOptions(WHERE, wrapOptions, options)
  if (typeof (worker as WorkerLike | null)?.postMessage !== 'function')
    fail(WHERE, { expected: 'a worker', got: describeValue(worker), remedy: 'Give new Worker(…).' })
  const file = isModel(given) ? await fileOf(given) : null
  const { kind, columns } = standardOutput()
  const making: Making = {
    file: file && transfer(file),
    given: file ? null : given,
    backend,
    seed,
    output: { kind, columns: columns?.() },
  }
  const connection = await connect(worker, WHERE, signal)
  const remote = new Remote(connection.port)
  const abort = (): void => remote.dispose()
  signal?.addEventListener('abort', abort)
  try {
    await remote.make(
      making,
      onEnd(worker, connection, (got) => remote.end(got)),
    )
  } catch (error) {
    remote.dispose()
    signal?.throwIfAborted()
    throw error
  } finally {
    signal?.removeEventListener('abort', abort)
  }
  return remote
}

// The class of models is not imported, because a page whose models are made in workers does not need its code.
const isModel = (given: unknown): given is LayersModel =>
  isObject(given) && ['save', 'fit', 'compileOptions'].every((name) => name in given)

async function fileOf(model: LayersModel): Promise<Uint8Array> {
  try {
    return await model.save()
  } catch (cause) {
    if (!(cause instanceof RecurraError)) throw cause
    const problem = {
      expected: 'a model that a file can hold',
      got: `one that it cannot: ${cause.message}`,
      remedy: 'Make the model in the file of the worker, in a function that is given to expose.',
    }
    throw new RecurraError(describeProblem(WHERE, problem), { cause })
  }
}
