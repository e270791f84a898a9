// The head of a pipeline's WGSL module, before the kernel's code: extensions, and overrides as constants.

import type { Kernel, KernelOverride } from '../../graph/kernel.ts'

/**
 * The head of a kernel's module, with default values for overrides that are not given. Overrides are written as constants, not
 * passed as a pipeline's `constants`, because compilers can then prove that loops end, and not all of them allow overrides as
 * sizes of workgroup memory.
 */
export function moduleHead(
  { name, overrides, extensions }: Kernel,
  given: Readonly<Record<string, number>> = {},
): string {
  const unknown = Object.keys(given).find((key) => !overrides.some((override) => override.name === key))
  if (unknown !== undefined) throw new TypeError(`${name} has no override ${unknown}`)
  return [
    ...extensions.map((extension) => `enable ${extension};\n`),
    // The analysis of some compilers is too coarse: it takes uniform ends of loops for ones that differ between lanes.
    ...(extensions.includes('subgroups') ? ['diagnostic(off,subgroup_uniformity);\n'] : []),
    ...overrides.map((override) => constantOf(override, given[override.name])),
  ].join('')
}

function constantOf({ name, type, default: standard }: KernelOverride, value = standard): string {
  return `const ${name}:${type}=${spelled(type, value)};\n`
}

/** A number as WGSL reads it, without loss. */
function spelled(type: KernelOverride['type'], value: number): string {
  const fits =
    type === 'f32'
      ? Number.isFinite(Math.fround(value))
      : value === (type === 'u32' ? value >>> 0 : value | 0)
  if (!fits) throw new TypeError(`${value} is no ${type}`)
  return type === 'f32' ? value.toExponential() : `${value}`
}
