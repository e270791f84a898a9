// What the operations of a plan do on the CPU.

import type { Plan, PlannedOperation } from '../../compiler/plan.ts'
import type { CpuSide, Operation } from '../../graph/operation.ts'
import * as cpuSides from '../../ops/cpuSides.ts'

/** By names of operations. */
export type CpuSideTable = Readonly<Record<string, CpuSide>>

/** By operation; that of a twin is its original's, on the numbers that halves are. */
export type CpuSides = ReadonlyMap<Operation, CpuSide>

/** @param others Those of operations that are not the project's own. */
export function sidesOf({ operations }: Plan, others: CpuSideTable): CpuSides {
  const own: CpuSideTable = cpuSides
  const sides = new Map<Operation, CpuSide>()
  for (const { op } of operations) {
    const { name } = op.twinOf?.operation ?? op
    const side = others[name] ?? own[name]
    if (!side) throw new TypeError(`operation ${name} has no CPU function`)
    sides.set(op, side)
  }
  return sides
}

export const sideOf = (sides: CpuSides, { op }: PlannedOperation): CpuSide => sides.get(op) as CpuSide
