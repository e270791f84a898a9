// How an operation says what it does on the CPU. Its file is beside the operation's, `matmul.cpu.ts` beside `matmul.ts`, and
// exports it under the name of the operation's kernel, which is the operation's; cpuSides.ts has all of them.

import type { Kernel, KernelStep } from '../graph/kernel.ts'
import type { CpuSide, KernelParams, KernelTensors } from '../graph/operation.ts'
import type { CompiledFunctions } from './compiled.gen.ts'

/** Names of compiled functions whose calls have the names of a kernel. */
type CompiledFor<Name extends string> = {
  [F in keyof CompiledFunctions]: CompiledFunctions[F] extends Name ? F : never
}[keyof CompiledFunctions]

interface CpuDefinition<K extends Kernel> {
  /** The readable reference. Absent tensors are empty arrays. */
  cpu(tensors: KernelTensors<K>, params: KernelParams<K>, step: KernelStep<K>): void
  /** The function of src/backends/cpu/assembly that does the same, for operations that are hot. */
  readonly compiled?: CompiledFor<K['name']>
}

/** Tensors, parameters and scalars of the step have the names of the kernel; at run time they are plain records. */
export const cpuSide = <K extends Kernel>(definition: CpuDefinition<K>): CpuSide =>
  definition as unknown as CpuSide
