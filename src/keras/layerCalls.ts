// Calls of the names of layers: classes, functions that merge, Lambda.

import { ModelInput } from '../layers/core/input.ts'
import type { LambdaFunction } from '../layers/core/lambda.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import {
  type Arguments,
  Dict,
  PythonFunction,
  placedArguments,
  Unknown,
  type Value,
} from '../python/values.ts'
import { callFromHere } from './functions.ts'
import { layerDefinition, makeLayer, refuse } from './layerMaker.ts'
import { callLayer, LayerValue } from './layerValue.ts'
import { callOperation } from './operationCalls.ts'
import type { Reader } from './reader.ts'
import { TextLambda } from './textLambda.ts'

/** Keras 1's modes of `merge`. */
const MODES: Readonly<Record<string, string>> = {
  sum: 'Add',
  mul: 'Multiply',
  concat: 'Concatenate',
  ave: 'Average',
  max: 'Maximum',
  dot: 'Dot',
  cos: 'Dot',
}

/** Makes a layer; of `add([a, b])` and the like makes and calls one. */
export function makeLayerOrMerge(reader: Reader, name: string, args: Arguments, at: number): Value {
  if (name === 'Lambda') return makeLambda(reader, args, at)
  if (name === 'merge') return mergeOfOld(reader, args, at)
  if (name === 'Layer') return reader.interpreter.problem(at, 'is the class of all layers, and none itself')
  const first = name.slice(0, 1)
  if (first !== first.toLowerCase()) return made(reader, name, args, at)
  const className = first.toUpperCase() + name.slice(1)
  if (!layerDefinition(className)) return refuse(reader, name, at)
  const [inputs = args.named.get('inputs') ?? null, ...rest] = args.placed
  const named = new Map([...args.named].filter(([key]) => key !== 'inputs'))
  const places = new Map(rest.map((_, i) => [i, args.places.get(i + 1) ?? at] as const))
  const layer = makeLayer(
    reader,
    className,
    { placed: rest, named, places: new Map([...args.places, ...places]) },
    at,
  )
  return layer instanceof LayerValue ? callLayer(reader, layer.layer, placedArguments([inputs]), at) : layer
}

/** An input is the tensor that it gives. */
function made(reader: Reader, name: string, args: Arguments, at: number): Value {
  const layer = makeLayer(reader, name, args, at)
  if (!(layer instanceof LayerValue && layer.layer instanceof ModelInput)) return layer
  const input = layer.layer
  return reader.attempt(at, () => reader.wrap(input.connect([])[0]))
}

/** `merge([a, b], mode='concat', concat_axis=1)`. */
function mergeOfOld(reader: Reader, args: Arguments, at: number): Value {
  const given = reader.named(args, ['inputs', 'mode', 'dot_axes', 'concat_axis'])
  const mode = given.get('mode')?.[0] ?? 'sum'
  if (mode instanceof PythonFunction) {
    const layer = makeLambda(reader, placedArguments([mode]), at)
    return layer instanceof LayerValue
      ? callLayer(reader, layer.layer, placedArguments([given.get('inputs')?.[0] ?? null]), at)
      : layer
  }
  const className = typeof mode === 'string' ? MODES[mode] : undefined
  if (!className) return reader.interpreter.problem(at, 'merges by a mode that is not here: use a Lambda')
  const axis = given.get(className === 'Dot' ? 'dot_axes' : 'concat_axis')?.[0]
  const named = new Map<string, Value>(
    axis === undefined ? [] : [[className === 'Dot' ? 'axes' : 'axis', axis] as const],
  )
  if (mode === 'cos') named.set('normalize', true)
  const layer = makeLayer(reader, className, { placed: [], named, places: new Map() }, at)
  if (!(layer instanceof LayerValue)) return layer
  return callLayer(reader, layer.layer, placedArguments([given.get('inputs')?.[0] ?? null]), at)
}

function makeLambda(reader: Reader, args: Arguments, at: number): Value {
  const given = reader.named(args, ['function', 'output_shape', 'mask', 'arguments', 'name'])
  const [fn, place] = given.get('function') ?? [null, at]
  const more = given.get('arguments')?.[0]
  // The shape of the output is found without being told.
  const options = reader.options([...given].filter(([name]) => name === 'name' || name === 'trainable'))
  if (!options) return new Unknown('Lambda', true)
  return reader.attempt(place, () => {
    reader.act()
    const named = new Map(
      more instanceof Dict ? [...more.entries.values()].map(([key, value]) => [String(key), value]) : [],
    )
    const call =
      fn instanceof PythonFunction
        ? (inputs: unknown) => callFromHere(reader, fn, { ...placedArguments([reader.wrap(inputs)]), named })
        : (reader.plain(fn) as (inputs: unknown) => unknown)
    const compute: LambdaFunction = (inputs) => call(inputs) as SymbolicTensor
    return reader.wrap(new TextLambda({ ...options, function: compute }))
  })
}

/** `keras.activations.relu(x)`. */
export const callActivation = (reader: Reader, name: string, args: Arguments, at: number): Value =>
  callOperation(reader, `keras.ops.${name}`, args, at)
