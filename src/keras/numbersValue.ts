// Arrays of a text whose numbers are known, and what numpy and TensorFlow make of them: constants of models, such as positions.

import { openTensor } from '../layers/own/openTensor.ts'
import { HostValue } from '../python/hostValue.ts'
import {
  type Arguments,
  List,
  NativeFunction,
  numeric,
  placedArguments,
  Tuple,
  Unknown,
  type Value,
} from '../python/values.ts'
import { Tensor } from '../util/tensor.ts'
import { isOpenPart, keysOf, openShape } from './arrayKeys.ts'
import { ArrayValue } from './arrays.ts'
import { numpyFunctions } from './numbers/functions.ts'
import { type Argument, type Given, isArray } from './numbers/given.ts'
import { ALIASES, CHANGING, METHODS, NAMES, OPERATORS, OPTIONS } from './numbers/names.ts'
import { broadcastTo, MOST_ENTRIES, type NdArray, partOf, scalar, single } from './numbers/ndarray.ts'
import { NotKnown } from './problems.ts'
import type { Reader } from './reader.ts'
import { TensorValue } from './tensorValue.ts'

/** The entries of an array, which all names of it share. */
interface Entries {
  array: NdArray
  /** Whether a text changed it in a way that is not read: then its shape alone is known. */
  isChanged: boolean
}

/** An array whose numbers are known. */
export class NumbersValue extends ArrayValue {
  readonly #entries: Entries

  constructor(reader: Reader, label: string, entries: Entries) {
    super(reader, label, entries.array.shape.map(BigInt))
    this.#entries = entries
  }

  /** The numbers; null where they are not known any longer. */
  get array(): NdArray | null {
    return this.#entries.isChanged ? null : this.#entries.array
  }

  override get hasNumbers(): boolean {
    return !this.#entries.isChanged
  }

  override get isOpen(): boolean {
    return this.#entries.isChanged
  }

  override set isOpen(isOpen: boolean) {
    this.#entries.isChanged ||= isOpen
  }

  override renamed(label: string): ArrayValue {
    return new NumbersValue(this.reader, label, this.#entries)
  }

  override plain(): unknown {
    const { array } = this
    if (!array) throw new NotKnown(new Unknown(this.label))
    return array.shape.length === 1
      ? [...array.data]
      : new Tensor(Float32Array.from(array.data), [...array.shape])
  }

  override attribute(name: string): Value | undefined {
    const { reader, array } = this
    if (CHANGING.includes(name))
      return new NativeFunction(name, () => {
        this.isOpen = true
        return null
      })
    if (!array) return super.attribute(name)
    if (name === 'T')
      return valueFrom(reader, numpyFunctions.transpose?.[1]({ a: array }) ?? null) ?? super.attribute(name)
    if (name === 'astype')
      return new NativeFunction(name, ({ placed: [type = null] }) => cast(reader, array, type))
    if (name === 'copy' || name === 'numpy') return new NativeFunction(name, () => numbers(reader, array))
    if (name === 'tolist')
      return new NativeFunction(name, () => {
        reader.interpreter.budget.spend(array.data.length)
        return listOf(array)
      })
    if (name === 'item')
      return array.data.length === 1 ? new NativeFunction(name, () => entry(array, 0)) : undefined
    if (name === 'flatten')
      return new NativeFunction(name, () => numbers(reader, { ...array, shape: [array.data.length] }))
    if (!METHODS.includes(name)) return super.attribute(name)
    return new NativeFunction(name, (args, at) => {
      const several = (name === 'reshape' || name === 'transpose') && args.placed.length > 1
      const placed = several ? [new Tuple(args.placed)] : args.placed
      return numpyCall(reader, name, { ...args, placed: [this, ...placed] }) ?? this.#byShape(name, args, at)
    })
  }

  #byShape(name: string, args: Arguments, at: number): Value {
    const method = super.attribute(name)
    return method instanceof NativeFunction ? method.call(args, at) : new Unknown(name)
  }

