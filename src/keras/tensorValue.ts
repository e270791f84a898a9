// Symbolic tensors and weights in a text: shapes, indices and operators.

import { toCamelCase } from '../formats/config/snakeCase.ts'
import { openTensor } from '../layers/own/openTensor.ts'
import { SymbolicTensor } from '../layers/symbolicTensor.ts'
import type { DrawnVariable } from '../layers/weights/variable.ts'
import * as ops from '../operations/index.ts'
import type { HostValue } from '../python/hostValue.ts'
import {
  type Arguments,
  Ellipsis,
  List,
  NativeFunction,
  numeric,
  Slice,
  Tuple,
  type Value,
} from '../python/values.ts'
import { MetricVariable } from '../training/metrics/metricVariable.ts'
import { openPart } from './arrayKeys.ts'
import { valuesGiven } from './functions.ts'
import type { Reader } from './reader.ts'
import { WrappedValue } from './values.ts'
import { ofNumbers } from './weightValue.ts'

/** Python's operators as functions of `ops`. */
const OPERATORS: Readonly<Record<string, (a: never, b: never) => unknown>> = {
  '+': ops.add,
  '-': ops.subtract,
  '*': ops.multiply,
  '/': ops.divide,
  '//': ops.floorDivide,
  '%': ops.mod,
  '**': ops.power,
  '@': ops.matmul,
  '<': ops.less,
  '<=': ops.lessEqual,
  '>': ops.greater,
  '>=': ops.greaterEqual,
  '==': ops.equal,
  '!=': ops.notEqual,
}

const ASSIGNMENTS = ['assign', 'assign_add', 'assign_sub']

/** The shape of a tensor, whose open extents are None. */
export const shapeTuple = (shape: readonly (number | null)[]): Tuple =>
  new Tuple(shape.map((extent) => (extent === null ? null : BigInt(extent))))

/** Tensors of a graph, weights, and variables of metrics. */
type Tensorlike = SymbolicTensor | DrawnVariable | MetricVariable

export class TensorValue extends WrappedValue {
  readonly label = 'tensor'
  readonly #tensor: Tensorlike

  constructor(reader: Reader, tensor: Tensorlike) {
    super(reader)
    this.#tensor = tensor
  }

  override plain(): Tensorlike {
    return this.#tensor
  }

  override isInstanceOf({ label }: HostValue): boolean {
    return /\.(Keras)?Tensor$/.test(label)
  }

  override attribute(name: string): Value | undefined {
    const { shape } = this.#tensor
    if (name === 'shape' || name === '_keras_shape') return shapeTuple(shape)
    if (name === 'get_shape') return new NativeFunction(name, () => shapeTuple(shape))
    if (name === 'ndim') return BigInt(shape.length)
    if (name === 'reshape') return new NativeFunction(name, (args, at) => this.#reshape(args, at))
    return name === 'dtype' ? 'float32' : this.#ofWeight(name)
  }

  /** `x.reshape(2, 3)` and `x.reshape((2, 3))`, as arrays have it. */
  #reshape(args: Arguments, at: number): Value {
    const { reader } = this
    return reader.attempt(at, () => {
      const shape = valuesGiven(args).flatMap((value) => reader.plain(value)) as number[]
      return reader.wrap(ops.reshape(this.#tensor, shape))
    })
  }

  /** What Keras's weights have beside tensors. */
  #ofWeight(name: string): Value | undefined {
    const { reader } = this
    const weight = this.#tensor
    if (weight instanceof SymbolicTensor) return undefined
    if (name === 'name') return weight.name
    if (name === 'path') return weight instanceof MetricVariable ? weight.name : weight.path
    // TensorFlow's variables have functions where Keras's have a property.
    if (name === 'value') return this
    if (name === 'read_value') return new NativeFunction(name, () => this)
    const set = weight instanceof MetricVariable ? undefined : ofNumbers(reader, weight, name)
    if (set) return set
    const method: unknown = Reflect.get(weight, toCamelCase(name))
    if (!ASSIGNMENTS.includes(name) || !(method instanceof Function)) return undefined
    return new NativeFunction(name, (args, at) => {
      const [value = null] = valuesGiven(args)
      return reader.attempt(at, () => {
        reader.act()
        return reader.wrap(Reflect.apply(method, weight, [reader.plain(value)]))
      })
    })
  }

  override call(_args: Arguments, _at: number): Value | undefined {
    return this.#tensor instanceof SymbolicTensor ? undefined : this
  }

  override index(key: Value, at: number): Value {
    const { reader } = this
    const keys = key instanceof Tuple ? key.items : [key]
    // The extent of an open axis is known in a step alone: here a part of a weight has an open one, too.
    const weight = reader.isInCall && !(this.#tensor instanceof SymbolicTensor) ? this.#tensor : null
    const open = weight && openPart(weight.shape, keys)
    if (open) return reader.wrap(openTensor(open))
    return reader.attempt(at, () => {
      reader.act()
      return reader.wrap(ops.getItem(this.#tensor, keys.map((one) => indexOf(reader, one)) as never))
    })
  }

  override binary(operator: string, left: Value, right: Value, at: number): Value | undefined {
    const apply = OPERATORS[operator]
    if (!apply) return undefined
    const { reader } = this
    // An extent that is open has a number in a step alone; the shape is the same without it.
    if (reader.isInCall && (left === null || right === null)) return this
    return reader.attempt(at, () => {
      reader.act()
      return reader.wrap(apply(reader.plain(left) as never, reader.plain(right) as never))
    })
  }

  override unary(operator: string, at: number): Value | undefined {
    if (operator === '+') return this
    if (operator !== '-') return undefined
    return this.reader.attempt(at, () => this.reader.wrap(ops.negative(this.#tensor)))
  }

  // Keras does not let loops go over tensors of a model.
  override get items(): null {
    return null
  }
}

/** An index in brackets as `ops.getItem` takes it. */
function indexOf(reader: Reader, key: Value): unknown {
  if (key === null) return 'newaxis'
  if (key instanceof Ellipsis) return '...'
  if (key instanceof Slice) {
    const bounds = key.bounds.map((bound) => reader.plain(bound))
    return bounds.every((bound) => bound === null) ? null : bounds
  }
  const number = numeric(key)
  return number === null ? reader.plain(key) : Number(number)
}

/** Whether a value is a tensor, or a list that has one. */
export const isTensorValue = (value: Value): boolean =>
  value instanceof TensorValue ||
  ((value instanceof List || value instanceof Tuple) && value.items.some(isTensorValue))
