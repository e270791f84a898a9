// Functions of the last two axes as matrices, or of diagonals: parts of them, sums, and products of all entries.

import { checkInteger, describeValue, fail } from '../errors.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { nullable, oneOf, option, readOptions, type TableFor } from '../util/options.ts'
import { showShape } from '../util/shape.ts'
import { Tensor } from '../util/tensor.ts'
import { copy } from './curves.ts'
import { add, multiply, subtract, where } from './elementwise.ts'
import { flip, getItem } from './indexing.ts'
import { concatenate, stack } from './joining.ts'
import { axisOf, listOf, type Operand, shapeOfOperand } from './operation.ts'
import { operation } from './operationLayer.ts'
import { matmul, tensordot } from './products.ts'
import { sum } from './reductions.ts'
import { expandDims, moveaxis, ravel, reshape, swapaxes } from './shapes.ts'
import { isFields } from './signature.ts'
import { take } from './taking.ts'
import { maskOf } from './triangles.ts'

/** The extents of two axes, which must be known. */
function sides(name: string, x: Operand, axes: readonly [number, number]): [rows: number, columns: number] {
  const shape = shapeOfOperand(x, name)
  const [rows, columns] = axes.map((axis) => shape[axisOf(name, axis, shape.length)] ?? null)
  if (rows === null || columns === null || rows === undefined || columns === undefined)
    return fail(name, { expected: 'two axes whose extents are known', got: showShape(shape) })
  return [rows, columns]
}

/** The diagonal of two axes, as a last axis: of `offset` 1 the one above it. */
export const diagonal = operation(
  'numpy',
  'Diagonal',
  'x offset=0 axis1=0 axis2=1',
  (x: Operand, offset = 0, axis1 = 0, axis2 = 1): SymbolicTensor => {
    const name = 'ops.diagonal'
    const by = checkInteger(name, 'offset', offset)
    const [rows, columns] = sides(name, x, [axis1, axis2])
    const first = Math.max(0, -by)
    const count = Math.min(rows - first, columns - first - by)
    if (count <= 0) fail(name, { expected: `a diagonal of ${rows} × ${columns}`, got: `offset ${by}` })
    const square = moveaxis(x, [axis1, axis2], [-2, -1])
    const flat = reshape(square, [...square.shape.slice(0, -2).map((extent) => extent ?? -1), rows * columns])
    return take(
      flat,
      Array.from({ length: count }, (_, i) => (first + i) * columns + first + i + by),
      -1,
    )
  },
)

/** The sum of the diagonal of two axes. */
export const trace = operation(
  'numpy',
  'Trace',
  'x offset=0 axis1=0 axis2=1',
  (x: Operand, offset = 0, axis1 = 0, axis2 = 1): SymbolicTensor =>
    sum(diagonal(x, offset, axis1, axis2), -1),
)

/** Of a row a matrix with it on the k-th diagonal, of a matrix that diagonal. */
export const diag = operation('numpy', 'Diag', 'x k=0', (x: Operand, k = 0): SymbolicTensor => {
  const name = 'ops.diag'
  const by = checkInteger(name, 'k', k)
  const shape = shapeOfOperand(x, name)
  if (shape.length === 2) return diagonal(x, by)
  const [n = null] = shape
  if (shape.length !== 1 || n === null)
    return fail(name, { expected: 'a row or a matrix of known extents', got: showShape(shape) })
  const size = n + Math.abs(by)
  const mask = maskOf(size, size, (d) => d === by)
  const places = Array.from({ length: size }, (_, i) => Math.min(Math.max(by >= 0 ? i - by : i, 0), n - 1))
  return where(mask, take(x, places, 0), 0)
})

/** A matrix with all entries of x on its k-th diagonal. */
export const diagflat = operation(
  'numpy',
  'Diagflat',
  'x k=0',
  (x: Operand, k = 0): SymbolicTensor => diag(ravel(x), k),
)

