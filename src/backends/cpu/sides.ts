// Finds the CPU sides of the operations in a plan.

import type { Plan, PlannedOperation } from '../../compiler/plan.ts'
import { impossible } from '../../errors.ts'
import type { CpuSide, RunnableOperation } from '../../graph/operation.ts'

/** CPU sides by the names of operations. */
export type CpuSideTable = Readonly<Record<string, CpuSide>>

/** Finds the CPU side of an operation by its name. */
export type FindSide = (name: string) => CpuSide | undefined

/** CPU sides by operation. A twin has the side of its original, whose f16 operands are converted to f32 first. */
export type CpuSides = ReadonlyMap<RunnableOperation, CpuSide>

export function sidesOf({ operations }: Plan, find: FindSide): CpuSides {
  const sides = new Map<RunnableOperation, CpuSide>()
  for (const { op } of operations.flatMap(turnsOf)) {
    const { name } = op.twinOf?.operation ?? op
    const side = find(name) ?? impossible(`operation ${name} has no CPU function`)
    sides.set(op, side)
  }
  return sides
}

export const sideOf = (sides: CpuSides, { op }: PlannedOperation): CpuSide => sides.get(op) as CpuSide

/** What an operation of a plan is on the CPU: itself, or others in turn. */
export const turnsOf = (planned: PlannedOperation): readonly PlannedOperation[] =>
  planned.op.inTurn?.map((op) => ({ ...planned, op })) ?? [planned]
