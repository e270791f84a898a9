// A model in a worker, as a page has it.

import type { BackendName } from '../backends/backend.ts'
import { checkBoolean, describeProblem, fail, RecurraError } from '../errors.ts'
import type { LayersModel } from '../models/model.ts'
import type { SummaryOptions } from '../models/summarize.ts'
import type { ListOfCallbacks } from '../training/callbackList.ts'
import type { History } from '../training/callbacks.ts'
import { standardOutput } from '../training/output.ts'
import { isOptions } from '../util/options.ts'
import { Unproxied } from '../util/unproxied.ts'
import { Channel } from './channel.ts'
import type { AsyncMethod, MadeModel, Making, Method, Order, Outcome, SyncMethod } from './methods.ts'
import { References, type Scope } from './references.ts'
import { historyIn, markCallbacks, runHook } from './sentCallbacks.ts'
import { sentCompileOptions } from './sentCompileOptions.ts'

/** Methods of a model that return a promise here. */
type Promised<Name extends SyncMethod> = (
  ...args: Parameters<LayersModel[Name]>
) => Promise<ReturnType<LayersModel[Name]>>

/**
 * A model in a worker. Its methods are a model's; those that a model answers at once are promises here. Data are copied to the worker, or
 * moved where {@link transfer} says so, results are moved back. A stream of batches, a generator say, stays in the page, which is asked for
 * one batch after the other, and so do hooks of callbacks, which the worker waits for: one message for each hook that there is, none for
 * others. Recurra's callbacks run in the worker; their members, such as `stoppedEpoch`, are here when the call has ended. Progress is printed
 * in the page. Errors are those that the model throws, of the same classes.
 */
export interface RemoteModel
  extends Pick<LayersModel, AsyncMethod | Order | 'name' | 'backend' | 'stopTraining'>,
    Readonly<{ [Name in SyncMethod]: Promised<Name> }> {
  /** As the model's; what it prints is printed in the page. */
  summary(options?: SummaryOptions): Promise<void>
  /**
   * Frees the model. Calls that run end with an AbortError at once, and the streams that they read are closed; later ones are refused. The
   * worker stays, for other models, until its `terminate` is called.
   */
  dispose(): void
}

/** Frees what `Remote` knows of the worker. */
type Release = () => void

export class Remote extends Unproxied implements RemoteModel {
  /** The name of its type for users, by which consoles call it. */
  static override readonly name = 'RemoteModel'
  name = ''
  backend: BackendName | null = null
  #where = 'wrap'
  #stopTraining = false
  #isDisposed = false
  readonly #channel: Channel
  readonly #references = new References((ref, reason) => this.#channel.tell('abort', ref, reason))
  readonly #scopes = new Set<Scope>()
  readonly #releases: Release[] = []

