// The page's side of a connection: it hands a port over to a worker, and hears of its end.

import { describeProblem, RecurraError } from '../errors.ts'
import { CONNECT, type Handshake, locks, READY } from './handshake.ts'

/** A Web Worker, or a Worker of `node:worker_threads`. */
export interface WorkerLike {
  /** Sends it a message, and the objects in it that are moved. */
  postMessage(message: unknown, transfer: never[]): void
  /** Ends it. */
  terminate(): unknown
}

type Listener = (value: unknown) => void

/** How one listens to a worker of a page. */
interface WebEvents {
  addEventListener(type: string, listener: (event: Event) => void): void
  removeEventListener(type: string, listener: (event: Event) => void): void
}

/** How one listens to a worker of Node, whose number is -1 once it has ended. */
interface NodeEvents {
  readonly threadId: number
  on(type: string, listener: Listener): void
  off(type: string, listener: Listener): void
}

const isOfPage = (worker: unknown): worker is WebEvents => 'addEventListener' in (worker as object)

/** Listens to a worker. Returns what ends that. */
function listen(worker: WorkerLike, type: string, listener: Listener): () => void {
  if (isOfPage(worker)) {
    const onEvent = (event: Event): void =>
      listener(type === 'message' ? (event as MessageEvent).data : event)
    worker.addEventListener(type, onEvent)
    return () => worker.removeEventListener(type, onEvent)
  }
  const thread = worker as unknown as NodeEvents
  thread.on(type, listener)
  return () => thread.off(type, listener)
}

const textOf = (error: unknown): string => {
  const { message } = error as { readonly message?: unknown }
  return typeof message === 'string' && message !== '' ? message : 'a file that cannot be loaded'
}

/** A port to a worker, and the lock that it holds, if it is a page's. */
export interface Connection {
  readonly port: MessagePort
  readonly lock: string | undefined
}

/** How long a worker may be silent, in milliseconds, before the page is told that it is. */
const PATIENCE = 10_000

/**
 * Connects to a worker that listens, or will. A file that does not call `expose` cannot be told from one that takes long to load, so after
 * some time of silence there is a warning, and the waiting goes on.
 */
export function connect(worker: WorkerLike, where: string, signal: AbortSignal | null): Promise<Connection> {
  const offered: MessagePort[] = []
  const ends: (() => void)[] = []
  return new Promise<Connection>((resolve, reject) => {
    const offer = (): void => {
      const { port1, port2 } = new MessageChannel()
      offered.push(port1)
      const lock = isOfPage(worker) && locks() ? `recurra:${Math.random()}` : undefined
      port1.onmessage = () => resolve({ port: port1, lock })
      worker.postMessage({ type: CONNECT, port: port2, lock }, [port2 as never])
    }
    const expected = 'a worker whose file calls expose'
    const silence = setTimeout(() => {
      const got = `no answer in ${PATIENCE / 1000} seconds`
      const remedy =
        'It is waited for, until a signal ends that. Call expose in the file of the worker; where a page ends the worker, give wrap a signal, and abort that, too.'
      console.warn(describeProblem(where, { expected, got, remedy }))
    }, PATIENCE)
    const failFor = (got: string): void => {
      const remedy = 'Look at what its file imports and throws.'
      reject(new RecurraError(describeProblem(where, { expected, got, remedy })))
    }
    const abort = (): void => reject(signal?.reason)
    ends.push(
      // What is offered before a worker listens may be lost, so it is offered again when it says that it does.
      listen(worker, 'message', (message) => {
        if ((message as Handshake | null)?.type === READY) offer()
      }),
      listen(worker, 'error', (error) => failFor(`an error in it: ${textOf(error)}`)),
      listen(worker, 'exit', () => failFor('its end')),
      () => signal?.removeEventListener('abort', abort),
      () => clearTimeout(silence),
    )
    signal?.addEventListener('abort', abort)
    if (signal?.aborted) abort()
    else if ((worker as unknown as Partial<NodeEvents>).threadId === -1) failFor('one that has ended')
    else offer()
  })
    .then((taken) => {
      taken.port.onmessage = null
      return taken
    })
    .finally(() => {
      for (const end of ends) end()
    })
    .then(
      (taken) => {
        for (const port of offered) if (port !== taken.port) port.close()
        return taken
      },
      (error: unknown) => {
        for (const port of offered) port.close()
        throw error
      },
    )
}

/** Calls back when a worker has ended, with what is known of why. */
export function onEnd(worker: WorkerLike, { lock }: Connection, end: (got: string) => void): () => void {
  if (isOfPage(worker)) {
    const waiting = new AbortController()
    if (lock !== undefined)
      locks()
        ?.request(lock, { signal: waiting.signal }, () => end('its end'))
        .catch(() => undefined)
    return () => waiting.abort()
  }
  const ends = [
    listen(worker, 'error', (error) => end(`an error in it: ${textOf(error)}`)),
    listen(worker, 'exit', (code) => end(`its end, with exit code ${String(code)}`)),
  ]
  return () => {
    for (const each of ends) each()
  }
}
