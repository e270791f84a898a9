// The kernel that reads f16 in the place of some inputs: its twin, whose code shaders/halves.ts has written at build time.

import type { Kernel } from '../graph/kernel.ts'
import { halfKernels } from './halfKernels.gen.ts'

const made = new Map<string, Kernel>()

/**
 * The kernel with `operands`, names of read-only bindings, as halves; itself where it reads none of them, as one that sums what
 * others left.
 *
 * @param hasF16 Whether the device has shader-f16; without, halves are unpacked from words of two.
 */
export function halfKernel(kernel: Kernel, operands: readonly string[], hasF16: boolean): Kernel {
  const form = hasF16 ? 'F16' : 'Half'
  const name = `${kernel.name}${form}`
  const found = made.get(name)
  if (found) return found
  if (!kernel.bindings.some((binding) => operands.includes(binding.name))) return kernel
  const code = halfKernels[kernel.name]?.[form]
  if (!code) throw new TypeError(`${kernel.name} has no twin: expected its ${operands} as Operand in WGSL`)
  const twin: Kernel = {
    ...kernel,
    name,
    code,
    extensions: hasF16 ? ['f16', ...kernel.extensions] : kernel.extensions,
    bindings: kernel.bindings.map((binding) =>
      operands.includes(binding.name) ? { ...binding, element: hasF16 ? 'f16' : 'u32' } : binding,
    ),
  }
  made.set(name, twin)
  return twin
}