/** Turned by k quarters in the plane of two axes, from the first to the second. */
export const rot90 = operation(
  'numpy',
  'Rot90',
  'x k=1 axes=[0,1]',
  (x: Operand, k = 1, axes: readonly [number, number] = [0, 1]): SymbolicTensor => {
    const name = 'ops.rot90'
    const { length: rank } = shapeOfOperand(x, name)
    if (!Array.isArray(axes) || axes.length !== 2)
      return fail(name, { expected: 'two axes', got: describeValue(axes) })
    const [a, b] = axes.map((axis) => axisOf(name, axis, rank)) as [number, number]
    if (a === b) fail(name, { expected: 'two axes', got: `${a} twice` })
    const turns = ((checkInteger(name, 'k', k) % 4) + 4) % 4
    if (turns === 0) return getItem(x, [])
    if (turns === 2) return flip(flip(x, a), b)
    return turns === 1 ? swapaxes(flip(x, b), a, b) : flip(swapaxes(x, a, b), b)
  },
)

/** The entries of the first axis in reverse. */
export const flipud = operation('numpy', 'Flipud', 'x', (x: Operand): SymbolicTensor => flip(x, 0))
/** The entries of the second axis in reverse. */
export const fliplr = operation('numpy', 'Fliplr', 'x', (x: Operand): SymbolicTensor => flip(x, 1))

/** The sum of the products of all entries of two tensors, each as a row. */
export const vdot = operation(
  'numpy',
  'Vdot',
  'x1 x2',
  (x1: Operand, x2: Operand): SymbolicTensor => sum(multiply(ravel(x1), ravel(x2))),
)

/** The sums of products over the last axis of both: `[m, k]` and `[n, k]` → `[m, n]`. */
export const inner = operation('numpy', 'Inner', 'x1 x2', (x1: Operand, x2: Operand): SymbolicTensor => {
  const [p, q] = [shapeOfOperand(x1, 'ops.inner').length, shapeOfOperand(x2, 'ops.inner').length]
  return p === 0 || q === 0 ? multiply(x1, x2) : tensordot(x1, x2, [-1, -1])
})

/** Along which axes vectors lie, for {@link cross}. */
export interface CrossOptions {
  /** Those of x1, −1 by default. */
  readonly axisa?: number
  /** Those of x2, −1 by default. */
  readonly axisb?: number
  /** Those of the result, −1 by default. */
  readonly axisc?: number
  /** All three; `null`, the default: as the others say. */
  readonly axis?: number | null
}

const crossOptions = {
  axisa: option(-1, checkInteger),
  axisb: option(-1, checkInteger),
  axisc: option(-1, checkInteger),
  axis: nullable(checkInteger),
} as const satisfies TableFor<CrossOptions>

/** The cross product of vectors of three entries or two, along the last axes by default. */
export const cross = operation(
  'numpy',
  'Cross',
  'x1 x2 {axisa=-1 axisb=-1 axisc=-1 axis=null}',
  (x1: Operand, x2: Operand, options: CrossOptions = {}): SymbolicTensor => {
    const name = 'ops.cross'
    const { axisa, axisb, axisc, axis } = readOptions(name, crossOptions, options)
    const parts = (x: Operand, at: number): readonly SymbolicTensor[] => {
      const shape = shapeOfOperand(x, name)
      const extent = shape[axisOf(name, at, shape.length)]
      if (extent !== 2 && extent !== 3)
        return fail(name, { expected: 'vectors of 2 or 3 entries', got: showShape(shape) })
      const last = moveaxis(x, at, -1)
      return Array.from({ length: extent }, (_, i) => getItem(last, ['...', i]))
    }
    const [a0, a1, a2] = parts(x1, axis ?? axisa)
    const [b0, b1, b2] = parts(x2, axis ?? axisb)
    const product = (p: Operand | undefined, q: Operand | undefined): Operand => (p && q ? multiply(p, q) : 0)
    const third = subtract(product(a0, b1), product(a1, b0))
    if (!a2 && !b2) return third
    const first = subtract(product(a1, b2), product(a2, b1))
    const second = subtract(product(a2, b0), product(a0, b2))
    return stack([first, second, third], axis ?? axisc)
  },
)

/** In which order {@link meshgrid} has its axes. */
export interface MeshgridOptions {
  /** `'xy'`, the default: that of the second row first; `'ij'`: in the order of the rows. */
  readonly indexing?: 'xy' | 'ij'
}

const meshgridOptions = {
  indexing: option<'xy' | 'ij'>('xy', oneOf(['xy', 'ij'])),
} as const satisfies TableFor<MeshgridOptions>

