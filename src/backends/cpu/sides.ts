// Finds the CPU sides of the operations in a plan.

import type { Plan, PlannedOperation } from '../../compiler/plan.ts'
import type { CpuSide, Operation } from '../../graph/operation.ts'
import * as cpuSides from '../../ops/cpuSides.ts'

/** CPU sides by the names of operations. */
export type CpuSideTable = Readonly<Record<string, CpuSide>>

/** CPU sides by operation. A twin has the side of its original, whose f16 operands are converted to f32 first. */
export type CpuSides = ReadonlyMap<Operation, CpuSide>

/** @param others CPU sides of operations that cpuSides.ts does not list. */
export function sidesOf({ operations }: Plan, others: CpuSideTable): CpuSides {
  const listed: CpuSideTable = cpuSides
  const sides = new Map<Operation, CpuSide>()
  for (const { op } of operations.flatMap(turnsOf)) {
    const { name } = op.twinOf?.operation ?? op
    const side = others[name] ?? listed[name]
    if (!side) throw new TypeError(`operation ${name} has no CPU function`)
    sides.set(op, side)
  }
  return sides
}

export const sideOf = (sides: CpuSides, { op }: PlannedOperation): CpuSide => sides.get(op) as CpuSide

/** What an operation of a plan is on the CPU: itself, or others in turn. */
export const turnsOf = (planned: PlannedOperation): readonly PlannedOperation[] =>
  planned.op.inTurn?.map((op) => ({ ...planned, op })) ?? [planned]
