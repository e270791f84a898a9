// What the operations of a plan do on the CPU: at hand in the sources, loaded in the package.

import type { Plan, Step } from '../../compiler/plan.ts'
import type { CpuSide, Operation } from '../../graph/operation.ts'

/** By operation; that of a twin is its original's, on the numbers that halves are. */
export type CpuSides = ReadonlyMap<Operation, CpuSide>

export async function loadSides({ steps }: Plan): Promise<CpuSides> {
  const sides = new Map<Operation, CpuSide>()
  for (const { op } of steps) {
    const { name, cpu, compiled, loadCpuSides } = op.twinOf?.operation ?? op
    const side = cpu ? { cpu, compiled } : (await loadCpuSides?.())?.[name]
    if (!side) throw new TypeError(`operation ${name} has no CPU function`)
    sides.set(op, side)
  }
  return sides
}

export const sideOf = (sides: CpuSides, { op }: Step): CpuSide => sides.get(op) as CpuSide
