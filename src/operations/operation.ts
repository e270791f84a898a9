// What functions of `ops` consist of: operations on symbolic tensors, each a call of a layer of its own, which lowers to operations of
// the step's graph.

import { describeValue, fail, impossible } from '../errors.ts'
import type { Graph, Value } from '../graph/graph.ts'
import type { CpuSide } from '../graph/operation.ts'
import type { CallRequest, MaskedValue, StepLowering } from '../layers/call.ts'
import { DirectLayer } from '../layers/directLayer.ts'
import { allowFunctions } from '../layers/functions.ts'
import type { Layer, LayerDefinition } from '../layers/layer.ts'
import { layerOptions } from '../layers/options.ts'
import { asFloat, type ParsedOperand, parseOperand } from '../layers/own/operand.ts'
import { isTracing } from '../layers/own/tracing.ts'
import { type LayerNode, type OwnOptions, oneOrAll, SymbolicTensor } from '../layers/symbolicTensor.ts'
import { allowOwn } from '../layers/weights/initializer.ts'
import { readOwnInitializer } from '../layers/weights/ownInitializer.ts'
import { DrawnVariable, type Variable } from '../layers/weights/variable.ts'
import type { WeightInfo } from '../layers/weights/weightAccess.ts'
import { broadcastShapes } from '../util/broadcastShapes.ts'
import type { Read } from '../util/options.ts'
import { type OpenShape, showShape } from '../util/shape.ts'
import { type NestedArray, type NumericArray, Tensor } from '../util/tensor.ts'
import { type Assignable, newest } from './assignable.ts'
import { traceFunction } from './functions.ts'

allowFunctions(traceFunction)
allowOwn(readOwnInitializer)

/**
 * What an operation computes with: a symbolic tensor, a weight that `addWeight` returned or `weights` lists, a metric's variable, or what stays as it is: a number, `true`
 * for 1 and `false` for 0, nested arrays, a typed array, a `tensor`.
 */
export type Operand =
  | SymbolicTensor
  | DrawnVariable
  | WeightInfo
  | Assignable
  | boolean
  | NestedArray
  | NumericArray
  | Tensor

/** An operand in a step: a number stays one. */
export type LoweredOperand = Value | number

/** CPU sides by the names of operations: the exports of a module such as `sort.cpu.ts`. */
export type Sides = Readonly<Record<string, CpuSide>>

/** What an operation is. `Args` are its arguments beside the tensors. */
export interface OperationDefinition<Args extends object> {
  /** What errors call it. */
  readonly name: string
  /** Whether it reads integers as they are, which otherwise become floats before. */
  readonly takesIntegers?: boolean
  /** Whether it draws, anew in each step. */
  readonly draws?: boolean
  /** What its operations do on the CPU where it is called with numbers alone: the modules of those that numberSides.ts lacks. */
  readonly sides?: Sides
  /** The shapes of the results for those of the operands; numbers have `[]`. Open extents are null. */
  outputShapes(shapes: readonly OpenShape[], args: Args, where: string): readonly OpenShape[]
  /** Adds the operations of a step. */
  lower(
    graph: Graph,
    operands: readonly LoweredOperand[],
    args: Args,
    /** How often this call was made before in the step; counts this one. */
    repetition: () => number,
  ): readonly Value[]
}

/** What a call knows beside its symbolic inputs. */
interface OperationCall extends OwnOptions {
  /** Each operand: null for the next input. */
  readonly operands: readonly (null | number | Variable)[]
  readonly args: object
  /** The function that was called, for errors. */
  readonly where: string
}

/** One operation of the several that a function of `ops` may be (operationLayer.ts). */
class PrimitiveLayer extends DirectLayer {
  readonly #operation: OperationDefinition<object>

  constructor(operation: OperationDefinition<object>) {
    // With a name of its own it takes none of those that Keras counts.
    super(definitionOf(operation), { name: operation.name })
    this.#operation = operation
  }

  override get module(): string {
    return 'keras.src.ops'
  }

