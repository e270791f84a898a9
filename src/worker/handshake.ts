// How a page and a worker find each other: a port between them for each model, so that messages of the user's own are not in the way.

/** The worker says that it listens. */
export const READY = 'recurra:ready'
/** The page hands a port over. */
export const CONNECT = 'recurra:connect'
/** The worker has taken the port. */
export const TAKEN = 'recurra:taken'

export interface Handshake {
  readonly type?: unknown
  readonly port?: MessagePort
  /** A lock that the worker holds as long as it lives. */
  readonly lock?: string
}

/** The locks of a page and its workers; undefined in Node, and where a page is not on a secure origin. */
export const locks = (): LockManager | undefined =>
  (globalThis as { readonly navigator?: { readonly locks?: LockManager } }).navigator?.locks
