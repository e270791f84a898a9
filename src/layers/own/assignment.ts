// Assignments to weights in code of one's own. Each is a call in the graph that the code is traced to, and these run in the order of the
// code: what reads the weight behind an assignment, in the same call or in a later one of the step, reads the new value.

import { describeValue, fail, impossible } from '../../errors.ts'
import type { Graph, Value } from '../../graph/graph.ts'
import { affine } from '../../ops/affine.ts'
import { point } from '../../ops/pointwise.ts'
import { broadcastShapes } from '../../util/broadcastShapes.ts'
import { type OpenShape, sameShape, showShape, sizeOf } from '../../util/shape.ts'
import { type NestedArray, type NumericArray, Tensor } from '../../util/tensor.ts'
import type { CallRequest, MaskedValue, StepLowering } from '../call.ts'
import type { LayerDefinition } from '../layer.ts'
import { layerOptions } from '../options.ts'
import { SymbolicTensor } from '../symbolicTensor.ts'
import type { DrawnVariable, Variable } from '../weights/variable.ts'
import { variableOf, type WeightInfo } from '../weights/weightAccess.ts'
import { CodeLayer } from './codeLayer.ts'
import { asFloat, type ParsedOperand, parseOperand } from './operand.ts'

/** What a weight may be assigned: a symbolic tensor, another weight, or numbers, of which one fills the weight. */
export type AssignedValue =
  | SymbolicTensor
  | DrawnVariable
  | WeightInfo
  | boolean
  | NestedArray
  | NumericArray
  | Tensor

/** What becomes of a weight: the value, or the sum or the difference of the weight and the value. */
export type AssignedBy = 'assign' | 'assignAdd' | 'assignSub'

const FUNCTIONS = { assignAdd: 'add', assignSub: 'subtract' } as const

class AssignmentLayer extends CodeLayer {
  readonly #weight: DrawnVariable
  readonly #by: AssignedBy
  /** What is assigned; null for the symbolic tensor that the layer is called on. */
  readonly #value: number | Variable | null

  constructor(where: string, weight: DrawnVariable, by: AssignedBy, value: ParsedOperand) {
    super(where, definition, by)
    this.#weight = weight
    this.#by = by
    this.#value =
      value instanceof Tensor
        ? this.addConstant('value', value)
        : value instanceof SymbolicTensor
          ? null
          : value
  }

  override outputShapes([input]: readonly OpenShape[]): readonly OpenShape[] {
    const { shape } = this.#weight
    const value = this.#value
    const given = value === null ? (input ?? []) : typeof value === 'number' ? shape : value.shape
    const result = this.#by === 'assign' ? given : broadcastShapes(this.where, [shape, given])
    if (!sameShape(result, shape))
      fail(this.where, { expected: `a value ${showShape(shape)}`, got: showShape(given) })
    return [shape]
  }

  protected override lowerCall(step: StepLowering, { inputs }: CallRequest): readonly MaskedValue[] {
    const weight = this.#weight
    const { graph } = step
    const next = this.#next(graph, step.variable(weight), this.#operand(step, inputs[0]))
    const value = weight.isInteger ? point(graph, 'trunc', next) : next
    step.update(weight, value)
    return [{ value, mask: null }]
  }

  #operand(step: StepLowering, input: Value | undefined): Value | number {
    if (typeof this.#value === 'number') return this.#value
    const value =
      (this.#value ? step.variable(this.#value) : input) ?? impossible(`${this.where} lacks an input`)
    return asFloat(step.graph, value)
  }

  #next(graph: Graph, before: Value, operand: Value | number): Value {
    if (this.#by !== 'assign') return point(graph, FUNCTIONS[this.#by], before, operand)
    if (typeof operand === 'object') {
      // Weights are written one after the other at the end of a step: the value of another one is copied before.
      return affine(graph, { x: operand }, {}).y
    }
    return graph.constant(new Float32Array(sizeOf(before.shape)).fill(operand), before.shape)
  }
}

/** The class of an assignment, of which there are no options. */
const definition: LayerDefinition = {
  className: 'Assignment',
  table: layerOptions,
  create: () => impossible('an assignment is made in a call alone'),
}

/** Adds an assignment to the graph that is traced; its result is the new value. */
export function assigned(
  where: string,
  weight: DrawnVariable,
  by: AssignedBy,
  given: AssignedValue,
): SymbolicTensor {
  const value =
    parseOperand(variableOf(given) ?? given, where) ??
    fail(where, {
      expected: 'a symbolic tensor, a weight, a number or an array of numbers',
      got: describeValue(given),
    })
  const layer = new AssignmentLayer(where, weight, by, value)
  return layer.connect(value instanceof SymbolicTensor ? [value] : [])[0] as SymbolicTensor
}