  // As in Keras masks end in an operation without a word.
  override get losesMask(): boolean {
    return false
  }

  /** @internal Numbers of an operand that nothing changes. */
  constantOf(values: Tensor): Variable {
    return this.addConstant(`constant_${this.variables.length}`, values)
  }

  get sides(): Sides | undefined {
    return this.#operation.sides
  }

  isOfNumbers({ options, outputs }: LayerNode): boolean {
    // Where extents are open, only the step knows which numbers these are.
    if (outputs.some(({ shape }) => shape.includes(null))) return false
    const { operands } = options as OperationCall
    const isKnown = operands.every(
      (operand) => !(operand instanceof DrawnVariable) || operand.kind === 'constant',
    )
    return isKnown && !(this.#operation.draws && isTracing())
  }

  override outputShapes(
    inputs: readonly OpenShape[],
    _source?: unknown,
    options: OwnOptions = {},
  ): readonly OpenShape[] {
    const { operands, args, where } = options as OperationCall
    const remaining = [...inputs]
    const shapes = operands.map((operand): OpenShape => {
      if (operand === null) return remaining.shift() ?? []
      return typeof operand === 'number' ? [] : operand.shape
    })
    return this.#operation.outputShapes(shapes, args, where)
  }

  protected override lowerCall(
    step: StepLowering,
    { inputs, options = {} }: CallRequest,
  ): readonly MaskedValue[] {
    const { operands, args } = options as OperationCall
    const graph = step.graph.withMixed(this.dtypePolicy === 'mixed_float16')
    const remaining = [...inputs]
    const values = operands.map((operand): LoweredOperand => {
      if (typeof operand === 'number') return operand
      if (operand !== null) return step.variable(operand)
      const input = remaining.shift() ?? impossible(`${this.where} lacks an input`)
      return this.#operation.takesIntegers ? input : asFloat(graph, input)
    })
    const repetition = (): number => step.countCall(this)
    return this.#operation.lower(graph, values, args, repetition).map((value) => ({ value, mask: null }))
  }
}

/** The class of an operation, of which there are no options. */
const definitionOf = (operation: OperationDefinition<object>): LayerDefinition => ({
  className: 'ops',
  table: layerOptions,
  create: () => new PrimitiveLayer(operation),
})

/** Applies an operation to operands; the results are a list. */
export type Apply<Args extends object> = (
  where: string,
  operands: readonly unknown[],
  args: Args,
) => readonly SymbolicTensor[]

/** Makes an operation of its definition. */
/* @__NO_SIDE_EFFECTS__ */
export function defineOperation<Args extends object>(definition: OperationDefinition<Args>): Apply<Args> {
  // Calls give each operation the arguments of its own type.
  const erased = definition as unknown as OperationDefinition<object>
  return (where, operands, args) => {
    const layer = new PrimitiveLayer(erased)
    const given = operands.map((operand) => operandOf(layer, operand, where))
    // Of numbers alone there would be no tensor to compute with.
    const isPlain = given.every((operand) => typeof operand === 'number')
    const read = isPlain ? given.map((number) => layer.constantOf(scalar(number))) : given
    const inputs = read.filter((operand) => operand instanceof SymbolicTensor)
    const call: OperationCall = {
      operands: read.map((operand) => (operand instanceof SymbolicTensor ? null : operand)),
      args,
      where,
    }
    return layer.connect(inputs, { options: call })
  }
}

/** A number as a tensor without axes. */
const scalar = (number: number): Tensor => new Tensor(Float32Array.of(number), [])

/** Whether what a call reads beside its inputs is numbers: no weight, and while a function is traced no draw. */
export const isOfNumbers = (layer: Layer, node: LayerNode): boolean =>
  layer instanceof PrimitiveLayer && layer.isOfNumbers(node)

/** The CPU sides that layers name, which `isOfNumbers`. */
export const sidesOf = (layers: readonly Layer[]): Sides =>
  Object.assign({}, ...layers.map((layer) => layer instanceof PrimitiveLayer && layer.sides))

function operandOf(
  layer: PrimitiveLayer,
  operand: unknown,
  where: string,
): SymbolicTensor | number | Variable {
  const read = checkOperand(operand, where)
  // All rows of an Embedding's table may change in every step then, so that none can lag behind.
  if (read instanceof DrawnVariable) read.history = undefined
  if (typeof read === 'number' || read instanceof SymbolicTensor || read instanceof DrawnVariable) return read
  return layer.constantOf(read)
}

/** The shape of an operand as the user gave it. */
export function shapeOfOperand(operand: unknown, where: string): OpenShape {
  const read = checkOperand(operand, where)
  return typeof read === 'number' ? [] : read.shape
}

/** Reads an option that is an operand. */
export const readOperand: Read<Operand> = (where, name, value) => {
  checkOperand(value, `${where}: ${name}`)
  return value as Operand
}

/** The numbers of an operand that is neither symbolic nor a weight. */
export function numbersOf(operand: unknown, where: string): Tensor {
  const read = checkOperand(operand, where)
  if (read instanceof SymbolicTensor || read instanceof DrawnVariable)
    return fail(where, { expected: 'numbers', got: describeValue(operand) })
  return typeof read === 'number' ? scalar(read) : read
}

/** An operand as the user gave it, of what is assigned to the newest value. */
function checkOperand(given: unknown, where: string): ParsedOperand {
  const operand = newest(given)
  return (
    parseOperand(operand, where) ??
    fail(where, {
      expected: 'a symbolic tensor, a number or an array of numbers',
      got: describeValue(operand),
      remedy:
        operand === undefined
          ? 'A weight in a field is there once build or the constructor made it: this.kernel = this.addWeight({ shape }).'
          : undefined,
    })
  )
}

/** An operand that must be a tensor. */
export const tensorOf = (operand: LoweredOperand | undefined, where: string): Value =>
  typeof operand === 'object' ? operand : fail(where, { expected: 'a tensor', got: `${operand}` })

/** The only result of an operation. */
export const single = (results: readonly SymbolicTensor[]): SymbolicTensor =>
  oneOrAll(results) as SymbolicTensor

/** The axis counted from the start; throws where the shape has none. */
export function axisOf(where: string, axis: unknown, rank: number): number {
  if (typeof axis === 'number' && Number.isInteger(axis) && axis >= -rank && axis < rank)
    return axis < 0 ? axis + rank : axis
  return fail(where, {
    expected: rank === 0 ? 'a tensor with axes' : `an axis from ${-rank} to ${rank - 1}`,
    got: describeValue(axis),
  })
}

/** An axis counted from the start, whose extent the operation needs to know. */
export function knownAxisOf(where: string, x: Operand, axis: number) {
  const shape = shapeOfOperand(x, where)
  const at = axisOf(where, axis, shape.length)
  const extent =
    shape[at] ?? fail(where, { expected: 'an axis whose extent is known', got: showShape(shape) })
  return { shape, at, extent }
}

/** A list of integers, of which some may be null where that is allowed. */
export function integersOf(
  where: string,
  name: string,
  value: unknown,
  isOpen = false,
): readonly (number | null)[] {
  const fits = (entry: unknown): boolean => (isOpen && entry === null) || Number.isInteger(entry)
  if (Array.isArray(value) && value.every(fits)) return value as readonly (number | null)[]
  return fail(where, { expected: `${name} to be a list of integers`, got: describeValue(value) })
}

/** The shape that all broadcast to; open extents fit any. */
export const broadcastOpen = (shapes: readonly OpenShape[], where: string): OpenShape =>
  broadcastShapes(
    where,
    shapes,
    'Each axis, from the last one, is equal in both or 1 in one: see ops.expandDims and ops.transpose.',
  )

/** The tensors of a function that takes a list of them. */
export const listOf = (name: string, xs: unknown): readonly Operand[] =>
  Array.isArray(xs) && xs.length > 0
    ? (xs as readonly Operand[])
    : fail(name, { expected: 'a list of tensors', got: describeValue(xs) })
