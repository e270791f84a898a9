// What a page asks of a model in a worker.

import type { BackendName } from '../backends/backend.ts'
import type { LayersModel } from '../models/model.ts'

/** Methods that a remote model has as a model has them, since they are async in both. */
export type AsyncMethod =
  | 'fit'
  | 'evaluate'
  | 'predict'
  | 'predictOnBatch'
  | 'trainOnBatch'
  | 'testOnBatch'
  | 'gradients'
  | 'getWeights'
  | 'getStates'
  | 'save'
  | 'saveWeights'
  | 'loadWeights'
  | 'toJSON'

/** Methods that return at once in a model, and in a remote model a promise. */
export type SyncMethod =
  | 'compile'
  | 'setWeights'
  | 'resetStates'
  | 'resetMetrics'
  | 'resetOptimizer'
  | 'countParams'

export type Method = AsyncMethod | SyncMethod

/** What a model is asked without waiting for an answer. */
export type Order = 'pause' | 'resume' | 'stop'

/** How a worker is to make a model. */
export interface Making {
  /** A Keras file of the page's model; null where `expose` was given what makes one. */
  readonly file: Uint8Array | null
  /** What the function that makes it is called with. */
  readonly given: unknown
  readonly backend: 'webgpu' | 'cpu' | 'auto' | null
  readonly seed: number | null
  /** Where the page prints. */
  readonly output: { readonly kind: 'terminal' | 'file' | 'console'; readonly columns: number | undefined }
}

/** What a page is told of a model that was made. */
export interface MadeModel {
  readonly name: string
  readonly where: string
}

/** What a call gave, and what became of the callbacks that the worker made for it. */
export interface Outcome {
  readonly result: unknown
  /** Where the call ran. */
  readonly backend: BackendName | null
  readonly callbacks: readonly (readonly [ref: number, state: object])[]
}

/** A table of a model's methods by name. */
export type Methods = Readonly<Record<Method, (...args: readonly unknown[]) => unknown>>

/** A model's methods, for calls whose arguments come from elsewhere. */
export const methodsOf = (model: LayersModel): Methods => model as unknown as Methods
