// The worker's entry: it lets a page have models in the worker.

import { describeValue, fail } from '../errors.ts'
import type { LayersModel } from '../models/model.ts'
import { accept } from './accept.ts'

/**
 * Makes a model for a page that has called {@link wrap}.
 *
 * @param given What the page gave `wrap`.
 */
export type Build<Given = unknown> = (given: Given) => LayersModel | Promise<LayersModel>

/**
 * Lets a page have models in this worker: called once, in the file that `new Worker` was given, in a page as in `node:worker_threads`.
 *
 * ```ts
 * // worker.js
 * import { Dense, LSTM, Sequential } from 'recurra'
 * import { expose } from 'recurra/worker'
 *
 * expose(({ units }) => {
 *   const model = Sequential([LSTM(units, { inputShape: [12, 1] }), Dense(1)])
 *   model.compile({ loss: 'mse', optimizer: 'adam' })
 *   return model
 * })
 * ```
 *
 * Whatever the model needs can be made and registered here, with code of one's own: layers, losses, the backend by `setBackend`. A file
 * with `expose()` alone takes models that pages have made, where these consist of what a file can hold. Classes of one's own that such a
 * model has must be registered here, too.
 *
 * @param build Makes a model for each call of `wrap` that gives none.
 * @throws {RecurraError} if it is called in a page or in Node's main thread.
 */
export function expose<Given = unknown>(build?: Build<Given> | null): void {
  const where = 'expose'
  if (build !== undefined && build !== null && typeof build !== 'function')
    fail(where, { expected: 'a function that makes a model, or nothing', got: describeValue(build) })
  accept(where, async (port) => {
    const { serve } = await import('./serve.ts')
    serve(port, (build ?? null) as Build | null)
  })
}
