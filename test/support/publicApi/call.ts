// What the tables of the public API are made of.

import * as api from '../../../src/index.ts'
import { integer, type Kind, nullable, unsupported } from '../kinds.ts'

/** Options by name, each with what it accepts. */
export type Options = Readonly<Record<string, Kind>>

/** A function of the API: its positional arguments, and the options behind them. */
export interface PublicCall {
  readonly name: string
  readonly args: readonly Kind[]
  readonly options?: Options
  /** Whether options may also stand in the place of positional arguments. */
  readonly isKeyword?: boolean
  /** Options that every call must give. */
  readonly base?: Readonly<Record<string, unknown>>
  /** Whether arguments of which each is wrong beside valid ones are right together. */
  agree?(args: readonly unknown[]): boolean
  call(model: api.SequentialModel, ...args: readonly unknown[]): unknown
}

/** Every export by its name. */
export const everything: Readonly<Record<string, unknown>> = { ...api }

export type AnyFunction = (...args: readonly unknown[]) => unknown
/** A function that is no method. */
export const plain =
  (made: unknown): PublicCall['call'] =>
  (_model, ...args) =>
    (made as AnyFunction)(...args)
export const absent = unsupported(null)
export const seed = nullable(integer)
