// The objects that pickles of NumPy's arrays consist of, and the names in Python that make them.

import { failFormat } from '../formatError.ts'
import type { StoredArray } from '../storedArray.ts'
import { type NumberType, numbersOf, typeOf } from './arrays.ts'

/** What a pickle holds. Text of Python 2 comes as bytes. */
export type Pickled =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | Pickled[]
  | Map<string, Pickled>
  | Named
  | PickledArray
  | PickledType

/** Throws for a pickle of anything else. */
export function failPickled(where: string, expected: string): never {
  return failFormat(where, {
    expected,
    got: 'a pickle of something else',
    remedy: "Save numbers as arrays of a type of numbers: numpy.save(path, array.astype('float32')).",
  })
}

/** A text, also one that Python wrote as bytes. */
export const asText = (value: Pickled | undefined): string | null =>
  value instanceof Uint8Array ? latin(value) : typeof value === 'string' ? value : null

/** Text in Latin-1: the decoder of that name in browsers is of another code. */
export function latin(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 4096)
    text += String.fromCharCode(...bytes.subarray(at, at + 4096))
  return text
}

/** Something in Python that has a name. */
interface Named {
  readonly python: string
}

/** An array: numbers, or a list of objects; null until it is built. */
export class PickledArray {
  value: StoredArray | Pickled[] | null = null
}

/** The type of an array's entries. */
class PickledType {
  order = ''

  constructor(readonly code: string) {}

  get isObject(): boolean {
    return this.code.startsWith('O')
  }

  get numbers(): NumberType | null {
    return typeOf(this.order + this.code)
  }
}

type Values = readonly Pickled[]

const isShape = (value: Pickled | undefined): value is number[] =>
  Array.isArray(value) && value.every((extent) => Number.isSafeInteger(extent) && Number(extent) >= 0)

function arrayOf(where: string, [shape, type, isFortran, data]: Values): StoredArray | Pickled[] {
  if (!isShape(shape) || !(type instanceof PickledType)) return failPickled(where, 'an array')
  if (type.isObject && Array.isArray(data) && shape.length === 1 && data.length === shape[0]) return data
  if (!type.numbers || !(data instanceof Uint8Array))
    return failPickled(where, 'an array of numbers or lists')
  return numbersOf(where, { type: type.numbers, shape, isFortran: isFortran === true, bytes: data })
}

const numeric = (where: string, values: Values): PickledArray => {
  const array = new PickledArray()
  array.value = arrayOf(where, values)
  return array
}

const makers: Readonly<Record<string, (where: string, values: Values) => Pickled>> = {
  'numpy.core.multiarray._reconstruct': () => new PickledArray(),
  'numpy.dtype': (where, [code]) =>
    new PickledType(asText(code) ?? failPickled(where, 'the type of an array')),
  'numpy.core.multiarray.scalar': (where, [type, data]) => {
    const { value } = numeric(where, [[1], type as Pickled, false, data as Pickled])
    return (value && 'dtype' in value && value.data[0]) ?? failPickled(where, 'a number')
  },
  'numpy.core.numeric._frombuffer': (where, [data, type, shape, order]) =>
    numeric(where, [shape as Pickled, type as Pickled, order === 'F', data as Pickled]),
  // Protocols below 3 have no bytes.
  '_codecs.encode': (where, [text]) =>
    typeof text === 'string'
      ? Uint8Array.from(text, (letter) => letter.charCodeAt(0))
      : failPickled(where, 'bytes'),
}

/** What Python makes by calling something: of NumPy's arrays, and of nothing else. */
export function called(where: string, callee: Pickled, values: Pickled): Pickled {
  const name = callee !== null && typeof callee === 'object' && 'python' in callee ? callee.python : ''
  const make = Object.hasOwn(makers, name) ? makers[name] : undefined
  if (make && Array.isArray(values)) return make(where, values)
  return failFormat(where, {
    expected: 'a pickle of arrays, lists and numbers',
    got: name ? `one that calls ${name.slice(0, 60)}` : 'one that calls something else',
    remedy: 'A pickle may run code of whoever wrote it. Here nothing is run: save arrays of numbers instead.',
  })
}

/** Gives an object its state. */
export function built(where: string, object: Pickled, state: Pickled): void {
  if (object instanceof PickledArray && Array.isArray(state)) {
    object.value = arrayOf(where, state.slice(1))
    return
  }
  if (!(object instanceof PickledType && Array.isArray(state))) failPickled(where, 'the state of an array')
  const [, order, base, fields] = state
  if (base !== null || (fields ?? null) !== null) failPickled(where, 'an array of numbers or lists')
  object.order = asText(order) ?? ''
}