/** Rows of coordinates as grids of all combinations, an axis for each row: `meshgrid(x, y)`, `meshgrid(x, y, { indexing: 'ij' })`. */
export const meshgrid = operation(
  'numpy',
  'Meshgrid',
  'x ...others {indexing="xy"}',
  (x: Operand, ...others: readonly (Operand | MeshgridOptions)[]): readonly SymbolicTensor[] => {
    const name = 'ops.meshgrid'
    const { indexing } = readOptions(name, meshgridOptions, others.find(isFields))
    const given = [x, ...others.filter((each) => !isFields(each))] as readonly Operand[]
    const rows = given.map((each): SymbolicTensor => ravel(each))
    const extents = rows.map(
      ({ shape }) => shape[0] ?? fail(name, { expected: 'rows of known extents', got: showShape(shape) }),
    )
    const isExchanged = indexing === 'xy' && rows.length > 1
    const order = rows.map((_, i) => (isExchanged && i < 2 ? 1 - i : i))
    return rows.map((row, i) => {
      const at = order.indexOf(i)
      const along = reshape(
        row,
        order.map((_, axis) => (axis === at ? (extents[i] as number) : 1)),
      )
      return multiply(
        along,
        new Tensor(
          new Float32Array(order.reduce((size, which) => size * (extents[which] as number), 1)).fill(1),
          order.map((which) => extents[which] as number),
        ),
      )
    })
  },
)

/** Two tensors one after the other along an axis; without one each as a row. */
export const append = operation(
  'numpy',
  'Append',
  'x1 x2 axis=null',
  (x1: Operand, x2: Operand, axis: number | null = null): SymbolicTensor =>
    axis === null ? concatenate([ravel(x1), ravel(x2)], 0) : concatenate([x1, x2], axis),
)

/** The differences of neighbours along an axis, n times. */
export const diff = operation(
  'numpy',
  'Diff',
  'a n=1 axis=-1',
  (a: Operand, n = 1, axis = -1): SymbolicTensor => {
    const name = 'ops.diff'
    const at = axisOf(name, axis, shapeOfOperand(a, name).length)
    const before = Array<null>(at).fill(null)
    let result = getItem(a, [])
    for (let i = checkInteger(name, 'n', n, { min: 0, max: 100 }); i > 0; i--)
      result = subtract(getItem(result, [...before, [1, null]]), getItem(result, [...before, [null, -1]]))
    return result
  },
)

/** The tensor with new axes in front until it has two. */
const atLeast2 = (x: Operand, name: string): SymbolicTensor => {
  const { length: rank } = shapeOfOperand(x, name)
  return rank === 0 ? expandDims(x, [0, 1]) : rank === 1 ? expandDims(x, 0) : getItem(x, [])
}

/** Tensors one after another along the first axis; rows become matrices. */
export const vstack = operation(
  'numpy',
  'Vstack',
  'xs',
  (xs: readonly Operand[]): SymbolicTensor =>
    concatenate(
      listOf('ops.vstack', xs).map((x) => atLeast2(x, 'ops.vstack')),
      0,
    ),
)

/** Tensors one after another along the second axis, rows along their only one. */
export const hstack = operation('numpy', 'Hstack', 'xs', (xs: readonly Operand[]): SymbolicTensor => {
  const list = listOf('ops.hstack', xs)
  const rows = list.map((x) => (shapeOfOperand(x, 'ops.hstack').length === 0 ? ravel(x) : x))
  return concatenate(rows, shapeOfOperand(rows[0], 'ops.hstack').length === 1 ? 0 : 1)
})

/**
 * A power of square matrices, the last two axes: the product of as many, and with 0 the identity.
 *
 * @param n Not negative: no kernel inverts matrices.
 */
export const matrixPower = operation(
  'linalg',
  'MatrixPower',
  'x n=',
  (x: Operand, n: number): SymbolicTensor => {
    const name = 'ops.matrixPower'
    const [rows, columns] = sides(name, x, [-2, -1])
    if (rows !== columns) fail(name, { expected: 'square matrices', got: `${rows} rows of ${columns}` })
    const exponent = checkInteger(name, 'n', n, { min: 0 })
    if (exponent === 0)
      return add(
        multiply(x, 0),
        maskOf(rows, columns, (d) => d === 0),
      )
    const powerOf = (of: number): Operand => {
      if (of === 1) return x
      const half = powerOf(Math.floor(of / 2))
      const square = matmul(half, half)
      return of % 2 === 0 ? square : matmul(square, x)
    }
    return copy(powerOf(exponent))
  },
)
