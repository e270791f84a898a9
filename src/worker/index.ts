/**
 * `recurra/worker`: models in a Web Worker, or in a thread of Node, with the same methods from the page.
 */

export type { WorkerLike } from './connection.ts'
export { type Build, expose } from './expose.ts'
export type { RemoteModel } from './remoteModel.ts'
export { transfer } from './values.ts'
export { type WrapOptions, wrap } from './wrap.ts'
