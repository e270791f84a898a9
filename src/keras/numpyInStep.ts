// Functions of numpy in the step of a training loop: random numbers, which each step draws anew, and what is made of tensors.

import { normal, randint, uniform } from '../operations/random.ts'
import { List, NativeFunction, numeric, Tuple, Unknown, type Value } from '../python/values.ts'
import { valuesGiven } from './functions.ts'
import { callOperation } from './operationCalls.ts'
import type { Reader } from './reader.ts'
import { isTensorValue } from './tensorValue.ts'

/** The arguments of a call by place or by name. */
type Given = (index: number, name: string) => Value

const numberOf = (value: Value, fallback: number): number => Number(numeric(value) ?? fallback)

const shapeOf = (value: Value): number[] =>
  value instanceof Tuple || value instanceof List
    ? value.items.map((extent) => numberOf(extent, 1))
    : value === null
      ? []
      : [numberOf(value, 1)]

/** Functions whose extents are their arguments. */
const ofExtents =
  (draw: (shape: number[]) => unknown) =>
  (_: Given, placed: readonly Value[]): unknown =>
    draw(placed.map((extent) => numberOf(extent, 1)))

const DRAWS: Readonly<Record<string, (given: Given, placed: readonly Value[]) => unknown>> = {
  normal: (given) =>
    normal(shapeOf(given(2, 'size')), numberOf(given(0, 'loc'), 0), numberOf(given(1, 'scale'), 1)),
  uniform: (given) =>
    uniform(shapeOf(given(2, 'size')), numberOf(given(0, 'low'), 0), numberOf(given(1, 'high'), 1)),
  randint(given) {
    const [low, high] = [given(0, 'low'), given(1, 'high')]
    const [from, to] = high === null ? [0, low] : [numberOf(low, 0), high]
    return randint(shapeOf(given(2, 'size')), from, numberOf(to, 1))
  },
  randn: ofExtents((shape) => normal(shape)),
  rand: ofExtents((shape) => uniform(shape)),
  random: (given) => uniform(shapeOf(given(0, 'size'))),
}

/** The function of a path that draws numbers; undefined for other paths. */
function drawOf(path: string): (typeof DRAWS)[string] | undefined {
  const [, name = ''] = /^numpy\.random\.(\w+)$/.exec(path) ?? []
  return Object.hasOwn(DRAWS, name) ? DRAWS[name] : undefined
}

export const isDraw = (path: string): boolean => drawOf(path) !== undefined

/** Such a function; outside of steps its numbers are not known. */
export const numpyDraw = (reader: Reader, path: string): NativeFunction =>
  new NativeFunction(path, (args, at) => {
    const { placed, named } = args
    const isKnown = !valuesGiven(args).some((value) => value instanceof Unknown)
    const draw = reader.customModel && isKnown ? drawOf(path) : undefined
    if (!draw) return reader.interpreter.host.callUnknown(new Unknown(path), args, at)
    return reader.attempt(at, () => {
      reader.act()
      return reader.wrap(draw((index, name) => placed[index] ?? named.get(name) ?? null, placed))
    })
  })

/** A function of numpy, which is one of tensors where a step has such. */
export const ofStep = (reader: Reader, name: string, otherwise: Value | undefined): Value | undefined =>
  otherwise instanceof NativeFunction
    ? new NativeFunction(name, (args, at) =>
        reader.customModel && valuesGiven(args).some(isTensorValue)
          ? // Defaults of `ops` are those of numpy.
            callOperation(reader, `keras.ops.${name}`, args, at)
          : otherwise.call(args, at),
      )
    : otherwise
