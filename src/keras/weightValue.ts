// Weights as a model lists them: in steps that a text says their gradients are asked for, and they are updated; elsewhere they are set.

import { toCamelCase } from '../formats/config/snakeCase.ts'
import type { AssignedBy, AssignedValue } from '../layers/own/assignment.ts'
import { tracedStep } from '../layers/own/stepTrace.ts'
import type { Variable } from '../layers/weights/variable.ts'
import { checkValues, setValues } from '../layers/weights/variableValues.ts'
import { variableOf, type WeightInfo } from '../layers/weights/weightAccess.ts'
import { NativeFunction, Unknown, type Value } from '../python/values.ts'
import { Tensor } from '../util/tensor.ts'
import { valuesGiven } from './functions.ts'
import { elementwise, type NdArray } from './numbers/ndarray.ts'
import { arrayOf, tensorNumbers } from './numbersValue.ts'
import type { Reader } from './reader.ts'
import { shapeTuple } from './tensorValue.ts'
import { KerasObject } from './values.ts'

const CHANGES: Readonly<Record<string, (before: number, value: number) => number>> = {
  assign: (_, value) => value,
  assign_add: (before, value) => before + value,
  assign_sub: (before, value) => before - value,
}

/** The numbers of a weight as they are while the text is read; they are not known where a device has newer ones. */
const numbersOf = (reader: Reader, { value, shape, home, path }: Variable): Value =>
  home ? new Unknown(path) : tensorNumbers(reader, new Tensor(value.slice(), shape))

/** `weight.assign(values)` and `weight.numpy()` outside of calls and steps; undefined for other attributes. */
export function ofNumbers(reader: Reader, variable: Variable, name: string): Value | undefined {
  if (name === 'numpy' && !reader.isInCall) return new NativeFunction(name, () => numbersOf(reader, variable))
  const change = Object.hasOwn(CHANGES, name) ? CHANGES[name] : undefined
  if (!change || reader.isInCall) return undefined
  return new NativeFunction(name, (args, at) => {
    const [value = null] = valuesGiven(args)
    return reader.attempt(at, () => {
      const given = arrayOf(reader, value instanceof WeightValue ? value.numbers : value)
      if (!given || (name !== 'assign' && variable.home)) {
        reader.plain(value)
        return reader.interpreter.problem(
          at,
          'sets a weight to numbers that are not in the text',
          variable.path,
        )
      }
      const before: NdArray = {
        data: Float64Array.from(name === 'assign' ? given.data : variable.value),
        shape: name === 'assign' ? given.shape : variable.shape,
        isInteger: false,
      }
      const { data, shape } = elementwise(before, given, false, change) ?? given
      const next = new Tensor(Float32Array.from(data), [...shape])
      setValues([variable], checkValues(name, [variable], [next]))
      return null
    })
  })
}

export class WeightValue extends KerasObject {
  readonly #weight: WeightInfo
  readonly #variable: Variable | undefined

  constructor(reader: Reader, weight: WeightInfo) {
    super(reader, weight)
    this.#weight = weight
    this.#variable = variableOf(weight)
  }

  override attribute(name: string): Value | undefined {
    const weight = this.#weight
    switch (name) {
      case 'shape':
        return shapeTuple(weight.shape)
      case 'name':
      case 'path':
      case 'dtype':
      case 'trainable':
        return weight[name]
    }
    const { reader } = this
    if (reader.isInCall && Object.hasOwn(CHANGES, name))
      return new NativeFunction(name, (args, at) =>
        reader.attempt(at, () => {
          const [value = null] = valuesGiven(args)
          const by = toCamelCase(name) as AssignedBy
          return reader.wrap(tracedStep(name).assign(name, weight, by, reader.plain(value) as AssignedValue))
        }),
      )
    return this.#variable && ofNumbers(reader, this.#variable, name)
  }

  /** What it computes with outside of calls and steps. */
  get numbers(): Value {
    return this.#variable ? numbersOf(this.reader, this.#variable) : new Unknown(this.#weight.path)
  }

  override binary(operator: string, left: Value, right: Value, at: number): Value | undefined {
    const { reader } = this
    const side = (value: Value): Value => {
      if (!(value instanceof WeightValue)) return value
      return reader.isInCall ? reader.wrap(value.#variable) : value.numbers
    }
    return reader.interpreter.binary(operator, side(left), side(right), at)
  }
}
