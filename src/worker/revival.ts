// What a call in the worker was given in the place of things that stay in the page: functions, streams and signals that ask the page,
// and callbacks.

import * as callbacks from '../callbacks/index.ts'
import { isOptions } from '../util/options.ts'
import type { Channel } from './channel.ts'
import { kindOf } from './mark.ts'
import { PageCallback } from './pageCallback.ts'
import { replaceWithin } from './values.ts'

/** What marks hold. */
interface Content {
  readonly ref: number
  readonly isBegun: boolean
  readonly reasons: readonly unknown[]
  readonly name: string
  readonly names: readonly string[]
  readonly args: unknown
}

type MakeCallback = (...args: readonly unknown[]) => object

export class Revival {
  readonly #channel: Channel
  readonly #controllers: Map<number, AbortController>
  readonly #signals: number[] = []
  readonly #callbacks: (readonly [ref: number, made: object])[] = []

  /** @param controllers Of the page's signals, by their numbers. */
  constructor(channel: Channel, controllers: Map<number, AbortController>) {
    this.#channel = channel
    this.#controllers = controllers
  }

  /** The arguments of a call as the model takes them. */
  revive(data: unknown): unknown {
    const channel = this.#channel
    return replaceWithin(data, (part) => {
      const { ref, isBegun, reasons, name, names, args } = part as Content
      switch (kindOf(part)) {
        case 'function':
          return async (...given: readonly unknown[]) => this.revive(await channel.ask('invoke', ref, given))
        case 'stream':
          return streamOf(channel, ref, isBegun)
        case 'signal':
          return this.#signalOf(ref, reasons)
        case 'hooks':
          return new PageCallback(channel, ref, names)
        case 'callback': {
          const make = (callbacks as unknown as Readonly<Record<string, MakeCallback>>)[name] as MakeCallback
          const made = make(...(this.revive(args) as readonly unknown[]))
          this.#callbacks.push([ref, made])
          return made
        }
        default:
          return part
      }
    })
  }

  #signalOf(ref: number, reasons: readonly unknown[]): AbortSignal {
    const controller = new AbortController()
    this.#controllers.set(ref, controller)
    this.#signals.push(ref)
    if (reasons.length > 0) controller.abort(reasons[0])
    return controller.signal
  }

  /** What became of callbacks, by the page's numbers: their public members that a message can hold. */
  get callbackStates(): readonly (readonly [ref: number, state: object])[] {
    const isData = (value: unknown): boolean =>
      value === null || Array.isArray(value) || isOptions(value) || !/object|function/.test(typeof value)
    return this.#callbacks.map(([ref, made]) => {
      const members = Object.entries(made).filter(([, value]) => isData(value))
      return [ref, Object.fromEntries(members)]
    })
  }

  release(): void {
    for (const ref of this.#signals) this.#controllers.delete(ref)
  }
}

/** A stream of batches that the page gives. */
function streamOf(channel: Channel, ref: number, isBegun: boolean): AsyncIterable<unknown> {
  if (!isBegun)
    return { [Symbol.asyncIterator]: () => iteratorOf(channel, () => channel.ask('iterate', ref)) }
  const begun = { ...iteratorOf(channel, async () => ref), [Symbol.asyncIterator]: () => begun }
  return begun
}

/** @param open Begins the iteration, and gives its number. */
function iteratorOf(channel: Channel, open: () => Promise<unknown>): AsyncIterator<unknown> {
  let opened: Promise<unknown> | null = null
  const ask = async (what: string): Promise<IteratorResult<unknown>> => {
    opened ??= open()
    return (await channel.ask(what, await opened)) as IteratorResult<unknown>
  }
  return { next: () => ask('next'), return: () => ask('return') }
}
