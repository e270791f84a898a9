// The options of setBackend, loaded by setBackend.

import { checkBoolean, checkOneOf, describeValue, fail } from '../errors.ts'
import type { Operation, StrategyChoice } from '../graph/operation.ts'
import { type Config, option, readOptions } from '../util/options.ts'
import type { BackendChoice, BackendInfo } from './backend.ts'
import { strategyNames } from './strategyNames.ts'

/** Picks among the strategies that fit; undefined leaves the choice to the operation. */
type Choose = (choice: StrategyChoice) => string | undefined

const table = {
  device: option<GPUDevice | null>(null, (where, name, value) => {
    if (value === null || looksLikeDevice(value)) return value
    return fail(where, {
      expected: `${name} to be a GPUDevice`,
      got: describeValue(value),
      remedy: 'Await adapter.requestDevice(), or leave device out.',
    })
  }),
  autotune: option(false, checkBoolean),
  strategies: option<Choose | null>(null, readStrategies),
}

/**
 * Checks the options of a backend.
 *
 * @throws {RecurraError} for an unknown option, operation or strategy, and for options of WebGPU beside `'cpu'`.
 */
export function readBackendOptions(where: string, backend: string, given: unknown): Config<typeof table> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    fail(where, {
      expected: `options such as { autotune: true } after '${backend}'`,
      got: describeValue(given),
    })
  }
  const options = readOptions(where, table, given as Readonly<Record<string, unknown>>)
  if (backend === 'cpu') {
    const [meant] = Object.entries(options).flatMap(([name, value]) => (value ? [name] : []))
    if (meant !== undefined) fail(where, { expected: `'webgpu' or 'auto' with ${meant}`, got: "'cpu'" })
  }
  return options
}

/**
 * A choice, and why it is so.
 *
 * @param cpuBelow FLOPs of a forward pass under which models run on the CPU all the same.
 */
export function explain(
  name: 'webgpu' | 'cpu' | 'auto',
  { passedOver, ...info }: BackendInfo,
  hasDevice: boolean,
  cpuBelow: number,
): BackendChoice {
  const found = hasDevice ? 'a device was given' : 'a GPU answers'
  const small = `models of less than ${cpuBelow.toLocaleString('en')} FLOPs a forward pass run on the CPU, which is faster there`
  const why = passedOver ?? (cpuBelow > 0 ? `${found}; ${small}` : found)
  return { ...info, reason: name === 'auto' ? `'auto': ${why}.` : `'${name}' was asked for.`, cpuBelow }
}

/** A device of another frame or binding is not an instance of this frame's GPUDevice, so its members are checked. */
function looksLikeDevice(value: unknown): value is GPUDevice {
  if (typeof value !== 'object' || value === null) return false
  const { createBuffer, queue, limits, lost } = value as Partial<Record<keyof GPUDevice, unknown>>
  return typeof createBuffer === 'function' && [queue, limits, lost].every((part) => typeof part === 'object')
}

function readStrategies(where: string, name: string, value: unknown): Choose | null {
  if (value === null) return null
  if (typeof value === 'function') {
    return (choice) => {
      const chosen: unknown = value(choice)
      if (chosen === undefined) return undefined
      const { op } = choice
      return checkOneOf(where, `${name} to give undefined, or for ${op.name}`, chosen, namesOf(op))
    }
  }
  if (typeof value !== 'object' || Array.isArray(value)) {
    return fail(where, {
      expected: `${name} to be strategies by operation, { matmul: 'registers' }, or a function that picks one`,
      got: describeValue(value),
    })
  }
  const named = new Map(Object.entries(value))
  for (const [operation, strategy] of named) {
    checkOneOf(where, `an operation of ${name}`, operation, Object.keys(strategyNames))
    checkOneOf(where, `${name}.${operation}`, strategy, strategyNames[operation] ?? [])
  }
  return ({ op }) => named.get(originalOf(op).name)
}

/** The operation of a twin: the twin has the same strategies. */
const originalOf = (op: Operation): Operation => op.twinOf?.operation ?? op

const namesOf = (op: Operation): readonly string[] => strategyNames[originalOf(op).name] ?? []
