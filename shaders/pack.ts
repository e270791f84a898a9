/** Packs the signature of a kernel into a line of text; `unpackKernel` of src/graph/kernel.ts documents the format. */
import type { KernelField, KernelSignature } from '../src/graph/kernel.ts'

export function packSignature({ bindings, params, overrides, extensions, step }: KernelSignature): string {
  let binding = 0
  const group = [...bindings, ...(params ? [{ ...params, name: 'params', access: '', element: 'f32' }] : [])]
    .sort((a, b) => a.binding - b.binding)
    .map(({ name, binding: index, access, element }) => {
      const mark = { read: '', read_write: '+' }[access] ?? '='
      const text =
        mark + name + (element === 'f32' ? '' : `:${element}`) + (index === binding ? '' : `@${index}`)
      binding = index + 1
      return text
    })
  const constants = overrides.map(
    ({ name, type, default: value }) =>
      name + (type === 'u32' ? '' : `:${type}`) + (value === 0 ? '' : `=${value}`),
  )
  return [group, packFields(params?.fields ?? []), constants, extensions, packFields(step)]
    .map((words) => words.join(' '))
    .join('|')
    .replace(/\|+$/, '')
}

function packFields(fields: readonly KernelField[]): string[] {
  let end = 0
  return fields.map(({ name, type, offset, count }) => {
    const text =
      name +
      (type === 'u32' ? '' : `:${type}`) +
      (offset === end ? '' : `@${offset}`) +
      (count === 1 ? '' : `*${count}`)
    end = offset + 4 * count
    return text
  })
}
