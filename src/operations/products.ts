// Products of tensors: matrices, and sums over any axes that two tensors have in common, named by letters as in Einstein's notation.

import { checkInteger, checkText, describeValue, fail, impossible } from '../errors.ts'
import type { Graph, Value } from '../graph/graph.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { broadcast } from '../ops/broadcasting.ts'
import { contraction } from '../ops/contraction.ts'
import * as matmulSides from '../ops/matmul.cpu.ts'
import { matmul as product } from '../ops/matmul.ts'
import { reshape as view } from '../ops/view.ts'
import { type OpenShape, type Shape, showShape, sizeOf } from '../util/shape.ts'
import { getItem } from './indexing.ts'
import {
  axisOf,
  broadcastOpen,
  defineOperation,
  type Operand,
  shapeOfOperand,
  single,
  tensorOf,
} from './operation.ts'
import { operation } from './operationLayer.ts'
import { ravel, reshape, transpose } from './shapes.ts'

const matmuls = defineOperation<object>({
  name: 'matmul',
  sides: matmulSides,
  outputShapes: ([a = [], b = []], _args, where) => [matmulShape(a, b, where)],
  lower: (graph, operands) => {
    const [x = null, y = null] = operands.map((operand) => tensorOf(operand, 'ops.matmul'))
    if (!x || !y) impossible('a product of two tensors has two')
    const shape = matmulShape(x.shape, y.shape, 'ops.matmul') as Shape
    const a = x.shape.length === 1 ? view(graph, x, { shape: [1, ...x.shape] }) : x
    const b = y.shape.length === 1 ? view(graph, y, { shape: [...y.shape, 1] }) : y
    return [view(graph, multiplied(graph, a, b), { shape })]
  },
})

function multiplied(graph: Graph, a: Value, b: Value): Value {
  const [k = 1, n = 1] = b.shape.slice(-2)
  // A matrix that all share multiplies all rows at once.
  if (b.shape.length === 2)
    return product(graph, { a: view(graph, a, { shape: [sizeOf(a.shape) / k, k] }), b }, {}).y
  const outer = broadcastOpen([a.shape.slice(0, -2), b.shape.slice(0, -2)], 'ops.matmul') as Shape
  const all = (x: Value): Value => broadcast(graph, x, [...outer, ...x.shape.slice(-2)])
  const [left, right] = [all(a), all(b)]
  const [m = 1] = a.shape.slice(-2)
  const batch = sizeOf(outer)
  const { y } = product(
    graph,
    { a: view(graph, left, { shape: [batch, m, k] }), b: view(graph, right, { shape: [batch, k, n] }) },
    {},
  )
  return y
}

function matmulShape(a: OpenShape, b: OpenShape, where: string): OpenShape {
  const terms = [a.at(-1), b.length === 1 ? b[0] : b.at(-2)]
  const [p, q] = terms
  if (a.length === 0 || b.length === 0 || (p !== q && p !== null && q !== null)) {
    fail(where, {
      expected: 'the last axis of x1 as long as the last but one of x2',
      got: `${showShape(a)} and ${showShape(b)}`,
    })
  }
  const outer = broadcastOpen([a.slice(0, -2), b.slice(0, -2)], where)
  return [...outer, ...(a.length > 1 ? [a.at(-2) ?? null] : []), ...(b.length > 1 ? [b.at(-1) ?? null] : [])]
}

/** The product of matrices: `[..., m, k]` and `[..., k, n]` → `[..., m, n]`; axes in front are a batch of products, which broadcast. */
export const matmul = operation(
  'numpy',
  'Matmul',
  'x1 x2',
  (x1: Operand, x2: Operand): SymbolicTensor => single(matmuls('ops.matmul', [x1, x2], {})),
)

/** The letters of each operand's axes and of the result's. */
interface Subscripts {
  readonly inputs: readonly (readonly string[])[]
  readonly output: readonly string[]
}

const sums = defineOperation<Subscripts>({
  name: 'einsum',
  sides: matmulSides,
  outputShapes: (shapes, { inputs, output }, where) => {
    const extents = new Map<string, number | null>()
    inputs.forEach((letters, operand) => {
      letters.forEach((letter, axis) => {
        const extent = shapes[operand]?.[axis] ?? null
        const known = extents.get(letter) ?? null
        if (known !== null && extent !== null && known !== extent)
          fail(where, { expected: `${known} entries along "${letter}"`, got: `${extent}` })
        extents.set(letter, known ?? extent)
      })
    })
    return [output.map((letter) => extents.get(letter) ?? null)]
  },
  lower: (graph, operands, { inputs, output }) => [
    contraction(
      graph,
      operands.map((operand, i) => ({ value: tensorOf(operand, 'ops.einsum'), letters: inputs[i] ?? [] })),
      output,
    ),
  ],
})

const apply = (where: string, operands: readonly Operand[], subscripts: Subscripts): SymbolicTensor =>
  single(sums(where, operands, subscripts))

/**
 * A sum of products by Einstein's notation: `ops.einsum('btf,fu->btu', x, w)`. Letters that the result lacks are summed; `...`
 * stands for axes that are the same everywhere.
 */