  constructor(port: MessagePort) {
    super()
    this.#channel = new Channel(port, {
      where: this.#where,
      moved: 'told',
      handlers: {
        ...this.#references.handlers,
        hook: this.#references.handle(
          (hooks: ListOfCallbacks<unknown>, name: never, params: never, args: never) =>
            runHook(hooks, name, params, args),
        ),
        print: (text: string) => standardOutput().write(text),
      },
    })
  }

  /** Makes the model in the worker. */
  async make(making: Making, release: Release): Promise<void> {
    this.#releases.push(release)
    const { name, where } = (await this.#channel.ask('make', making)) as MadeModel
    this.name = name
    this.#where = where
    this.#channel.where = where
  }

  /** The worker has ended. */
  end(got: string): void {
    const problem = { expected: 'its worker to run on', got }
    this.#close(new RecurraError(describeProblem(this.#where, problem)))
  }

  #close(reason: unknown): void {
    this.#channel.close(reason)
    for (const scope of this.#scopes) scope.release()
    this.#scopes.clear()
    for (const release of this.#releases.splice(0)) release()
  }

  readonly fit = this.#method('fit')
  readonly evaluate = this.#method('evaluate')
  readonly predict = this.#method('predict')
  readonly predictOnBatch = this.#method('predictOnBatch')
  readonly trainOnBatch = this.#method('trainOnBatch')
  readonly testOnBatch = this.#method('testOnBatch')
  readonly gradients = this.#method('gradients')
  readonly getWeights = this.#method('getWeights')
  readonly getStates = this.#method('getStates')
  readonly save = this.#method('save')
  readonly saveWeights = this.#method('saveWeights')
  readonly loadWeights = this.#method('loadWeights')
  readonly toJSON = (...given: readonly unknown[]): Promise<string> => {
    if (given.length > 0) fail(this.#where, { expected: 'await model.toJSON()', got: 'JSON.stringify' })
    return this.#call('toJSON', []) as Promise<string>
  }
  readonly compile: Promised<'compile'> = async (options) => {
    const where = `${this.#where}.compile`
    this.#check(where)
    await this.#call('compile', [sentCompileOptions(options, where)])
  }
  readonly setWeights = this.#promised('setWeights')
  readonly resetStates = this.#promised('resetStates')
  readonly resetMetrics = this.#promised('resetMetrics')
  readonly resetOptimizer = this.#promised('resetOptimizer')
  readonly countParams = this.#promised('countParams')

  #method<Name extends AsyncMethod>(name: Name): LayersModel[Name] {
    // Of overloads TypeScript would take the last.
    return ((...args: readonly unknown[]) => this.#call(name, args)) as unknown as LayersModel[Name]
  }

  #promised<Name extends SyncMethod>(name: Name): Promised<Name> {
    return (...args) => this.#call(name, args) as ReturnType<Promised<Name>>
  }

  async #call(method: Method, args: readonly unknown[]): Promise<unknown> {
    const where = `${this.#where}.${method}`
    this.#check(where)
    if (method === 'fit') this.#stopTraining = false
    const scope = this.#references.open()
    this.#scopes.add(scope)
    try {
      const sent = args.map((arg) => this.#marked(arg, scope, where))
      const { result, backend, callbacks } = (await this.#channel.ask('call', method, sent)) as Outcome
      this.backend = backend
      for (const [ref, state] of callbacks) Object.assign(scope.at(ref) as object, state)
      // Beside a stream, options may come next.
      const own = method === 'fit' ? historyIn(args[2] ?? args[1]) : undefined
      return own ? Object.assign(own, { backend: (result as History).backend }) : result
    } finally {
      scope.release()
      this.#scopes.delete(scope)
    }
  }

  /** An argument with marks in the place of what stays here. */
  #marked(arg: unknown, scope: Scope, where: string): unknown {
    if (!isOptions(arg) || !('callbacks' in arg)) return scope.marked(arg)
    const { callbacks, ...rest } = arg
    return { ...(scope.marked(rest) as object), callbacks: markCallbacks(where, callbacks, scope, this) }
  }

  async summary({ printFn = console.log, ...options }: SummaryOptions = {}): Promise<void> {
    this.#check(`${this.#where}.summary`)
    const print = printFn ?? console.log
    print((await this.#channel.ask('summary', options)) as string)
  }

  get stopTraining(): boolean {
    return this.#stopTraining
  }

  set stopTraining(value: boolean) {
    this.#check()
    this.#stopTraining = checkBoolean(this.#where, 'stopTraining', value)
    this.#channel.tell('stopTraining', value)
  }

  pause(): void {
    this.#order('pause')
  }

  resume(): void {
    this.#order('resume')
  }

  stop(): void {
    this.#order('stop')
  }

  #order(order: Order): void {
    this.#check()
    this.#channel.tell('order', order)
  }

  dispose(): void {
    if (this.#isDisposed) return
    this.#isDisposed = true
    this.#channel.tell('dispose')
    this.#close(new DOMException(`${this.#where} was disposed while it ran`, 'AbortError'))
  }

  #check(where = this.#where): void {
    if (!this.#isDisposed) return
    fail(where, { expected: 'a model in use', got: 'one that was disposed', remedy: 'Wrap a new one.' })
  }
}
