// Functions that make tensors of sizes, in calls of the text's own layers: positions, zeros, and extents that are lists in Keras's eyes.

import { symbolicConstant } from '../layers/own/numbersLayer.ts'
import { openTensor } from '../layers/own/openTensor.ts'
import { isTracing } from '../layers/own/tracing.ts'
import { SymbolicTensor } from '../layers/symbolicTensor.ts'
import * as ops from '../operations/index.ts'
import { type Arguments, List, Tuple, type Value } from '../python/values.ts'
import { Tensor, tensor } from '../util/tensor.ts'
import type { Reader } from './reader.ts'

type Extents = readonly (number | null)[]

/** What TensorFlow and Keras call the bounds of a range. */
const BOUNDS = ['start', 'stop', 'step']
const RENAMED: Readonly<Record<string, string>> = { limit: 'stop', delta: 'step' }

function arange(placed: readonly unknown[], named: ReadonlyMap<string, unknown>): SymbolicTensor {
  const given = new Map(
    placed.filter((one) => typeof one !== 'string').map((one, i) => [BOUNDS[i] ?? '', one]),
  )
  for (const [name, value] of named) given.set(RENAMED[name] ?? name, value)
  const [start = 0, stop, step = 1] = BOUNDS.map((name) => given.get(name))
  const bounds = stop === undefined ? [0, start, 1] : [start, stop, step ?? 1]
  // The extent of an open axis is known in a step alone.
  if (bounds.includes(null)) return openTensor([null])
  const [from, to, by] = bounds as [number, number, number]
  return symbolicConstant(ops.arange(from, to, by))
}

const filled =
  (make: (shape: readonly number[]) => Tensor) =>
  ([first]: readonly unknown[], named: ReadonlyMap<string, unknown>): SymbolicTensor => {
    const shape = [(first ?? named.get('shape') ?? []) as Extents].flat() as Extents
    if (shape.includes(null)) return openTensor(shape)
    return symbolicConstant(make(shape as readonly number[]))
  }

const MAKERS: Readonly<
  Record<string, (placed: readonly unknown[], named: ReadonlyMap<string, unknown>) => SymbolicTensor>
> = {
  arange,
  range: arange,
  zeros: filled((shape) => ops.zeros(shape)),
  ones: filled((shape) => ops.ones(shape)),
}

/** The tensor that a function makes of sizes within a call of the text's own; undefined for other functions. */
export function madeOfSizes(
  reader: Reader,
  name: string,
  placed: readonly unknown[],
  named: ReadonlyMap<string, unknown>,
): Value | undefined {
  // An initializer of the text runs outside of graphs, with numbers.
  const isInGraph = reader.isInCall && isTracing()
  const make = isInGraph && Object.hasOwn(MAKERS, name) ? MAKERS[name] : undefined
  if (!make) return undefined
  reader.act()
  return reader.wrap(make(placed, named))
}

/** Numbers of several axes as a tensor in a call or a step of the text's own; else the value itself. */
export const asTensor = (reader: Reader, value: unknown): unknown =>
  value instanceof Tensor && reader.isInCall && isTracing() ? symbolicConstant(value) : value

const areNumbers = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'number' || areNumbers(one))

/** Numbers that a layer is called on in such a call or step, as tensors; null elsewhere, and for other values. */
export function constantsIn(reader: Reader, values: readonly unknown[]): readonly unknown[] | null {
  const constants = values.map((value) =>
    asTensor(reader, reader.isInCall && areNumbers(value) ? tensor(value as number[]) : value),
  )
  return constants.length > 0 && constants.every((value) => value instanceof SymbolicTensor)
    ? constants
    : null
}

const isExtent = (value: Value): boolean => value === null || typeof value === 'bigint'

/** A shape that is put together of extents, as Keras does it with tensors; undefined for other functions and values. */
export function shapeOfParts(name: string, { placed: [first = null] }: Arguments): Value | undefined {
  if (name === 'expand_dims') return isExtent(first) ? new List([first]) : undefined
  if (!['concatenate', 'concat', 'stack'].includes(name)) return undefined
  if (!(first instanceof List || first instanceof Tuple)) return undefined
  const parts = first.items.flatMap((item) =>
    item instanceof List || item instanceof Tuple ? item.items : [item],
  )
  return parts.every(isExtent) ? new List(parts) : undefined
}
