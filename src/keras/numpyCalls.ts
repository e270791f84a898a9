// Calls of numpy and of frameworks on arrays whose numbers are known.

import { type Arguments, NativeFunction, Unknown, type Value } from '../python/values.ts'
import { numpyFunctions } from './numbers/functions.ts'
import { CHANGING, NAMES } from './numbers/names.ts'
import { single } from './numbers/ndarray.ts'
import { arrayOf, cast, NumbersValue, numpyArray, numpyCall, valueFrom } from './numbersValue.ts'
import type { Reader } from './reader.ts'

/** Functions of frameworks on arrays alone, which they compute as float32. */
export function callOnNumbers(reader: Reader, name: string, args: Arguments): Value | undefined {
  const array = numpyArray(reader, name, {
    ...args,
    named: new Map([...args.named].filter(([key]) => key !== 'name')),
  })
  return array ? valueFrom(reader, single(array)) : undefined
}

/** A function of numpy that makes arrays of numbers; where these are not known, what another says of shapes. */
export const numpyFunction = (
  reader: Reader,
  name: string,
  otherwise: Value | undefined,
): Value | undefined => {
  const isMaking = name === 'array' || name === 'asarray'
  if (!isMaking && !CHANGING.includes(name) && !Object.hasOwn(numpyFunctions, NAMES[name] ?? name))
    return otherwise
  return new NativeFunction(name, (args, at) => {
    if (CHANGING.includes(name)) {
      const [array] = args.placed
      if (array instanceof NumbersValue) array.isOpen = true
      return null
    }
    const made = isMaking ? madeOf(reader, args) : numpyCall(reader, name, args)
    if (made !== undefined) return made
    return otherwise instanceof NativeFunction ? otherwise.call(args, at) : new Unknown(`numpy.${name}`)
  })
}

function madeOf(reader: Reader, { placed: [value = null, type], named }: Arguments): Value | undefined {
  const array = arrayOf(reader, value)
  const dtype = type ?? named.get('dtype') ?? null
  if (!array) return undefined
  return dtype === null ? valueFrom(reader, array) : cast(reader, array, dtype)
}
