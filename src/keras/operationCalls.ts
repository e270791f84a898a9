// Functions of keras.ops, of Keras's backend and of TensorFlow on tensors of a model, as functions of `ops`.

import { didYouMean, RecurraError } from '../errors.ts'
import { toCamelCase } from '../formats/config/snakeCase.ts'
import { clearSession } from '../layers/naming.ts'
import { SymbolicTensor } from '../layers/symbolicTensor.ts'
import * as ops from '../operations/index.ts'
import { refusedOperations } from '../operations/refused.ts'
import { readParameters } from '../operations/signature.ts'
import {
  type Arguments,
  List,
  numeric,
  PythonFunction,
  placedArguments,
  Tuple,
  Unknown,
  type Value,
} from '../python/values.ts'
import { Tensor } from '../util/tensor.ts'
import { madeOfData } from './arrays.ts'
import { composedCall, initialNumbers } from './composedCalls.ts'
import { madeOfSizes, shapeOfParts } from './constantCalls.ts'
import { valuesGiven } from './functions.ts'
import { makeLayer } from './layerMaker.ts'
import { callLayer, LayerValue } from './layerValue.ts'
import { valueFrom } from './numbersValue.ts'
import { callOnNumbers } from './numpyCalls.ts'
import { isTensor, outOf, unknownAmong } from './onTensors.ts'
import { callWith, type Operation } from './operationArguments.ts'
import { valueOfVariable } from './optimizerValue.ts'
import { ownVariable } from './ownVariables.ts'
import type { Reader } from './reader.ts'
import { setting } from './settings.ts'

/** Functions by the names that they have in `ops`, and in `ops.image`. */
const exported: Readonly<Record<string, unknown>> = ops
const ofImages: Readonly<Record<string, unknown>> = ops.image

/** Names of Keras's backend and of TensorFlow that are others in `ops`. */
const NAMES: Readonly<Record<string, string>> = {
  batch_flatten: 'flatten',
  clip_by_value: 'clip',
  concat: 'concatenate',
  div: 'divide',
  truediv: 'divide',
  floordiv: 'floorDivide',
  floormod: 'mod',
  gather: 'take',
  l2_normalize: 'normalize',
  mul: 'multiply',
  neg: 'negative',
  permute_dimensions: 'transpose',
  pow: 'power',
  range: 'arange',
  repeat_elements: 'repeat',
  reduce_variance: 'var',
  reverse: 'flip',
  sub: 'subtract',
  int_shape: 'shape',
  unsorted_segment_max: 'segmentMax',
  unsorted_segment_min: 'segmentMin',
  unsorted_segment_prod: 'segmentProd',
  unsorted_segment_sum: 'segmentSum',
  swish: 'silu',
}

/** The function of `ops` that a path means. */
export function operationOf(path: string): Operation | undefined {
  const [area, name = ''] = path.split('.').slice(-2)
  const known = NAMES[name] ?? toCamelCase(name.replace(/^reduce_/, ''))
  const table = area === 'image' && Object.hasOwn(ofImages, known) ? ofImages : exported
  const found = Object.hasOwn(table, known) ? table[known] : undefined
  return typeof found === 'function' ? (found as Operation) : undefined
}

/** Functions that are their argument. */
const SAME = [
  'constant',
  'variable',
  'convert_to_tensor',
  'identity',
  'cast',
  'cast_to_floatx',
  'Variable',
  'TensorShape',
  'stop_gradient',
]

/** Calls a function on tensors. On data its result is not known. */
export function callOperation(reader: Reader, path: string, args: Arguments, at: number): Value {
  const name = path.split('.').at(-1) ?? ''
  if (name === 'clear_session') {
    clearSession()
    return null
  }
  // Without a seed draws are others in each step, as with a generator of seeds.
  if (name === 'SeedGenerator') return null
  const values = valuesGiven(args)
  const [first = null] = values
  const ofSetting = setting(name, first)
  if (ofSetting !== undefined) return ofSetting
  const ofVariable = valueOfVariable(name, values, at)
  if (ofVariable !== undefined) return ofVariable
  const own = /^variable$/i.test(name) ? ownVariable(reader, path, args, at) : undefined
  if (own !== undefined) return own
  const isComplex = name === 'cast' && values.some((value) => /complex/.test(String(value)))
  if (SAME.includes(name) && name !== 'stop_gradient' && !isComplex) return first
  const ofData = madeOfData(reader, name, args, at)
  if (ofData) return ofData
  const unknown = unknownAmong(values)
  if (unknown) return outOf(unknown, at)
  // K.function([x], [y]) computes numbers of data, which no layer needs.
  if (name === 'function') return new Unknown(path)
  if (name === 'cond') {
    const chosen = chosenBranch(reader, args, at)
    if (chosen !== undefined) return chosen
  }
  return reader.attempt(at, () => {
    const plain = args.placed.map((value) => reader.plain(value))
    const named = new Map([...args.named].map(([key, value]) => [toCamelCase(key), reader.plain(value)]))
    const all = [...plain, ...named.values()]
    const composed = composedCall(reader, path, plain, named)
    if (composed !== undefined) return composed
    if (!all.some(isTensor))
      return (
        madeOfSizes(reader, name, plain, named) ??
        shapeOfParts(name, args) ??
        callOnNumbers(reader, name, args) ??
        callOnKnown(reader, path, plain, named) ??
        initialNumbers(path, plain, named) ??
        new Unknown(path)
      )
    // The batch is what it is, however often a text repeats one sample for it.
    if (name === 'tile' && Array.isArray(plain[1])) plain[1] = plain[1].map((times) => times ?? 1)
    reader.act()
    // What repeats samples in Keras's backend repeats entries elsewhere.
    const layer = name === 'repeat' && !path.includes('.backend.') ? undefined : LAYERS[name]
    if (layer) return asLayer(reader, layer(values), first, at)
    const operation = operationOf(path)
    if (!operation) return refuse(reader, name, at)
    const made = reader.wrap(callWith(operation, stacked(operation, plain), named, { path, name }))
    return made instanceof List && /^(int_)?shape$/.test(name) ? new Tuple(made.items) : made
  })
}

