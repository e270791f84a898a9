// Inverses, determinants and factors of square matrices, the last two axes, of at most 32 rows: eliminations whose rounds are operations
// of their own. Gradients do not go back through these: each result is a constant plus what it changes by where a matrix changes.

import { fail } from '../errors.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { showShape } from '../util/shape.ts'
import { eye } from './constants.ts'
import {
  absolute,
  add,
  divide,
  equal,
  greater,
  log,
  multiply,
  notEqual,
  sign,
  sqrt,
  subtract,
  where,
} from './elementwise.ts'
import { getItem } from './indexing.ts'
import { concatenate } from './joining.ts'
import { type Operand, shapeOfOperand } from './operation.ts'
import { operation } from './operationLayer.ts'
import { matmul } from './products.ts'
import { argmax, sum } from './reductions.ts'
import { expandDims, squeeze, stopGradient, swapaxes } from './shapes.ts'
import { tril, triu } from './triangles.ts'

const MOST_ROWS = 32

/** The rows of square matrices. */
function rowsOf(name: string, x: Operand): number {
  const shape = shapeOfOperand(x, name)
  const [rows = null, columns = null] = shape.slice(-2)
  if (shape.length < 2 || rows === null || rows !== columns || rows > MOST_ROWS)
    return fail(name, {
      expected: `square matrices of at most ${MOST_ROWS} rows, [..., n, n]`,
      got: showShape(shape),
    })
  return rows
}

const placesOf = (n: number): Float32Array => Float32Array.from({ length: n }, (_, i) => i)
/** 1 at a row: [n, 1]. */
const isRow = (n: number, row: number): number[][] => Array.from({ length: n }, (_, i) => [Number(i === row)])
const transposed = (x: Operand): SymbolicTensor => swapaxes(x, -1, -2)

interface Eliminated {
  readonly inverse: SymbolicTensor
  /** −1, 0 or 1. */
  readonly sign: SymbolicTensor
  readonly determinant: SymbolicTensor
  /** The logarithm of the determinant's magnitude. */
  readonly logarithm: SymbolicTensor
}

/** The elimination of Gauss and Jordan, in each round by the row with the largest entry of a column. It has no gradient. */
function eliminated(name: string, x: Operand): Eliminated {
  const n = rowsOf(name, x)
  const given = stopGradient(x)
  let matrix: SymbolicTensor = concatenate([given, add(multiply(given, 0), eye(n))], -1)
  let [turned, logarithm, determinant]: [Operand, Operand, Operand] = [1, 0, 1]
  for (let k = 0; k < n; k++) {
    const entries = absolute(getItem(matrix, ['...', k]))
    const place = argmax(
      where(
        Float32Array.from(placesOf(n), (i) => Number(i < k)),
        -1,
        entries,
      ),
      -1,
      true,
    )
    const isBest = expandDims(equal(place, placesOf(n)), -1)
    const best = sum(where(isBest, matrix, 0), -2, true)
    const pivot = getItem(best, ['...', [k, k + 1]])
    const signed = multiply(squeeze(pivot, [-1, -2]), where(equal(squeeze(place, -1), k), 1, -1))
    determinant = multiply(signed, determinant)
    turned = multiply(sign(signed), turned)
    logarithm = add(log(absolute(signed)), logarithm)
    const row = divide(best, where(equal(pivot, 0), 1, pivot))
    const exchanged = where(isBest, getItem(matrix, ['...', [k, k + 1], null]), matrix)
    const others = subtract(exchanged, multiply(getItem(exchanged, ['...', [k, k + 1]]), row))
    matrix = where(isRow(n, k), row, others)
  }
  const inverse = getItem(matrix, ['...', [n, 2 * n]])
  const isRegular = expandDims(notEqual(turned, 0), [-1, -2])
  return {
    inverse: where(isRegular, inverse, Number.NaN),
    sign: turned as SymbolicTensor,
    determinant: determinant as SymbolicTensor,
    logarithm: logarithm as SymbolicTensor,
  }
}

/** How the logarithm of a determinant's magnitude changes with the matrix: 0, with its gradient. */
const changeOf = (x: Operand, { inverse, sign: found }: Eliminated): SymbolicTensor =>
  where(equal(found, 0), 0, sum(multiply(transposed(inverse), subtract(x, stopGradient(x))), [-1, -2]))

