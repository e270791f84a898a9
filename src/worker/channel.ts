// Questions and answers over a message port, in both directions. Comlink would carry calls, too, but neither classes of errors, nor
// abort signals and streams inside options, nor the end of a worker; with these written around it, it would be the smaller part.

import { messageOf } from '../util/realms.ts'
import { copied, failToSend, type Moved, packed, unpacked } from './values.ts'

/** What the other side may ask for, by name. */
export type Handlers = Readonly<Record<string, (...args: readonly never[]) => unknown>>

interface Question {
  readonly id: number
  readonly name: string
  readonly args: unknown
}

interface Answer {
  readonly id: number
  readonly value?: unknown
  /** In a list, since anything can be thrown. */
  readonly error?: readonly [unknown]
}

interface Waiting {
  resolve(value: unknown): void
  reject(error: unknown): void
}

interface ChannelOptions {
  readonly where: string
  readonly moved: Moved
  readonly handlers: Handlers
}

export class Channel {
  where: string
  readonly #port: MessagePort
  readonly #options: ChannelOptions
  readonly #waiting = new Map<number, Waiting>()
  #count = 0
  #end: { readonly reason: unknown } | null = null

  constructor(port: MessagePort, options: ChannelOptions) {
    this.where = options.where
    this.#port = port
    this.#options = options
    port.addEventListener('message', ({ data }: MessageEvent<Question | Answer>) => {
      if ('name' in data) this.#answer(data)
      else this.#settle(data)
    })
    port.start()
  }

  /** Asks the other side. What it throws is thrown here. */
  ask(name: string, ...args: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#end) return reject(this.#end.reason)
      const id = ++this.#count
      this.#waiting.set(id, { resolve, reject })
      try {
        this.#post({ id, name }, 'args', args)
      } catch (error) {
        this.#waiting.delete(id)
        reject(error)
      }
    })
  }

  /** Tells the other side something, and waits for nothing. */
  tell(name: string, ...args: readonly unknown[]): void {
    if (!this.#end) this.#post({ id: 0, name }, 'args', args)
  }

  /** Ends all that waits for an answer, and all later questions, with a reason. */
  close(reason: unknown): void {
    if (this.#end) return
    this.#end = { reason }
    this.#port.close()
    for (const { reject } of this.#waiting.values()) reject(reason)
    this.#waiting.clear()
  }

  async #answer({ id, name, args }: Question): Promise<void> {
    let said: { readonly value: unknown } | { readonly error: unknown }
    try {
      const handler = this.#options.handlers[name] as (...args: readonly unknown[]) => unknown
      said = { value: await handler(...(unpacked(args) as readonly unknown[])) }
    } catch (error) {
      said = { error }
    }
    if (this.#end || id === 0) return
    try {
      if ('value' in said) this.#post({ id }, 'value', said.value)
      else this.#post({ id }, 'error', [said.error])
    } catch (error) {
      this.#post({ id }, 'error', [error])
    }
  }

  #settle({ id, value, error }: Answer): void {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (error) waiting?.reject((unpacked(error) as readonly unknown[])[0])
    else waiting?.resolve(unpacked(value))
  }

  #post(message: object, name: string, content: unknown): void {
    const { value, buffers } = packed(content, this.#options.moved, this.where)
    const send = (sent: unknown): void => this.#port.postMessage({ ...message, [name]: sent }, buffers)
    try {
      send(value)
    } catch {
      // Nothing was moved. Frameworks of pages put what is kept in them behind proxies, which no message takes.
      try {
        send(copied(value))
      } catch (error) {
        // What structured cloning refuses is named in the error's text.
        failToSend(this.where, messageOf(error).replace(/\.$/, ''), error)
      }
    }
  }
}
