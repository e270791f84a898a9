// Gradients of the functions of pointwise expressions: for each operand what multiplies the gradient of the result.

import { impossible } from '../errors.ts'
import type { Value } from '../graph/graph.ts'
import { FROM_INPUT } from './activations.ts'
import { ACTIVATIONS, type PointwiseName, pointwiseNames, SLOPES } from './pointwiseFunctions.ts'

type Operand = Value | number

interface Context {
  readonly operands: readonly Operand[]
  readonly y: Value
  readonly dy: Value
  /** A function of tensors and numbers. */
  evaluate(fn: PointwiseName | number, ...operands: readonly Operand[]): Operand
}

type Gradient = () => Operand

/** The gradients by the operands, in their order; missing where none flows: steps, comparisons, conditions. */
export function gradientsOf(
  code: number,
  { operands, y, dy, evaluate }: Context,
): readonly (Gradient | undefined)[] {
  const [p = 0, q = 0] = operands
  const of = (fn: PointwiseName | number, ...list: readonly Operand[]): Operand => evaluate(fn, ...list)
  const times = (a: Operand, b: Operand): Operand => of('multiply', a, b)
  const over = (a: Operand, b: Operand): Operand => of('divide', a, b)
  const minus = (a: Operand): Operand => of('negative', a)
  /** √(offset + scale·p²) */
  const root = (scale: number, offset: number): Operand =>
    of('sqrt', of('add', times(times(p, p), scale), offset))
  /** Half of the gradient goes to each where both are equal, as in Keras's backends. */
  const share = (isFirst: Operand): Operand => times(dy, of('add', isFirst, times(of('equal', p, q), 0.5)))

  if (code >= SLOPES) impossible('the slope of an activation is differentiated')
  if (code >= ACTIVATIONS) {
    const activation = code - ACTIVATIONS
    return [() => times(dy, of(SLOPES + activation, activation >= FROM_INPUT ? p : y))]
  }
  switch (pointwiseNames[code]) {
    case 'add':
      return [() => dy, () => dy]
    case 'subtract':
      return [() => dy, () => minus(dy)]
    case 'multiply':
      return [() => times(dy, q), () => times(dy, p)]
    case 'divide':
      return [() => over(dy, q), () => minus(over(times(dy, y), q))]
    case 'maximum':
      return [() => share(of('less', q, p)), () => share(of('less', p, q))]
    case 'minimum':
      return [() => share(of('less', p, q)), () => share(of('less', q, p))]
    case 'mod':
      return [() => dy, () => minus(times(dy, of('floorDivide', p, q)))]
    case 'power':
      return [
        () => times(dy, times(q, of('power', p, of('subtract', q, 1)))),
        // The logarithm counts where the base is positive, since 0 to any power has no slope there.
        () => times(dy, times(y, of('log', of('where', of('less', 0, p), p, 1)))),
      ]
    case 'arctan2': {
      const square = (): Operand => of('add', times(p, p), times(q, q))
      return [() => over(times(dy, q), square()), () => minus(over(times(dy, p), square()))]
    }
    case 'where':
      return [undefined, () => of('where', p, dy, 0), () => of('where', p, 0, dy)]
    case 'negative':
      return [() => minus(dy)]
    case 'absolute':
      return [() => times(dy, of('sign', p))]
    case 'square':
      return [() => times(dy, times(p, 2))]
    case 'reciprocal':
      return [() => minus(times(dy, times(y, y)))]
    case 'sqrt':
      return [() => over(times(dy, 0.5), y)]
    case 'rsqrt':
      return [() => times(times(dy, -0.5), over(y, p))]
    case 'exp':
      return [() => times(dy, y)]
    case 'expm1':
      return [() => times(dy, of('add', y, 1))]
    case 'log':
      return [() => over(dy, p)]
    case 'log1p':
      return [() => over(dy, of('add', p, 1))]
    case 'log2':
      return [() => over(times(dy, Math.LOG2E), p)]
    case 'log10':
      return [() => over(times(dy, Math.LOG10E), p)]
    case 'sin':
      return [() => times(dy, of('cos', p))]
    case 'cos':
      return [() => minus(times(dy, of('sin', p)))]
    case 'tan':
      return [() => times(dy, of('add', times(y, y), 1))]
    case 'arcsin':
      return [() => over(dy, root(-1, 1))]
    case 'arccos':
      return [() => minus(over(dy, root(-1, 1)))]
    case 'arctan':
      return [() => over(dy, of('add', times(p, p), 1))]
    case 'sinh':
      return [() => times(dy, of('cosh', p))]
    case 'cosh':
      return [() => times(dy, of('sinh', p))]
    case 'tanh':
      return [() => times(dy, of('subtract', 1, times(y, y)))]
    case 'arcsinh':
      return [() => over(dy, root(1, 1))]
    case 'arccosh':
      return [() => over(dy, root(1, -1))]
    case 'arctanh':
      return [() => over(dy, of('subtract', 1, times(p, p)))]
    case 'erf':
      return [() => times(times(dy, 2 / Math.sqrt(Math.PI)), of('exp', minus(times(p, p))))]
    default:
      return []
  }
}
