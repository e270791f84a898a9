// The worker's side of a connection: it takes the ports that its page hands over.

import { fail } from '../errors.ts'
import { CONNECT, type Handshake, locks, READY, TAKEN } from './handshake.ts'

/** The side of a worker that its page talks to. */
interface Scope {
  postMessage(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
}

interface ParentPort {
  postMessage(message: unknown): void
  on(type: 'message', listener: (message: unknown) => void): void
}

function scopeOfWorker(where: string): Scope {
  const scope = globalThis as unknown as Partial<DedicatedScope> & { readonly process?: NodeProcess }
  if (scope.postMessage && scope.addEventListener && !scope.document) {
    return {
      postMessage: (message) => scope.postMessage?.(message),
      onMessage: (listener) => scope.addEventListener?.('message', (event) => listener(event.data)),
    }
  }
  const threads = scope.process?.getBuiltinModule?.('node:worker_threads')
  const parent = threads?.parentPort
  if (parent)
    return {
      postMessage: (message) => parent.postMessage(message),
      onMessage: (listener) => parent.on('message', listener),
    }
  return fail(where, {
    expected: 'to be called in a worker',
    got: 'a page, or the main thread',
    remedy: 'Call it in the file that new Worker is given; in Node from 20.16 on.',
  })
}

interface DedicatedScope {
  readonly document?: unknown
  postMessage(message: unknown): void
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void
}

interface NodeProcess {
  getBuiltinModule?(name: string): { readonly parentPort: ParentPort | null } | undefined
}

/** Calls back with each port that the page hands over. */
export function accept(where: string, take: (port: MessagePort) => void): void {
  const scope = scopeOfWorker(where)
  scope.onMessage((message) => {
    const { type, port, lock } = (message ?? {}) as Handshake
    if (type !== CONNECT || !port) return
    const begin = (): void => {
      take(port)
      port.postMessage({ type: TAKEN })
    }
    const all = locks()
    if (lock === undefined || !all) begin()
    // The lock is free again when the worker has ended, of which pages are not told otherwise.
    else
      all.request(lock, () => {
        begin()
        return new Promise(() => undefined)
      })
  })
  scope.postMessage({ type: READY })
}
