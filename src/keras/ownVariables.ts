// Variables that a class of a text makes for itself, `self.w = tf.Variable(initial_value=w_init(shape=(4, 3)))`: weights of its layer.

import type { Layer } from '../layers/layer.ts'
import type { InitializerFunction, InitializerIdentifier } from '../layers/weights/initializer.ts'
import { hostOf } from '../python/interpreter.ts'
import {
  type Arguments,
  Instance,
  PythonFunction,
  placedArguments,
  Unknown,
  type Value,
} from '../python/values.ts'
import { Tensor } from '../util/tensor.ts'
import { InitialNumbers } from './initialNumbers.ts'
import { arrayOf } from './numbersValue.ts'
import { isModel, type Reader } from './reader.ts'
import { WrappedValue } from './values.ts'

/** The parameters of tf.Variable, which K.variable names otherwise; those of keras.Variable, whose first has another name. */
const PARAMETERS = ['initial_value', 'trainable', 'validate_shape', 'caching_device', 'name']
const OF_KERAS = ['initializer', 'shape', 'dtype', 'trainable']

/** The layer whose constructor or build runs now, and may be given weights. */
function layerBeingMade({ interpreter, isInCall }: Reader): Layer | null {
  if (isInCall) return null
  for (const frame of interpreter.frames.innermostFirst) {
    if (frame.kind !== 'call' || !(frame.fn.self instanceof Instance)) continue
    const host = hostOf(frame.fn.self)
    if (!(host instanceof WrappedValue && host.isLayer)) continue
    const layer = host.plain() as Layer
    return isModel(layer) || layer.built || !('addWeight' in layer) ? null : layer
  }
  return null
}

/** What a variable begins with. */
interface Initial {
  readonly shape: readonly number[]
  readonly initializer: InitializerIdentifier | InitializerFunction
}

function initialOf(reader: Reader, value: Value, shape: Value): Initial | null {
  if (value instanceof InitialNumbers) return value
  if (value instanceof PythonFunction)
    return initialOf(reader, reader.interpreter.callFunction(value, placedArguments([]), 0), shape)
  const given = reader.plain(shape)
  // keras.Variable takes an initializer and a shape.
  if (Array.isArray(given))
    return { shape: given as number[], initializer: reader.plain(value) as InitializerIdentifier }
  const array = arrayOf(reader, value)
  if (!array) return null
  const numbers = new Tensor(Float32Array.from(array.data), [...array.shape])
  return { shape: numbers.shape, initializer: () => numbers }
}

/** The weight that such a call makes; undefined where no layer is being made, or what it begins with is not known. */
export function ownVariable(reader: Reader, path: string, args: Arguments, at: number): Value | undefined {
  const layer = layerBeingMade(reader)
  if (layer === null) return undefined
  const isKeras = path.startsWith('keras.') && !path.includes('backend')
  const given = reader.named(args, isKeras ? OF_KERAS : PARAMETERS)
  const givenAs = (name: string): Value => given.get(name)?.[0] ?? null
  const first = ['initial_value', 'initializer', 'value'].map(givenAs).find((value) => value !== null) ?? null
  const made = reader.attempt(at, () => {
    const initial = initialOf(reader, first, isKeras ? givenAs('shape') : null)
    if (initial === null) return null
    const name = givenAs('name')
    const isTaken = layer.variables.some(({ path: known }) => known.endsWith(`/${name}`))
    const { addWeight } = layer as Layer & { addWeight(options: object): object }
    return reader.wrap(
      addWeight.call(layer, {
        ...(typeof name === 'string' && !isTaken && { name }),
        shape: initial.shape,
        initializer: initial.initializer,
        trainable: givenAs('trainable') !== false,
      }),
    )
  })
  return made === null || (made instanceof Unknown && !made.isReported) ? undefined : made
}
