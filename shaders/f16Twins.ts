/**
 * The twins of kernels for mixed precision: the same code, but operands (lib/operand.wgsl) are bindings of words that hold two
 * f16 each, or of type f16 where the device has shader-f16. A function converts each operand that is read to f32.
 */
import type { ReflectedKernel } from './reflect.ts'

/** The element type of a twin's operands: words of two f16 each, or f16. */
export type F16Form = 'PackedF16' | 'F16'
export const FORMS: readonly F16Form[] = ['PackedF16', 'F16']

/** A twin's code; its entry point has the name of its kernel. */
export interface F16Twin {
  readonly kernel: string
  readonly form: F16Form
  readonly code: string
}

const ALIASES = { Operand: 'f32', Operand4: 'vec4f' } as const

/** Linked code with operands as f32, and the names of the bindings that are operands. */
export function readOperands(linked: string): {
  readonly code: string
  readonly operands: readonly string[]
} {
  const declared = linked.matchAll(/var<storage,\s*read>\s*(\w+)\s*:\s*array<Operand4?>\s*;/g)
  const operands = [...declared].map(([, name = '']) => name)
  const code = linked
    .replace(/alias\s+Operand4?\s*=\s*\w+\s*;\s*/g, '')
    .replace(/\bOperand4?\b/g, (name) => ALIASES[name as keyof typeof ALIASES])
    .trim()
  return { code, operands }
}

/** Both twins of each kernel that has operands. */
export const f16TwinsOf = (kernels: readonly ReflectedKernel[]): readonly F16Twin[] =>
  kernels
    .filter(({ operands }) => operands.length > 0)
    .flatMap(({ name, code, operands, bindings }) =>
      FORMS.map((form) => ({
        kernel: name,
        form,
        code: operands.reduce(
          (text, operand) => readF16(text, operand, elementOf(bindings, operand), form),
          code,
        ),
      })),
    )

/** For each element type in f32, and each form that it is stored in (src/ops/f16Kernel.ts): reads element `i` of the array. */
const ELEMENTS = {
  f32: {
    PackedF16: (a: string) => `unpack2x16float(${a}[i/2u]>>(16u*(i%2u))).x`,
    F16: (a: string) => `f32(${a}[i])`,
  },
  vec4f: {
    PackedF16: (a: string) => `vec4f(unpack2x16float(${a}[i].x),unpack2x16float(${a}[i].y))`,
    F16: (a: string) => `vec4f(${a}[i])`,
  },
} as const

function elementOf(bindings: ReflectedKernel['bindings'], operand: string): keyof typeof ELEMENTS {
  const element = bindings.find(({ name }) => name === operand)?.element
  if (element === 'f32' || element === 'vec4f') return element
  throw new TypeError(`${operand} is no read-only array of f32 or vec4f`)
}

function readF16(code: string, operand: string, element: keyof typeof ELEMENTS, form: F16Form): string {
  const reader = `read_${operand}`
  const read = ELEMENTS[element][form](operand)
  return `fn ${reader}(i: u32) -> ${element} {\nreturn ${read};\n}\n${callReads(code, operand, reader)}`
}

/** Each `name[index]` as `reader(index)`. */
function callReads(code: string, name: string, reader: string): string {
  const found = new RegExp(`(?<![\\w.])${name}\\[`).exec(code)
  if (found === null) return code
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
