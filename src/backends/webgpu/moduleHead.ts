// The head of a pipeline's WGSL module, before the kernel's code, from its signature: extensions, overrides as constants, and the
// declarations of buffers and uniforms.

import { impossible } from '../../errors.ts'
import {
  type Kernel,
  type KernelField,
  type KernelOverride,
  RANGE_BINDING,
  RANGE_MEMBERS,
} from '../../graph/kernel.ts'

/**
 * The head of a kernel's module, with default values for overrides that are not given. Overrides are written as constants, not
 * passed as a pipeline's `constants`, because compilers can then prove that loops end, and not all of them allow overrides as
 * sizes of workgroup memory.
 */
export function moduleHead(
  { name, overrides, extensions, bindings, params, step }: Kernel,
  given: Readonly<Record<string, number>> = {},
): string {
  const unknown = Object.keys(given).find((key) => !overrides.some((override) => override.name === key))
  if (unknown !== undefined) impossible(`${name} has no override ${unknown}`)
  return [
    ...extensions.map((extension) => `enable ${extension};\n`),
    // The analysis of some compilers is too coarse: it takes uniform ends of loops for ones that differ between lanes.
    ...(extensions.includes('subgroups') ? ['diagnostic(off,subgroup_uniformity);\n'] : []),
    ...overrides.map((override) => constantOf(override, given[override.name])),
    ...bindings.map(({ name, binding, access, element }) =>
      variable(0, binding, `storage,${access}`, `${name}:array<${element}>`),
    ),
    uniform(0, RANGE_BINDING, 'Range', RANGE_MEMBERS),
    params ? uniform(0, params.binding, 'Params', membersOf(params.fields)) : '',
    step.length > 0 ? uniform(1, 0, 'Step', membersOf(step)) : '',
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
  if (!fits) impossible(`${value} is no ${type}`)
  return type === 'f32' ? value.toExponential() : `${value}`
}

const variable = (group: number, binding: number, space: string, declaration: string): string =>
  `@group(${group}) @binding(${binding}) var<${space}> ${declaration};\n`

/** A uniform that has the name of its struct in small letters. */
const uniform = (group: number, binding: number, struct: string, members: string): string =>
  `struct ${struct}{${members}}\n${variable(group, binding, 'uniform', `${struct.toLowerCase()}:${struct}`)}`

/** The members of a struct with fields at their offsets. */
function membersOf(fields: readonly KernelField[]): string {
  let end = 0
  return fields
    .map(({ name, type, offset, count }) => {
      // A member in the place of fields that are not read.
      const gap = offset > end ? `@size(${offset - end}) gap${end}:u32,` : ''
      end = offset + 4 * count
      const vector = count > 1 ? `vec4<${type}>` : type
      return `${gap}${name}:${count > 4 ? `array<${vector},${count / 4}>` : vector}`
    })
    .join()
}
