// A kernel that reads some of its inputs as f16, made from the code of the one that reads f32: the binding's type becomes
// words, or f16 where the device computes with them, and each read of it goes through a function that gives f32.

import { codeOf, type Kernel } from '../graph/kernel.ts'

const made = new Map<string, Kernel>()

/**
 * The kernel with `operands`, names of read-only bindings, as halves.
 *
 * @param hasF16 Whether the device has shader-f16; without, halves are unpacked from words of two.
 */
export function halfKernel(kernel: Kernel, operands: readonly string[], hasF16: boolean): Kernel {
  const name = `${kernel.name}${hasF16 ? 'F16' : 'Half'}`
  const found = made.get(name)
  if (found) return found
  const halves = kernel.bindings.filter((binding) => operands.includes(binding.name))
  const twin: Kernel = {
    ...kernel,
    name,
    extensions: hasF16 ? ['f16', ...kernel.extensions] : kernel.extensions,
    code: async () => {
      const code = await codeOf(kernel)
      const read = halves.reduce((text, { binding }) => readHalves(text, binding, hasF16), code)
      return { [kernel.entryPoint]: read }
    },
    bindings: kernel.bindings.map((binding) =>
      halves.includes(binding) ? { ...binding, element: hasF16 ? 'f16' : 'u32' } : binding,
    ),
  }
  made.set(name, twin)
  return twin
}

/** What a binding of f32, or of vectors of them, becomes, and how element `i` of it is read. */
const FORMS = {
  f32: {
    packed: ['u32', (a: string) => `unpack2x16float(${a}[i/2u]>>(16u*(i%2u))).x`],
    f16: ['f16', (a: string) => `f32(${a}[i])`],
  },
  vec4f: {
    packed: ['vec2u', (a: string) => `vec4f(unpack2x16float(${a}[i].x),unpack2x16float(${a}[i].y))`],
    f16: ['vec4<f16>', (a: string) => `vec4f(${a}[i])`],
  },
} as const

function readHalves(code: string, binding: number, hasF16: boolean): string {
  const declaration = new RegExp(
    `(@group\\(0\\)\\s*@binding\\(${binding}\\)\\s*var<storage,\\s*read>\\s*(\\w+)\\s*:\\s*array<)(f32|vec4f)>\\s*;`,
  )
  const found = code.match(declaration)
  const [text = '', head = '', name = '', element] = found ?? []
  if (found?.index === undefined || (element !== 'f32' && element !== 'vec4f'))
    throw new TypeError(`binding ${binding} is no array of f32 or vec4f that is read`)
  const [stored, read] = FORMS[element][hasF16 ? 'f16' : 'packed']
  const reader = `read_${name}`
  return [
    callReads(code.slice(0, found.index), name, reader),
    `${head}${stored}>;\nfn ${reader}(i:u32)->${element}{return ${read(name)};}`,
    callReads(code.slice(found.index + text.length), name, reader),
  ].join('')
}

/** Each `name[index]` as `reader(index)`. */
function callReads(code: string, name: string, reader: string): string {
  const start = new RegExp(`(?<![\\w.])${name}\\[`)
  const found = code.match(start)
  if (found?.index === undefined) return code
  const inner = found.index + found[0].length
  const end = closingBracket(code, inner)
  const index = callReads(code.slice(inner, end), name, reader)
  return `${code.slice(0, found.index)}${reader}(${index})${callReads(code.slice(end + 1), name, reader)}`
}

/** Where the bracket that was opened before `from` closes. */
function closingBracket(code: string, from: number): number {
  let at = from
  for (let depth = 1; ; at++) {
    if (code[at] === '[') depth++
    else if (code[at] === ']' && --depth === 0) return at
  }
}