export const einsum = operation(
  'numpy',
  'Einsum',
  'subscripts= ...operands',
  (subscripts: string, ...operands: readonly Operand[]): SymbolicTensor => {
    const where = 'ops.einsum'
    const [inputs = '', output] = checkText(where, 'subscripts', subscripts).replaceAll(' ', '').split('->')
    const terms = inputs.split(',')
    const shapes = operands.map((operand) => shapeOfOperand(operand, where))
    const ranks = terms.map((term, i) => (shapes[i]?.length ?? 0) - term.replace('...', '').length)
    const most = Math.max(0, ...terms.map((term, i) => (term.includes('...') ? (ranks[i] ?? 0) : 0)))
    // Digits are the letters of the axes that `...` stands for.
    const digits = Array.from({ length: most }, (_, i) => `${i}`)
    const lettersOf = (term: string, count: number): string[] => {
      const [before = '', behind = ''] = term.split('...')
      return [...before, ...digits.slice(most - count), ...behind]
    }
    const found = terms.map((term, i) => lettersOf(term, term.includes('...') ? (ranks[i] ?? 0) : 0))
    const all = found.flat()
    const implied = [
      ...digits,
      ...[...new Set(all)]
        .filter((letter) => !digits.includes(letter) && all.filter((l) => l === letter).length === 1)
        .sort(),
    ]
    const result = output === undefined ? implied : lettersOf(output, output.includes('...') ? most : 0)
    const fits =
      terms.length === operands.length &&
      found.every((letters, i) => letters.length === shapes[i]?.length) &&
      new Set(result).size === result.length &&
      result.every((letter) => all.includes(letter))
    if (!fits) {
      fail(where, {
        expected: 'letters for the axes of each tensor, and a result of these letters, each once',
        got: `"${subscripts}" for ${shapes.map(showShape).join(' and ')}`,
      })
    }
    const single = found.map((letters, i) => withoutRepetition(where, operands[i] as Operand, letters))
    return apply(
      where,
      single.map(({ x }) => x),
      { inputs: single.map(({ letters }) => letters), output: result },
    )
  },
)

/** A tensor in which no letter stands twice: of axes of one letter there is the diagonal, as a last axis. */
function withoutRepetition(
  where: string,
  x: Operand,
  letters: readonly string[],
): { x: Operand; letters: readonly string[] } {
  const first = letters.findIndex((letter, axis) => letters.lastIndexOf(letter) !== axis)
  if (first < 0) return { x, letters }
  const letter = letters[first] as string
  const second = letters.indexOf(letter, first + 1)
  const shape = shapeOfOperand(x, where)
  const [rows = null, columns = null] = [shape[first], shape[second]]
  if (rows === null || rows !== columns)
    return fail(where, {
      expected: `axes of one known extent for "${letter}", which stands twice in a tensor`,
      got: showShape(shape),
    })
  const others = letters.map((_, axis) => axis).filter((axis) => axis !== first && axis !== second)
  const flat = reshape(transpose(x, [...others, first, second]), [
    ...others.map((axis) => shape[axis] ?? -1),
    rows * rows,
  ])
  const diagonal = getItem(flat, ['...', [0, null, rows + 1]])
  return withoutRepetition(where, diagonal, [...others.map((axis) => letters[axis] as string), letter])
}

const LETTERS = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ']

/** The sum over the last axes of x1 and the first of x2, as many as `axes` says, or over the axes that two lists name. */
export const tensordot = operation(
  'numpy',
  'Tensordot',
  'x1 x2 axes=2',
  (
    x1: Operand,
    x2: Operand,
    axes: number | readonly [number | readonly number[], number | readonly number[]] = 2,
  ): SymbolicTensor => {
    const where = 'ops.tensordot'
    const [p, q] = [shapeOfOperand(x1, where).length, shapeOfOperand(x2, where).length]
    const range = (start: number, count: number): number[] =>
      Array.from({ length: count }, (_, i) => start + i)
    const axisLists: readonly unknown[] = Array.isArray(axes) ? axes : []
    if (typeof axes !== 'number' && axisLists.length !== 2)
      fail(where, { expected: 'axes as a number or two lists', got: describeValue(axes) })
    if (typeof axes === 'number') checkInteger(where, 'axes', axes, { min: 0, max: Math.min(p, q) })
    const [left, right] =
      typeof axes === 'number'
        ? [range(p - axes, axes), range(0, axes)]
        : [
            [axisLists[0]].flat().map((axis) => axisOf(where, axis, p)),
            [axisLists[1]].flat().map((axis) => axisOf(where, axis, q)),
          ]
    if (left.length !== right.length)
      fail(where, { expected: 'as many axes of x1 as of x2', got: describeValue(axes) })
    const first = LETTERS.slice(0, p)
    const second = range(0, q).map((axis) => {
      const at = right.indexOf(axis)
      return at < 0 ? (LETTERS[p + axis] ?? '') : (first[left[at] ?? 0] ?? '')
    })
    const shared = left.map((axis) => first[axis])
    const output = [...first, ...second].filter((letter) => !shared.includes(letter))
    return apply(where, [x1, x2], { inputs: [first, second], output })
  },
)

/** The sum over the last axis of x1 and the last but one, or the only one, of x2; numbers multiply. */
export const dot = operation('numpy', 'Dot', 'x1 x2', (x1: Operand, x2: Operand): SymbolicTensor => {
  const where = 'ops.dot'
  const [p, q] = [shapeOfOperand(x1, where).length, shapeOfOperand(x2, where).length]
  if (p === 0 || q === 0) return tensordot(x1, x2, 0)
  return tensordot(x1, x2, [-1, q === 1 ? -1 : -2])
})

/** The products of all entries of two tensors, of whatever shapes: `[m]` and `[n]` → `[m, n]`. */
export const outer = operation(
  'numpy',
  'Outer',
  'x1 x2',
  (x1: Operand, x2: Operand): SymbolicTensor => tensordot(ravel(x1), ravel(x2), 0),
)
