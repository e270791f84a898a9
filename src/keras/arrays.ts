// Arrays of a text, as far as their shapes are known: what the user says of data, and what numpy makes of sizes.

import { HostValue } from '../python/hostValue.ts'
import {
  type Arguments,
  List,
  NativeFunction,
  numeric,
  Tuple,
  Unknown,
  type Value,
} from '../python/values.ts'
import { broadcast, joining, reduced, shapeOfPart } from './arrayShapes.ts'
import { NotKnown } from './problems.ts'
import type { Reader } from './reader.ts'
import { WrappedValue } from './values.ts'

/** An array whose shape is known; of single extents it may be unknown. */
export class ArrayValue extends WrappedValue {
  constructor(
    reader: Reader,
    readonly label: string,
    readonly shape: readonly Value[],
    /** Its entries, where the text has lists of them or the user a tensor. */
    readonly list: Value = null,
  ) {
    super(reader)
  }

  get isComplete(): boolean {
    return !this.shape.some((extent) => extent instanceof Unknown)
  }

  /** The same array, as problems call it by another name. */
  renamed(label: string): ArrayValue {
    return new ArrayValue(this.reader, label, this.shape, this.list)
  }

  /** Whether its numbers are in the text. */
  get hasNumbers(): boolean {
    return this.list !== null
  }

  override plain(): unknown {
    if (this.list === null) throw new NotKnown(new Unknown(this.label))
    return this.reader.plain(this.list)
  }

  override attribute(name: string): Value | undefined {
    const { shape, reader } = this
    if (name === 'shape') return new Tuple(shape)
    if (name === 'ndim') return BigInt(shape.length)
    if (name === 'size') return sizeOf(shape) ?? new Unknown(`${this.label}.size`)
    if (name === '__len__') return shape[0]
    if (name === 'T' || name === 'transpose') {
      const turned = new ArrayValue(reader, this.label, [...shape].reverse())
      return name === 'T'
        ? turned
        : new NativeFunction(name, ({ placed }) => (placed.length ? new Unknown(name) : turned))
    }
    if (name === 'flatten' || name === 'ravel')
      return new NativeFunction(
        name,
        () => new ArrayValue(reader, this.label, [sizeOf(shape) ?? new Unknown(this.label)]),
      )
    if (name === 'reshape')
      return new NativeFunction(
        name,
        (args) => reshaped(reader, this.label, args.placed, this) ?? new Unknown(name),
      )
    if (REDUCTIONS.includes(name)) return reduction(reader, name, this)
    return name === 'astype' || name === 'copy' ? new NativeFunction(name, () => this) : undefined
  }

  override index(key: Value): Value {
    const keys = key instanceof Tuple ? key.items : [key]
    const shape = shapeOfPart(this.shape, keys)
    if (shape === null) return new Unknown(`${this.label}[…]`)
    if (shape.length > 0) {
      const word = keys.length === 1 && typeof key === 'bigint' ? String(key) : '…'
      return new ArrayValue(this.reader, `${this.label}[${word}]`, shape)
    }
    return this.#entryAt(keys) ?? new Unknown(`${this.label}[…]`)
  }

  /** An entry of lists in the text. */
  #entryAt(keys: readonly Value[]): Value | undefined {
    let found: Value | undefined = this.list
    for (const key of keys) {
      if (!(found instanceof List || found instanceof Tuple)) return undefined
      const place = Number(key)
      found = found.items.at(place)
    }
    return found === null || numeric(found ?? null) === null ? undefined : found
  }

  override binary(operator: string, left: Value, right: Value): Value {
    const shapes = [left, right].map((side) =>
      side instanceof ArrayValue ? side.shape : numeric(side) === null ? null : [],
    )
    const [a, b] = shapes
    const shape = a && b ? broadcast(a, b) : null
    // What is asked of one number decides a branch.
    const isKnown = shape !== null && (shape.length > 0 || !/[<>=]|in$/.test(operator))
    return isKnown ? new ArrayValue(this.reader, this.label, shape) : new Unknown(this.label)
  }

  override unary(): Value {
    return this
  }
}

/** What the text calls data: what is not known, also where its shape is; undefined for other values. */
export function wordOfData(value: Value | undefined): string | undefined {
  if (value instanceof Unknown) return value.word
  return value instanceof ArrayValue && !value.hasNumbers ? value.label : undefined
}

export const isData = (value: Value | undefined): boolean => wordOfData(value) !== undefined

function sizeOf(shape: readonly Value[]): bigint | null {
  const extents = shape.filter((extent) => typeof extent === 'bigint')
  return extents.length < shape.length ? null : extents.reduce((size, extent) => size * extent, 1n)
}

/** The shape that an argument says: one extent, or several. */
const shapeIn = (args: readonly Value[]): readonly Value[] | null => {
  const [first] = args
  const list = first instanceof Tuple || first instanceof List ? first.items : args
  return list.length > 0 && list.every((extent) => typeof extent === 'bigint' || extent instanceof Unknown)
    ? list
    : null
}