  override index(key: Value): Value {
    const { reader, array } = this
    const keys = key instanceof Tuple ? key.items : [key]
    const read = array && keysOf(keys, array.shape.length)
    const part = read && partOf(array.shape, read)
    if (!part) return super.index(key)
    spend(reader, part.places.length)
    // The extent of an open axis is known in a step alone.
    if (reader.isInCall && isOpenPart(keys)) return reader.wrap(openTensor(openShape(part.shape, keys)))
    const data = Float64Array.from(part.places, (place) => array.data[place] ?? 0)
    return valueFrom(reader, { data, shape: part.shape, isInteger: array.isInteger }) ?? super.index(key)
  }

  override setIndex(key: Value, value: Value): boolean {
    const { array } = this
    const keys = key instanceof Tuple ? key.items : [key]
    const read = array && keysOf(keys, array.shape.length)
    const part = read && partOf(array.shape, read)
    const given = part && arrayOf(this.reader, value)
    const filled = given && broadcastTo(given, part.shape)
    if (!array || !part || !filled) this.isOpen = true
    else {
      spend(this.reader, part.places.length)
      part.places.forEach((place, i) => {
        array.data[place] = filled.data[i] ?? 0
      })
    }
    return true
  }

  override get items(): readonly Value[] | null {
    const { array, reader } = this
    if (!array || array.shape.length === 0) return null
    const [rows = 0, ...shape] = array.shape
    reader.interpreter.budget.spend(rows)
    const size = array.data.length / Math.max(rows, 1)
    return Array.from({ length: rows }, (_, i) =>
      shape.length === 0
        ? entry(array, i)
        : numbers(reader, {
            data: array.data.slice(i * size, (i + 1) * size),
            shape,
            isInteger: array.isInteger,
          }),
    )
  }

  override binary(operator: string, left: Value, right: Value, at = 0): Value {
    const { reader } = this
    const name = OPERATORS[operator]
    const made = name === undefined ? undefined : numpyCall(reader, name, placedArguments([left, right]))
    if (made !== undefined) return made
    const tensor = [left, right].find((side) => side instanceof TensorValue)
    return tensor instanceof TensorValue
      ? (tensor.binary(operator, left, right, at) ?? super.binary(operator, left, right))
      : super.binary(operator, left, right)
  }

  override unary(operator?: string): Value {
    const { array, reader } = this
    if (!array || operator !== '-') return this
    return numbers(reader, { ...array, data: array.data.map((value) => -value) })
  }
}

const entry = ({ data, isInteger }: NdArray, i: number): Value => {
  const value = data[i] ?? 0
  // A division by zero leaves no integer where numpy has some.
  return isInteger && Number.isInteger(value) ? BigInt(value) : value
}

function listOf({ data, shape: [rows, ...shape], isInteger }: NdArray): Value {
  if (rows === undefined) return entry({ data, shape, isInteger }, 0)
  const size = data.length / Math.max(rows, 1)
  const row = (i: number): Value =>
    listOf({ data: data.subarray(i * size, (i + 1) * size), shape, isInteger })
  return new List(Array.from({ length: rows }, (_, i) => row(i)))
}

/** What an array costs: a step for some entries. */
function spend(reader: Reader, entries: number): void {
  reader.interpreter.budget.spend(1 + Math.floor(entries / 64))
}

function numbers(reader: Reader, array: NdArray): NumbersValue {
  spend(reader, array.data.length)
  return new NumbersValue(reader, 'array', { array, isChanged: false })
}

/** A tensor of numbers as a value. */
export const tensorNumbers = (reader: Reader, { data, shape }: Tensor): NumbersValue =>
  numbers(reader, { data: Float64Array.from(data), shape, isInteger: false })

/** An array as a value; one without axes is a number. */
export const valueFrom = (reader: Reader, array: NdArray | null): Value | undefined =>
  array === null ? undefined : array.shape.length === 0 ? entry(array, 0) : numbers(reader, array)

/** What a text calls a dtype; empty where that is not known. */
function dtypeOf(type: Value): string {
  if (type instanceof NativeFunction) return type.name
  if (type instanceof HostValue) return type.label
  return typeof type === 'string' ? type : ''
}

