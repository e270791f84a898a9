// Expressions of tensors, element by element, in one launch: y = tanh(a·k + b), with NumPy's broadcasting. An operation that is
// added has one instruction; the compiler lets an expression absorb those whose results it reads.

import { fail, impossible } from '../errors.ts'
import type { Graph, Node, Value } from '../graph/graph.ts'
import { defineOp, type Gradients, type Operation } from '../graph/operation.ts'
import { broadcastShapes } from '../util/broadcastShapes.ts'
import { type Shape, showShape, sizeOf } from '../util/shape.ts'
import { sumTo } from './broadcasting.ts'
import { pointwise as kernel } from './kernels.gen.ts'
import { absorbed } from './pointwiseAbsorption.ts'
import {
  ACTIVATIONS,
  constantIn,
  FIRST_CONSTANT,
  type Instruction,
  MOST_TENSORS,
  type PointwiseName,
  packInstruction,
  pointwiseCodeOf,
  SLOPES,
} from './pointwiseFunctions.ts'
import { gradientsOf } from './pointwiseGradients.ts'

export interface PointwiseAttributes {
  /** The last one's result is y. */
  readonly instructions: readonly Instruction[]
  readonly constants: readonly number[]
}

/** Names of the tensors. */
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'] as const
type Name = (typeof NAMES)[number]
type Tensors<T> = Readonly<Partial<Record<Name, T | undefined>>>

const MOST_AXES = 8

const listed = <T>(tensors: Tensors<T>): readonly T[] =>
  NAMES.map((name) => tensors[name]).filter((tensor) => tensor !== undefined)

/** Tensors, of which there is one at least, by name. */
const named = (values: readonly Value[]): { readonly a: Value } & { readonly [N in Name]?: Value } =>
  Object.fromEntries(values.map((value, i) => [NAMES[i], value])) as { a: Value }

/** The extents of y along the fewest axes, and for each tensor what a step along each is in it. */
function axesOf(shapes: readonly Shape[], y: Shape) {
  const axes: { extent: number; isOne: boolean[] }[] = []
  y.forEach((extent, axis) => {
    if (extent === 1) return
    const isOne = shapes.map((shape) => (shape[axis - y.length + shape.length] ?? 1) === 1)
    const last = axes.at(-1)
    if (last?.isOne.join() === isOne.join()) last.extent *= extent
    else axes.push({ extent, isOne })
  })
  if (axes.length > MOST_AXES) {
    fail('pointwise', {
      expected: `at most ${MOST_AXES} axes that broadcast in turn`,
      got: shapes.map(showShape).join(' and '),
    })
  }
  const strides = shapes.map((_, tensor) => {
    let stride = 1
    const found = [...axes].reverse().map(({ extent, isOne }) => {
      const step = isOne[tensor] ? 0 : stride
      if (!isOne[tensor]) stride *= extent
      return step
    })
    return found.reverse()
  })
  const isPlain = axes.length < 2 && strides.every(([step = 1]) => step === 1)
  return { extents: axes.map(({ extent }) => extent), strides, count: isPlain ? 0 : axes.length }
}

const filled = (numbers: readonly number[], length: number): number[] => [
  ...numbers,
  ...Array<number>(length - numbers.length).fill(0),
]

export const pointwise = defineOp({
  kernel,
  dims: { a: '...', b: '...', c: '...', d: '...', e: '...', f: '...' },
  optional: ['b', 'c', 'd', 'e', 'f'],
  shape: ({ a, b, c, d, e, f }, _attrs: PointwiseAttributes) => ({
    y: broadcastShapes('pointwise', listed({ a, b, c, d, e, f })) as Shape,
  }),
  params({ a, b, c, d, e, f, y }, { instructions, constants }) {
    const shapes = listed({ a, b, c, d, e, f })
    const { extents, strides, count } = axesOf(shapes, y)
    return {
      size: sizeOf(y),
      shape: filled(extents, MOST_AXES),
      strides: filled(
        strides.flatMap((steps) => filled(steps, MOST_AXES)),
        MOST_TENSORS * MOST_AXES,
      ),
      constants: filled(constants, 8),
      TENSORS: shapes.length,
      AXES: count,
      INSTRUCTIONS: instructions.length,
      ...Object.fromEntries(
        instructions.map((instruction, i) => [`INSTRUCTION_${i}`, packInstruction(instruction)]),
      ),
    }
  },
  threads: ({ size }) => Math.ceil(size / 4),
  gradient({ graph, inputs, outputs: { y }, attrs, wants }, { y: dy }): Gradients<Name> {
    const [instruction, ...others] = attrs.instructions
    // The compiler fuses after differentiation.
    if (!instruction || others.length > 0) impossible('a fused expression is differentiated')
    if (!dy) return {}
    const values = listed(inputs)
    const operands = instruction.operands.map(
      (operand) => values[operand] ?? attrs.constants[operand - FIRST_CONSTANT] ?? 0,
    )
    const evaluate = (fn: PointwiseName | number, ...list: readonly Operand[]): Operand =>
      point(graph, fn, ...list)
    const found: Partial<Record<Name, Value>> = {}
    const gradients = gradientsOf(instruction.code, { operands, y, dy, evaluate })
    instruction.operands.forEach((operand, i) => {
      const name = NAMES[operand]
      const value = values[operand]
      if (!name || !value || !wants(name)) return
      const d = gradients[i]?.()
      if (typeof d !== 'object') return
      const part = sumTo(graph, d, value.shape)
      // A tensor may be several operands, as in x·x.
      const others = found[name]
      found[name] = others ? point(graph, 'add', others, part) : part
    })
    return found
  },
  asEpilogue({ instructions: [first, ...others] }) {
    const isActivation = first && others.length === 0 && first.code >= ACTIVATIONS && first.code < SLOPES
    return isActivation ? { input: 'a', activation: first.code - ACTIVATIONS } : null
  },
  absorb(node: Node, graph: Graph): boolean {
    const merged = absorbed(node, graph)
    if (!merged) return false
    node.inputs = named(merged.tensors)
    node.attrs = merged.attrs
    return true
  },
  flops: ({ size, INSTRUCTIONS = 1 }) => size * INSTRUCTIONS,
})

/** The tensors and the expression of a node; null where it is another operation. */
export const expressionOf = ({ op, inputs, attrs }: Node) => {
  const self: Operation = pointwise.operation
  return op === self ? { tensors: listed(inputs as Tensors<Value>), ...(attrs as PointwiseAttributes) } : null
}

/** An operand of an expression: a tensor, or a number. */
export type Operand = Value | number

/** Adds a function of tensors and numbers, of which one at least is a tensor. */
export function point(graph: Graph, fn: PointwiseName | number, ...operands: readonly Operand[]): Value {
  const values = [...new Set(operands.filter((operand) => typeof operand === 'object'))]
  const constants: number[] = []
  const code = typeof fn === 'number' ? fn : pointwiseCodeOf(fn)
  const instruction: Instruction = {
    code,
    operands: operands.map((operand) =>
      typeof operand === 'number' ? constantIn(constants, operand) : values.indexOf(operand),
    ),
  }
  return pointwise(graph, named(values), { instructions: [instruction], constants }).y
}
