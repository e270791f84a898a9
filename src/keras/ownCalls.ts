// Arguments of calls of the text's own layers: tensors are inputs, and all else are options of the call, by the names that the method
// `call` has for them.

import { argumentsOf, arrangementOf, flattened } from '../layers/own/arrangement.ts'
import { type Arguments, PythonFunction, type Value } from '../python/values.ts'
import { type Option, option } from '../util/options.ts'
import { asTensor } from './constantCalls.ts'
import { isTensor } from './onTensors.ts'
import type { Reader } from './reader.ts'

/** Parameters that are no options of one call's own. */
const COMMON = ['training', 'mask']

/** Stands for an option that a call does not give: the method's own default counts. */
const LEFT_OUT = Symbol('left out')

/** The option that says which parameters the inputs of a call are for, in order: arguments by name may leave others out. */
const INPUTS = 'parameters of the inputs'

/** The names of a method's parameters behind `self`; null where it takes any number of them. */
export function parametersOf(method: Value | undefined): readonly string[] | null {
  if (!(method instanceof PythonFunction)) return null
  const [, ...own] = method.syntax.parameters
  return own.some(({ star }) => star !== '') ? null : own.map(({ name }) => name)
}

/** The options that calls of a layer may have beside every layer's: all that its `call` takes by name. */
export function ownCallOptions(method: Value | undefined): Readonly<Record<string, Option<unknown, never>>> {
  const names = parametersOf(method) ?? []
  const read = (_where: string, _name: string, value: unknown): unknown => value
  return Object.fromEntries(
    [...names.filter((name) => !COMMON.includes(name)), INPUTS].map((name) => [
      name,
      option<unknown>(LEFT_OUT, read),
    ]),
  )
}

/** What a call gives: its inputs in the order of the parameters, and options of plain values. */
export interface OwnCall {
  readonly inputs: readonly unknown[]
  readonly options: Readonly<Record<string, unknown>>
}

/** The arguments of a call; null where `call` takes them otherwise. @throws {NotKnown} */
export function ownCall(reader: Reader, method: Value | undefined, args: Arguments): OwnCall | null {
  const names = parametersOf(method)
  if (names === null || args.placed.length > names.length) return null
  const given = new Map<string, Value>(args.placed.map((value, i) => [names[i] as string, value]))
  for (const [name, value] of args.named) {
    if (!names.includes(name)) return null
    given.set(name, value)
  }
  const inputs: unknown[] = []
  const inputNames: string[] = []
  const options: [string, unknown][] = []
  for (const name of names) {
    if (!given.has(name)) continue
    const value = asTensor(reader, reader.plain(given.get(name) ?? null))
    if (isTensor(value) || isNamedTensors(value)) {
      inputs.push(value)
      inputNames.push(name)
    }
    // None is what `training` and `mask` are without being given.
    else if (!(COMMON.includes(name) && value === null)) options.push([name, value])
  }
  const isInOrder = inputNames.every((name, i) => name === names[i])
  if (!isInOrder) options.push([INPUTS, inputNames])
  return { inputs, options: Object.fromEntries(options) }
}

/** Options of a call: those of every layer's, and the method's own. */
export function parted(options: Readonly<Record<string, unknown>>): {
  readonly common: Readonly<Record<string, unknown>>
  readonly constants: Readonly<Record<string, unknown>>
} {
  const those = (isCommon: boolean): Readonly<Record<string, unknown>> =>
    Object.fromEntries(Object.entries(options).filter(([name]) => COMMON.includes(name) === isCommon))
  return { common: those(true), constants: those(false) }
}

const isNamedTensors = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).some(isTensor)

const isGiven = (context: Readonly<Record<string, unknown>>, name: string): boolean =>
  !COMMON.includes(name) && Object.hasOwn(context, name) && context[name] !== LEFT_OUT

/** The masks of each input, which may be a list or an object of tensors; `mask` has those of all. */
const masksOf = (inputs: readonly unknown[], mask: unknown): readonly unknown[] =>
  inputs.length === 1
    ? [mask]
    : argumentsOf(flattened(mask ?? []), inputs.map(arrangementOf)).map((one) => one ?? null)

/** The arguments of the method for what a step calls it on: inputs, and the options of the call beside `training` and `mask`. */
export function methodArguments(
  reader: Reader,
  method: PythonFunction,
  inputs: readonly unknown[],
  context: Readonly<Record<string, unknown>>,
): Arguments {
  const places = new Map<number | string, number>()
  const takes = (name: string): boolean =>
    method.syntax.parameters.some((parameter) => parameter.name === name)
  const masks = masksOf(inputs, context.mask)
  // As in Keras the argument `mask` is the mask of the only input, and several have each its own.
  const commonOf = (name: string): Value =>
    reader.wrap(name === 'mask' && masks.length > 1 ? null : context[name])
  const common = COMMON.filter(takes).map((name) => [name, commonOf(name)] as const)
  const names = parametersOf(method)
  if (names === null)
    return { placed: inputs.map((input) => reader.wrap(input)), named: new Map(common), places }
  const isOwn = (name: string): boolean => isGiven(context, name)
  const inputNames = isOwn(INPUTS)
    ? (context[INPUTS] as readonly string[])
    : names.filter((name) => name !== 'training' && !isOwn(name)).slice(0, inputs.length)
  const named = new Map<string, Value>()
  for (const name of names) {
    const input = inputNames.indexOf(name)
    const masked = inputNames.findIndex((other) => name === `${other}_mask`)
    if (input >= 0) named.set(name, reader.wrap(inputs[input]))
    else if (isOwn(name)) named.set(name, reader.wrap(context[name]))
    else if (COMMON.includes(name)) named.set(name, commonOf(name))
    else if (masks.length > 1 && masked >= 0) named.set(name, reader.wrap(masks[masked] ?? null))
  }
  // More inputs than parameters are an error, which the call tells.
  const [first, ...others] = inputs.slice(inputNames.length)
  return {
    placed: first === undefined ? [] : [first, ...others].map((input) => reader.wrap(input)),
    named,
    places,
  }
}
