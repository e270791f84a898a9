// What an editor shows of TypeScript: the compiler's own language server, asked about a file that exists only here. Such files are opened in
// test/edited, whose project has no more than what they import: all of this one takes the server twice as long to read.

import { type ChildProcess, spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

interface Message {
  readonly id?: number
  readonly method?: string
  readonly params?: { readonly items?: readonly unknown[] }
  readonly result?: unknown
  readonly error?: unknown
}

interface Position {
  readonly line: number
  readonly character: number
}

/** The server of this process, which has read the project for whoever asks next. Ends with the process. */
let server: Promise<Server> | undefined

/** The server, with the files that one test file has opened. */
export class LanguageService {
  readonly #server: Server
  readonly #opened = new Set<string>()

  private constructor(server: Server) {
    this.#server = server
  }

  static async start(): Promise<LanguageService> {
    server ??= Server.start()
    return new LanguageService(await server)
  }

  /** Opens a file of the project with this text, whether it is there or not. */
  open(path: string, text: string): void {
    const { href: uri } = pathToFileURL(path)
    this.#opened.add(uri)
    const textDocument = { uri, languageId: 'typescript', version: 1, text }
    this.#server.send({ method: 'textDocument/didOpen', params: { textDocument } })
  }

  /** What the editor shows when the mouse rests at a place: the signature, and the doc text below it. */
  async hover(path: string, position: Position): Promise<{ signature: string; text: string }> {
    const textDocument = { uri: pathToFileURL(path).href }
    const result = await this.#server.request('textDocument/hover', { textDocument, position })
    const { contents } = (result ?? { contents: { value: '' } }) as { contents: { value: string } }
    const [, signature = '', text = ''] = /^```\w*\n(.*?)\n```\n?(.*)$/s.exec(contents.value) ?? []
    return { signature, text }
  }

  /** Names that the editor offers at a place. */
  async completions(path: string, position: Position): Promise<string[]> {
    const textDocument = { uri: pathToFileURL(path).href }
    const result = await this.#server.request('textDocument/completion', { textDocument, position })
    const { items } = result as { items: readonly { readonly label: string }[] }
    return items.map(({ label }) => label.replace(/\?$/, ''))
  }

  /** What the compiler finds wrong in a file. */
  async problems(path: string): Promise<string[]> {
    const textDocument = { uri: pathToFileURL(path).href }
    const result = await this.#server.request('textDocument/diagnostic', { textDocument })
    const { items } = result as {
      items: readonly { readonly message: string; readonly range: { readonly start: Position } }[]
    }
    return items.map(({ message, range }) => `line ${range.start.line + 1}: ${message}`)
  }

  /** Closes what was opened. */
  stop(): void {
    for (const uri of this.#opened)
      this.#server.send({ method: 'textDocument/didClose', params: { textDocument: { uri } } })
    this.#opened.clear()
  }
}

/** The compiler's language server as a process. */
class Server {
  readonly #process: ChildProcess
  readonly #waiting = new Map<number, (message: Message) => void>()
  #received = Buffer.alloc(0)
  #requests = 0

  private constructor() {
    const tsc = join('node_modules', '.bin', 'tsc')
    this.#process = spawn(tsc, ['--lsp', '--stdio'], { stdio: ['pipe', 'pipe', 'ignore'] })
    this.#process.stdout?.on('data', (data: Buffer) => this.#receive(data))
    // It ends when nobody is left to ask it, and keeps no process alive.
    this.#process.unref()
    for (const stream of [this.#process.stdin, this.#process.stdout]) (stream as Socket | null)?.unref()
  }

  static async start(): Promise<Server> {
    const server = new Server()
    await server.request('initialize', {
      processId: process.pid,
      rootUri: pathToFileURL('.').href,
      capabilities: { textDocument: { hover: { contentFormat: ['markdown'] }, diagnostic: {} } },
    })
    server.send({ method: 'initialized', params: {} })
    return server
  }

  async request(method: string, params?: unknown): Promise<unknown> {
    const id = ++this.#requests
    const answer = new Promise<Message>((resolve) => this.#waiting.set(id, resolve))
    this.send({ id, method, params })
    const { result, error } = await answer
    if (error) throw new Error(`${method}: ${JSON.stringify(error)}`)
    return result
  }

  send(message: object): void {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message })
    this.#process.stdin?.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
  }

  #receive(data: Buffer): void {
    this.#received = Buffer.concat([this.#received, data])
    for (;;) {
      const start = this.#received.indexOf('\r\n\r\n') + 4
      const length = Number(/Content-Length: (\d+)/.exec(this.#received.subarray(0, start).toString())?.[1])
      if (start < 4 || this.#received.length < start + length) return
      this.#answer(JSON.parse(this.#received.subarray(start, start + length).toString()) as Message)
      this.#received = this.#received.subarray(start + length)
    }
  }

  #answer(message: Message): void {
    if (message.id === undefined) return
    // The server asks for settings of the editor, of which there are none.
    if (message.method) this.send({ id: message.id, result: message.params?.items?.map(() => null) ?? null })
    else this.#waiting.get(message.id)?.(message)
  }
}
