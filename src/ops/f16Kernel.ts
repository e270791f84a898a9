// The twin of a kernel, which reads some inputs as f16; shaders/f16Twins.ts writes its code at build time.

import { impossible } from '../errors.ts'
import type { Kernel } from '../graph/kernel.ts'
import { f16Kernels } from './f16Kernels.gen.ts'

/** How operands are stored, by their element type in f32 and by whether the device has shader-f16. */
const STORED: Readonly<Record<string, readonly [packed: string, f16: string]>> = {
  f32: ['u32', 'f16'],
  vec4f: ['vec2u', 'vec4<f16>'],
}

/** Twins by their kernels and forms. */
const made = new Map<Kernel, { F16?: Kernel; PackedF16?: Kernel }>()

/**
 * The kernel with `operands`, names of read-only bindings, as f16. A kernel without these operands, such as the second launch of a
 * long sum, is returned as it is.
 *
 * @param hasF16 Whether the device has shader-f16; without it, the kernel unpacks words of two f16.
 */
export function f16Kernel(kernel: Kernel, operands: readonly string[], hasF16: boolean): Kernel {
  const form = hasF16 ? 'F16' : 'PackedF16'
  const forms = made.get(kernel) ?? {}
  const found = forms[form]
  if (found) return found
  if (!kernel.bindings.some((binding) => operands.includes(binding.name))) return kernel
  const code =
    f16Kernels[kernel.name]?.[form] ??
    impossible(`${kernel.name} has no twin: expected its ${operands} as Operand in WGSL`)
  const twin: Kernel = {
    ...kernel,
    name: `${kernel.name}${form}`,
    code,
    extensions: hasF16 ? ['f16', ...kernel.extensions] : kernel.extensions,
    bindings: kernel.bindings.map((binding) =>
      operands.includes(binding.name)
        ? { ...binding, element: STORED[binding.element]?.[Number(hasF16)] ?? binding.element }
        : binding,
    ),
  }
  forms[form] = twin
  made.set(kernel, forms)
  return twin
}
