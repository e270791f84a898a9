// The CPU side of an operation: its reference in TypeScript, and optionally a compiled function. `matmul.cpu.ts` beside
// `matmul.ts` exports it under the operation's name, which is also the kernel's; cpuSides.ts collects all.

import type { KernelParams, KernelTensors } from '../graph/definition.ts'
import type { Kernel, KernelStep } from '../graph/kernel.ts'
import type { CpuSide } from '../graph/operation.ts'
import type { CompiledFunctions } from './compiled.gen.ts'

/** Compiled functions whose arguments have the names of a kernel's bindings and scalars. */
type CompiledFor<Name extends string> = {
  [F in keyof CompiledFunctions]: CompiledFunctions[F] extends Name ? F : never
}[keyof CompiledFunctions]

interface CpuDefinition<K extends Kernel> {
  /** The readable reference. Absent tensors are empty arrays. */
  cpu(tensors: KernelTensors<K>, params: KernelParams<K>, step: KernelStep<K>): void
  /** The function of src/backends/cpu/assembly that does the same, for operations that take much of a step's time. */
  readonly compiled?: CompiledFor<K['name']>
}

/** Defines a CPU side; its tensors, parameters and scalars are typed by the names that the kernel declares. */
export const cpuSide = /* @__NO_SIDE_EFFECTS__ */ <K extends Kernel>(definition: CpuDefinition<K>): CpuSide =>
  definition as unknown as CpuSide
