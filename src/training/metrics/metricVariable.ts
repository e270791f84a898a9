// A variable of a metric of one's own: a tensor of its state, which lies on the device over an epoch; and what hooks take and return.

import { checkText, describeValue, fail } from '../../errors.ts'
import { SymbolicTensor } from '../../layers/symbolicTensor.ts'
import { getInitializer } from '../../layers/weights/getInitializer.ts'
import type { InitializerIdentifier } from '../../layers/weights/initializer.ts'
import { Assignable, newest } from '../../operations/assignable.ts'
import { add, subtract } from '../../operations/elementwise.ts'
import { numbersOf, type Operand } from '../../operations/operation.ts'
import { zerosLike } from '../../operations/shapes.ts'
import { Generator } from '../../util/generator.ts'
import { nullable, option, readOptions, type TableFor } from '../../util/options.ts'
import { nextSeed } from '../../util/seed.ts'
import { type Shape, sameShape, showShape, sizeOf } from '../../util/shape.ts'

/** A variable of a metric: an operand of `ops`. */
export interface AddVariableOptions {
  /** Its shape, known in every extent; `[]`, a scalar, by default. */
  readonly shape?: Shape
  /** Makes the values that each epoch starts from; `'zeros'` by default. */
  readonly initializer?: InitializerIdentifier
  /** A name of its own; `variable`, `variable_1`, … by default. */
  readonly name?: string | null
  /** A dtype of Keras; it has no effect: variables are float32. */
  readonly dtype?: string | null
}

const variableTable = {
  shape: option<Shape>([], (where, name, value) =>
    Array.isArray(value) && value.every((extent) => Number.isInteger(extent) && extent > 0)
      ? (value as Shape)
      : fail(where, { expected: `${name} to be a list of extents`, got: describeValue(value) }),
  ),
  initializer: option<InitializerIdentifier>('zeros', (where, name, value) =>
    getInitializer(value as InitializerIdentifier, `${where}, ${name}`),
  ),
  name: nullable(checkText),
  dtype: nullable(checkText),
} as const satisfies TableFor<AddVariableOptions>

/** What a hook does with variables: the newest value of each in `updateState` and `result`, or the first ones that `resetState` sets. */
export type Hook =
  | { readonly values: Map<MetricVariable, SymbolicTensor> }
  | { readonly firsts: Map<MetricVariable, Float32Array> }

/** A tensor of a metric's state: an operand of `ops`, which `assign` changes. */
export class MetricVariable extends Assignable {
  /** Its name, under which files have it. */
  readonly name: string
  /** Its extents. */
  readonly shape: Shape
  /** @internal The values that each epoch starts from. */
  readonly first: Float32Array
  readonly #where: string
  readonly #hook: () => Hook | null

  /**
   * @param free The name by default.
   * @param hook Returns the hook that runs.
   */
  constructor(where: string, given: AddVariableOptions, free: string, hook: () => Hook | null) {
    super()
    const { shape, initializer, name } = readOptions(`${where}.addVariable`, variableTable, given)
    this.name = name ?? free
    this.shape = shape
    this.first = getInitializer(initializer, where)(shape, new Generator(nextSeed()))
    this.#where = `${where}, variable "${this.name}"`
    this.#hook = hook
  }

  /** @internal */
  read(): SymbolicTensor {
    const hook = this.#hook()
    const value = hook && 'values' in hook ? hook.values.get(this) : undefined
    return (
      value ??
      fail(this.#where, {
        expected: 'to be read in updateState or result',
        got: 'a use outside',
        remedy: 'Its values are on the device; await metric.result() gives those of the metric.',
      })
    )
  }

  /** In `updateState`: sets the variable, of which later uses have the new value. In `resetState`: to numbers, the same each time. */
  assign(value: Operand): void {
    const hook = this.#hook()
    if (!hook)
      fail(`${this.#where}.assign`, { expected: 'to be called in updateState', got: 'a call outside' })
    else if ('firsts' in hook) hook.firsts.set(this, this.#numbers(value))
    else hook.values.set(this, this.#fitting(value))
  }

  /** In `updateState`: adds to the variable. */
  assignAdd(value: Operand): void {
    this.assign(add(this, value))
  }

  /** In `updateState`: subtracts from the variable. */
  assignSub(value: Operand): void {
    this.assign(subtract(this, value))
  }

  #numbers(given: Operand): Float32Array {
    const where = `${this.#where}.assign`
    const { data, shape } = numbersOf(given, where)
    const size = sizeOf(this.shape)
    if (data.length === 1) return new Float32Array(size).fill(Number(data[0]))
    return sameShape(shape, this.shape) ? Float32Array.from(data) : this.#misfit(shape)
  }

  #fitting(given: Operand): SymbolicTensor {
    const newer = newest(given)
    // Numbers become a tensor of the graph by an addition to zeros.
    const value = newer instanceof SymbolicTensor ? newer : add(zerosLike(this), given)
    return sameShape(value.shape, this.shape) ? value : this.#misfit(value.shape)
  }

  #misfit(shape: readonly (number | null)[]): never {
    return fail(`${this.#where}.assign`, {
      expected: `a value ${showShape(this.shape)}`,
      got: showShape(shape),
    })
  }
}

/** What `updateState` gets beside targets and predictions. */
export interface UpdateInputs {
  /** The weight of each sample `[batch]`, time step or entry, in `weightedMetrics` and where predictions have a mask; else `null`. */
  readonly sampleWeight: SymbolicTensor | null
}

/** What `result` may return. */
export type MetricResult =
  | SymbolicTensor
  | MetricVariable
  | Readonly<Record<string, SymbolicTensor | MetricVariable>>