/** The inverses of square matrices; NaN where there is none. */
export const inv = operation('linalg', 'Inv', 'x', (x: Operand): SymbolicTensor => {
  const { inverse } = eliminated('ops.inv', x)
  // A step of Newton's, whose slope is that of the inverse.
  return add(inverse, matmul(inverse, subtract(eye(rowsOf('ops.inv', x)), matmul(x, inverse))))
})

/** The determinants of square matrices. */
export const det = operation('linalg', 'Det', 'x', (x: Operand): SymbolicTensor => {
  const found = eliminated('ops.det', x)
  return multiply(found.determinant, add(changeOf(x, found), 1))
})

/** The signs of determinants, and the logarithms of their magnitudes. */
export const slogdet = operation(
  'numpy',
  'Slogdet',
  'x',
  (x: Operand): readonly [SymbolicTensor, SymbolicTensor] => {
    const found = eliminated('ops.slogdet', x)
    return [found.sign, add(found.logarithm, changeOf(x, found))]
  },
)

/** The logarithms of determinants; NaN where these are negative. */
export const logdet = operation('math', 'Logdet', 'x', (x: Operand): SymbolicTensor => {
  const found = eliminated('ops.logdet', x)
  const value = add(found.logarithm, changeOf(x, found))
  return where(greater(0, found.sign), Number.NaN, value)
})

function solved(name: string, a: Operand, b: Operand): SymbolicTensor {
  const isRow = shapeOfOperand(b, name).length === shapeOfOperand(a, name).length - 1
  const right = isRow ? expandDims(b, -1) : b
  const { inverse } = eliminated(name, a)
  const first = stopGradient(matmul(inverse, right))
  // What is left of b, which the first solution leaves as rounded, has the slope of the solution.
  const x = add(first, matmul(inverse, subtract(right, matmul(a, first))))
  return isRow ? squeeze(x, -1) : x
}

/** x of a·x = b: `[..., n, n]` and `[..., n]` or `[..., n, m]`; NaN where a has no inverse. */
export const solve = operation(
  'linalg',
  'Solve',
  'a b',
  (a: Operand, b: Operand): SymbolicTensor => solved('ops.solve', a, b),
)

/** As {@link solve} of matrices of which only one triangle counts: the upper one, or the lower one. */
export const solveTriangular = operation(
  'linalg',
  'SolveTriangular',
  'a b lower=false',
  (a: Operand, b: Operand, lower = false): SymbolicTensor =>
    solved('ops.solveTriangular', lower ? tril(a) : triu(a), b),
)

/** The lower triangle whose product with itself is a symmetric positive definite matrix; NaN where it is none. Its gradient is symmetric. */
function lowerFactor(name: string, x: Operand): SymbolicTensor {
  const n = rowsOf(name, x)
  let rest: Operand = stopGradient(x)
  const columns: SymbolicTensor[] = []
  for (let k = 0; k < n; k++) {
    const root = sqrt(getItem(rest, ['...', [k, k + 1], [k, k + 1]]))
    const isBelow = Array.from({ length: n }, (_, i) => [Number(i >= k)])
    const column: SymbolicTensor = where(isBelow, divide(getItem(rest, ['...', [k, k + 1]]), root), 0)
    columns.push(column)
    rest = subtract(rest, multiply(column, transposed(column)))
  }
  const factor = concatenate(columns, -1)
  const { inverse } = eliminated(name, factor)
  const change = multiply(add(subtract(x, stopGradient(x)), transposed(subtract(x, stopGradient(x)))), 0.5)
  const inner = matmul(matmul(inverse, change), transposed(inverse))
  const half = subtract(tril(inner), multiply(multiply(inner, eye(n)), 0.5))
  return add(factor, matmul(factor, half))
}

/** The triangle, lower or `upper`, whose product with its transpose is a symmetric positive definite matrix; NaN where it is none. */
export const cholesky = operation(
  'linalg',
  'Cholesky',
  'x upper=false',
  (x: Operand, upper = false): SymbolicTensor => {
    const factor = lowerFactor('ops.cholesky', x)
    return upper ? transposed(factor) : factor
  },
)

/** The inverse of the matrix that a triangle, lower or `upper`, is the factor of, as {@link cholesky} gives it. */
export const choleskyInverse = operation(
  'linalg',
  'CholeskyInverse',
  'x upper=false',
  (x: Operand, upper = false): SymbolicTensor => {
    const inverse = inv(upper ? triu(x) : tril(x))
    return upper ? matmul(inverse, transposed(inverse)) : matmul(transposed(inverse), inverse)
  },
)