/** An array of another shape, in which one extent may be -1. */
function reshaped(
  reader: Reader,
  label: string,
  args: readonly Value[],
  from: ArrayValue | null,
): ArrayValue | null {
  const shape = shapeIn(args)
  if (!shape) return null
  const size = from ? sizeOf(from.shape) : null
  const rest = sizeOf(shape.filter((extent) => extent !== -1n))
  const open = size !== null && rest !== null && rest !== 0n ? size / rest : new Unknown(label)
  return new ArrayValue(
    reader,
    label,
    shape.map((extent) => (extent === -1n ? open : extent)),
  )
}

/** `data.reshape(a, b, 1)` of data that is not known has a shape all the same. */
export const reshapedUnknown = (reader: Reader, callee: Unknown, { placed }: Arguments): ArrayValue | null =>
  callee.word.endsWith('.reshape') ? reshaped(reader, callee.word.slice(0, -8), placed, null) : null

/** The shape of nested lists; null where they differ in length. */
function shapeOfLists(value: Value): readonly Value[] | null {
  if (value instanceof ArrayValue) return value.shape
  if (value instanceof HostValue || value instanceof Unknown) return null
  if (!(value instanceof List || value instanceof Tuple)) return []
  const [first] = value.items
  const inner = first === undefined ? [] : shapeOfLists(first)
  return inner && [BigInt(value.items.length), ...inner]
}

/** Functions of numpy, and methods of arrays, that take axes away. */
const REDUCTIONS = ['mean', 'std', 'var', 'max', 'min', 'sum', 'median', 'average', 'amax', 'amin']

/** Such a function, or the method of an array. */
const reduction = (reader: Reader, name: string, self?: ArrayValue): NativeFunction =>
  new NativeFunction(name, ({ placed, named }) => {
    const [of = null, axis = named.get('axis') ?? null] = self ? [self, ...placed] : placed
    const shape = of instanceof ArrayValue ? reduced(of.shape, axis, named.get('keepdims') === true) : null
    return shape ? new ArrayValue(reader, name, shape) : new Unknown(`numpy.${name}`)
  })

/** Functions of numpy that make arrays of a shape. */
const OF_SHAPE = ['zeros', 'ones', 'empty', 'full', 'random', 'random_sample', 'randn', 'rand']
/** Those whose shape is the argument `size`. */
const OF_SIZE = ['randint', 'normal', 'uniform', 'choice']

/** A function of numpy as far as shapes go; undefined for others. */
export function arrayFunction(reader: Reader, name: string): Value | undefined {
  const unknown = (): Value => new Unknown(`numpy.${name}`)
  const made = (shape: readonly Value[] | null | undefined, list: Value = null): Value =>
    shape ? new ArrayValue(reader, 'array', shape, list) : unknown()
  if (name === 'array' || name === 'asarray')
    return new NativeFunction(name, ({ placed: [value = null] }) =>
      value instanceof ArrayValue ? value : made(shapeOfLists(value), value),
    )
  if (REDUCTIONS.includes(name)) return reduction(reader, name)
  if (OF_SHAPE.includes(name)) return new NativeFunction(name, ({ placed }) => made(shapeIn(placed)))
  if (OF_SIZE.includes(name))
    return new NativeFunction(name, ({ placed, named }) => {
      const size = named.get('size') ?? placed[2]
      return made(size === undefined ? null : shapeIn([size]))
    })
  if (name === 'reshape')
    return new NativeFunction(name, ({ placed: [from = null, ...shape] }) => {
      const array = from instanceof ArrayValue ? from : null
      return (
        reshaped(reader, array?.label ?? (from instanceof Unknown ? from.word : 'array'), shape, array) ??
        unknown()
      )
    })
  const join = Object.hasOwn(joining, name) ? joining[name] : undefined
  if (join)
    return new NativeFunction(name, ({ placed: [parts = null, axis], named }) => {
      if (!(parts instanceof List || parts instanceof Tuple)) return unknown()
      const shapes = parts.items.map((part) => (part instanceof Unknown ? null : shapeOfLists(part)))
      return shapes.every((shape) => shape !== null)
        ? made(join(shapes, axis ?? named.get('axis')))
        : unknown()
    })
  if (name === 'expand_dims')
    return new NativeFunction(name, ({ placed: [from = null, axis], named }) => {
      const given = numeric(axis ?? named.get('axis') ?? null)
      if (!(from instanceof ArrayValue) || given === null) return unknown()
      const place = Number(given) < 0 ? from.shape.length + 1 + Number(given) : Number(given)
      return made([...from.shape.slice(0, place), 1n, ...from.shape.slice(place)])
    })
  if (name === 'shape')
    return new NativeFunction(name, ({ placed: [of = null] }) => {
      if (of instanceof Unknown) return of.derived(`${of.word}.shape`)
      const shape = shapeOfLists(of)
      return shape ? new Tuple(shape) : unknown()
    })
  return name === 'prod'
    ? new NativeFunction(name, ({ placed: [value = null] }) => {
        const size = value instanceof Tuple || value instanceof List ? sizeOf(value.items) : null
        return size ?? unknown()
      })
    : undefined
}

/** What a function of tensors makes of data whose shape is known; null where that is not known. */
export function madeOfData(reader: Reader, name: string, args: Arguments, at: number): ArrayValue | null {
  const [data = null] = args.placed
  const fn = isData(data) && data instanceof ArrayValue ? arrayFunction(reader, name) : undefined
  const made = fn instanceof NativeFunction ? fn.call(args, at) : null
  return made instanceof ArrayValue ? made : null
}