/** An array as numpy has it of another dtype. */
export function cast(reader: Reader, array: NdArray, type: Value): Value {
  const dtype = dtypeOf(type)
  const isInteger = /int|bool/.test(dtype)
  const entry = /bool/.test(dtype) ? (value: number): number => Number(value !== 0) : Math.trunc
  const made = { data: isInteger ? array.data.map(entry) : array.data, shape: array.shape, isInteger }
  return numbers(reader, /float(32|16)/.test(dtype) ? single(made) : made)
}

/** The numbers of a value: an array, a number, or lists of them; null where they are not known. */
export function arrayOf(reader: Reader, value: Value): NdArray | null {
  if (value instanceof NumbersValue) return value.array
  const number = numeric(value)
  if (number !== null) return scalar(Number(number), typeof number === 'bigint')
  if (!(value instanceof List || value instanceof Tuple)) return null
  if (value instanceof List && value.isOpen) return null
  const parts = value.items.map((item) => arrayOf(reader, item))
  const [first] = parts
  if (!first || parts.length * first.data.length > MOST_ENTRIES) return null
  const isOne = parts.every((part) => part && String(part.shape) === String(first.shape))
  if (!isOne) return null
  spend(reader, parts.length * first.data.length)
  const data = new Float64Array(parts.length * first.data.length)
  parts.forEach((part, i) => {
    data.set(part?.data ?? [], i * first.data.length)
  })
  return {
    data,
    shape: [parts.length, ...first.shape],
    isInteger: parts.every((part) => part?.isInteger ?? false),
  }
}

function argumentOf(reader: Reader, name: string, value: Value): Argument | null {
  if (name === 'arrays') {
    if (!(value instanceof List || value instanceof Tuple)) return null
    const arrays = value.items.map((item) => arrayOf(reader, item))
    return arrays.every((array) => array !== null) ? (arrays as NdArray[]) : null
  }
  if (!OPTIONS.includes(name) || value instanceof NumbersValue) return arrayOf(reader, value)
  if (value instanceof List || value instanceof Tuple) {
    const extents = value.items.map(numeric)
    return extents.every((extent) => extent !== null) ? extents.map(Number) : null
  }
  const number = numeric(value)
  if (typeof value === 'boolean' || typeof value === 'string' || value === null) return value
  return number === null ? (value instanceof Unknown ? null : String(reader.plain(value))) : Number(number)
}

/** What a function of numpy makes of arguments that are known whole; undefined where they are not, or it is another function. */
export function numpyCall(reader: Reader, name: string, args: Arguments): Value | undefined {
  const array = numpyArray(reader, name, args)
  return array ? valueFrom(reader, array) : undefined
}

/** The array that a function of numpy makes; null where it has no such, or its arguments are not known whole. */
export function numpyArray(reader: Reader, name: string, { placed, named }: Arguments): NdArray | null {
  const known = NAMES[name] ?? name
  const found = Object.hasOwn(numpyFunctions, known) ? numpyFunctions[known] : undefined
  if (!found) return null
  const [text, compute] = found
  const parameters = text.split(' ')
  if (placed.length > parameters.length) return null
  const all = [...placed.map((value, i) => [parameters[i] ?? '', value] as const), ...named]
  const given: Record<string, Argument | undefined> = {}
  for (const [key, value] of all) {
    const parameter = parameters.includes(key) ? key : (ALIASES[key] ?? parameters[0] ?? '')
    const argument = argumentOf(reader, parameter, value)
    const isNone = value === null
    if (argument === null && !isNone) return null
    given[parameter] = argument
  }
  spend(reader, workOf(known, given))
  return compute(given as Given)
}

/** How many entries a function goes through. */
function workOf(name: string, given: Given): number {
  const arrays = Object.values(given)
    .flatMap((value) => [value].flat() as Argument[])
    .filter(isArray)
  const [a, b] = arrays
  if ((name === 'matmul' || name === 'dot') && a && b && b.shape.length > 1)
    return a.data.length * (b.shape.at(-1) ?? 1)
  return arrays.reduce((sum, { data }) => sum + data.length, 0)
}
