// What functions of `ops` compute with beside tensors: something that is assigned to, whose value is a tensor of the graph that is traced.

import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { variableOf } from '../layers/weights/weightAccess.ts'
import { mapValues } from '../util/mapValues.ts'
import { MAX_RANK } from '../util/nested.ts'
import { isOptions } from '../util/options.ts'
import type { Shape } from '../util/shape.ts'

/** Something that functions of `ops` read the newest value of. */
export abstract class Assignable {
  /** Its extents. */
  abstract readonly shape: Shape
  /** @internal The newest value; throws outside the functions that are traced with it. */
  abstract read(): SymbolicTensor
}

/** An argument of a function of `ops` with the newest values of what is assigned to, and weights as `weights` lists them, also in lists and options. */
export function newest(argument: unknown): unknown {
  if (argument instanceof Assignable) return argument.read()
  const listed = variableOf(argument)
  if (listed) return listed
  if (!holdsAssignable(argument)) return argument
  if (Array.isArray(argument)) return argument.map(newest)
  return mapValues(argument as Readonly<Record<string, unknown>>, newest)
}

function holdsAssignable(value: unknown, depth = 0): boolean {
  if (value instanceof Assignable || variableOf(value)) return true
  // An array that holds itself would never end.
  if (depth > MAX_RANK) return false
  const within = (inner: unknown): boolean => holdsAssignable(inner, depth + 1)
  if (Array.isArray(value)) return value.some(within)
  return isOptions(value) && Object.values(value).some(within)
}
