// What stands before a kernel's code in the module of a pipeline: extensions, and its overrides as constants.

import type { Kernel, KernelOverride } from '../../graph/kernel.ts'

/**
 * The head of a kernel's module with these overrides, and the defaults of those that are not given. Constants, and not the
 * `constants` of a pipeline: compilers prove of them that loops end, and not all of them size workgroup memory by overrides.
 */
export function moduleHead(
  { name, overrides, extensions }: Kernel,
  given: Readonly<Record<string, number>> = {},
): string {
  const unknown = Object.keys(given).find((key) => !overrides.some((override) => override.name === key))
  if (unknown !== undefined) throw new TypeError(`${name} has no override ${unknown}`)
  return [
    ...extensions.map((extension) => `enable ${extension};\n`),
    // Some compilers take a loop's end for one that differs between lanes where it is the same in all of them.
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
