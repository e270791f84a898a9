// Functions of complex numbers, of tensors here, which are real.

import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import type { Unary } from './broadcasting.ts'
import { copy } from './curves.ts'
import { isnan, less, multiply, where } from './elementwise.ts'
import type { OnNumbers } from './onNumbers.ts'
import type { Operand } from './operation.ts'
import { operation } from './operationLayer.ts'
import { zerosLike } from './shapes.ts'

/* @__NO_SIDE_EFFECTS__ */
const unary = (className: string, fn: Unary): OnNumbers<Unary> => operation('numpy', className, 'x', fn)

/** The real parts: the same numbers. */
export const real: OnNumbers<Unary> = unary('Real', (x: Operand): SymbolicTensor => copy(x))
/** The imaginary parts: 0 everywhere. */
export const imag: OnNumbers<Unary> = unary('Imag', (x) => zerosLike(x))
/** The complex conjugates: the same numbers. */
export const conj: OnNumbers<Unary> = unary('Conj', (x) => copy(x))
/** As {@link conj}. */
export const conjugate: OnNumbers<Unary> = unary('Conjugate', (x) => copy(x))
/** The angles of numbers in the complex plane: π below 0, else 0. */
export const angle: OnNumbers<Unary> = unary('Angle', (x) =>
  where(isnan(x), x, multiply(less(x, 0), Math.PI)),
)