/** Functions of complex tensors, which are lists of two. */
const OF_COMPLEX: readonly unknown[] = [ops.fft, ops.fft2, ops.ifft2, ops.irfft, ops.istft]

/** The arguments, of which TensorFlow makes one tensor of a list of tensors where a function takes one. */
function stacked(operation: Operation, [first, ...others]: readonly unknown[]): readonly unknown[] {
  const [parameter] = readParameters(operation.declaration?.parameters ?? 'x')
  const takesOne =
    parameter?.kind === 'argument' && parameter.name !== 'xs' && !OF_COMPLEX.includes(operation)
  const isList =
    Array.isArray(first) &&
    first.length > 0 &&
    // Sizes of batches are tensors without axes.
    first.every((one) => one instanceof SymbolicTensor && one.shape.length > 0)
  return [isList && takesOne ? ops.stack(first as SymbolicTensor[]) : first, ...others]
}

/** What a function gives for numbers that the text has, which it computes at once; undefined for what it does not take. */
function callOnKnown(
  reader: Reader,
  path: string,
  plain: readonly unknown[],
  named: ReadonlyMap<string, unknown>,
): Value | undefined {
  const operation = operationOf(path)
  if (!operation?.declaration || plain.length + named.size === 0) return undefined
  try {
    const made = callWith(operation, plain, named, { path, name: operation.name })
    if (!(made instanceof Tensor)) return undefined
    const { data, shape } = made
    return valueFrom(reader, {
      data: Float64Array.from(data),
      shape,
      isInteger: operation.declaration.dtype !== undefined,
    })
  } catch (error) {
    if (error instanceof RecurraError) return undefined
    throw error
  }
}

/** What one of two functions of the text gives, where the condition is known: in a schedule, say; undefined for other conditions. */
function chosenBranch(reader: Reader, args: Arguments, at: number): Value | undefined {
  const [pred = null, whenTrue = null, whenFalse = null] = ['pred', 'true_fn', 'false_fn'].map(
    (name, i) => args.placed[i] ?? args.named.get(name) ?? null,
  )
  const number = typeof pred === 'boolean' ? Number(pred) : numeric(pred)
  if (number === null) return undefined
  const chosen = Number(number) === 0 ? whenFalse : whenTrue
  if (!(chosen instanceof PythonFunction)) return undefined
  return reader.interpreter.callFunction(chosen, placedArguments([]), at)
}

/** Functions that are layers here. */
const LAYERS: Readonly<
  Record<
    string,
    (args: readonly Value[]) => readonly [className: string, options: readonly Value[], inputs?: Value]
  >
> = {
  repeat: ([, count = 1n]) => ['RepeatVector', [count]],
  batch_dot: ([a = null, b = null, axes = new List([2n, 1n])]) => ['Dot', [axes], new List([a, b])],
  flatten: () => ['Flatten', []],
  batch_flatten: () => ['Flatten', []],
}

function asLayer(
  reader: Reader,
  [className, options, inputs]: readonly [string, readonly Value[], Value?],
  first: Value,
  at: number,
): Value {
  const layer = makeLayer(reader, className, placedArguments(options), at)
  if (!(layer instanceof LayerValue)) return layer
  return callLayer(reader, layer.layer, placedArguments([inputs ?? first]), at)
}

/** What to write instead of functions of the backend that are no operations. */
const OTHERWISE: Readonly<Record<string, string>> = {
  rnn: 'write the step as the call of a Layer with a state_size, and give that cell to keras.layers.RNN; other tensors that it reads are inputs of each time step, or constants',
}

function refuse(reader: Reader, name: string, at: number): Unknown {
  const camel = toCamelCase(name)
  const reason = OTHERWISE[name] ?? refusedOperations[camel] ?? didYouMean(camel, Object.keys(exported))
  return reader.interpreter.problem(
    at,
    `"${name}" is no function of tensors that is here${reason ? `: ${reason}` : ''}`,
  )
}
