// RemoteMonitor: sends the numbers of each epoch to a server.

import { checkText, describeValue, fail } from '../errors.ts'
import type { EpochLogs } from '../training/callbacks.ts'
import { type CallableClass, callableClass } from '../util/callableClass.ts'
import { flag, isOptions, nullable, option, type TableFor } from '../util/options.ts'
import type { PlacedArguments } from '../util/positional.ts'
import { Callback } from './callback.ts'
import { readArguments } from './options.ts'

export interface RemoteMonitorOptions {
  /** The server, `'http://localhost:9000'` by default. */
  readonly root?: string
  /** The path there, `'/publish/epoch/end/'` by default. */
  readonly path?: string
  /** The field of a form that holds the numbers as JSON, `'data'` by default. */
  readonly field?: string
  /** Further HTTP headers; `null`, the default: none. */
  readonly headers?: Readonly<Record<string, string>> | null
  /** Whether the body is JSON instead of a form, `false` by default. */
  readonly sendAsJson?: boolean
}

const options = {
  root: option('http://localhost:9000', checkText),
  path: option('/publish/epoch/end/', checkText),
  field: option('data', checkText),
  headers: nullable((where, name, value) =>
    isOptions(value) && Object.values(value).every((header) => typeof header === 'string')
      ? (value as Readonly<Record<string, string>>)
      : fail(where, { expected: `${name} to be an object of texts`, got: describeValue(value) }),
  ),
  sendAsJson: flag(false),
} as const satisfies TableFor<RemoteMonitorOptions>

type Arguments = PlacedArguments<[root?: string], RemoteMonitorOptions, RemoteMonitorOptions>

class RemoteMonitorCallback extends Callback {
  /** The server, `'http://localhost:9000'` by default. */
  readonly root: string
  /** The path there, `'/publish/epoch/end/'` by default. */
  readonly path: string
  /** The field of a form that holds the numbers as JSON, `'data'` by default. */
  readonly field: string
  /** Further HTTP headers; `null`, the default: none. */
  readonly headers: Readonly<Record<string, string>> | null
  /** Whether the body is JSON instead of a form, `false` by default. */
  readonly sendAsJson: boolean

  constructor(...args: Arguments) {
    super()
    const config = readArguments('RemoteMonitor', options, ['root'], args)
    this.root = config.root
    this.path = config.path
    this.field = config.field
    this.headers = config.headers
    this.sendAsJson = config.sendAsJson
  }

  override async onEpochEnd(epoch: number, logs: EpochLogs): Promise<void> {
    const text = JSON.stringify({ epoch, ...logs })
    const type = this.sendAsJson ? { 'Content-Type': 'application/json' } : {}
    try {
      await fetch(this.root + this.path, {
        method: 'POST',
        headers: { ...type, ...this.headers },
        body: this.sendAsJson ? text : new URLSearchParams({ [this.field]: text }),
      })
    } catch {
      // As in Keras, training goes on without its audience.
      console.warn(`RemoteMonitor: expected a server at ${this.root}, got none that answers.`)
    }
  }
}

/**
 * Sends the numbers of each epoch to a server by HTTP POST, as a form with a field of JSON or as JSON.
 *
 * @see keras/src/callbacks/remote_monitor.py
 */
export const RemoteMonitor: CallableClass<Arguments, RemoteMonitorCallback> = callableClass(
  'RemoteMonitor',
  RemoteMonitorCallback,
)
export type RemoteMonitor = RemoteMonitorCallback
