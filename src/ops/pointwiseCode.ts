// The part of the kernel `pointwise` that its overrides say: the function that evaluates an expression.

import {
  ACTIVATIONS,
  FIRST_CONSTANT,
  FIRST_RESULT,
  type Instruction,
  instructionsIn,
  pointwiseNames,
  SLOPES,
} from './pointwiseFunctions.ts'

/** `evaluate` for a pipeline's instructions, and the functions that it calls. */
export async function pointwiseCode(overrides: Readonly<Record<string, number>>): Promise<string> {
  const { functions } = await import('./wgsl/pointwiseFunctions.gen.ts')
  const lines = instructionsIn(overrides).map((instruction, i) => `let r${i} = ${callOf(instruction)};\n`)
  const result = lines.length === 0 ? 'a' : `r${lines.length - 1}`
  return `${functions}
fn evaluate(a: vec4f, b: vec4f, c: vec4f, d: vec4f, e: vec4f, f: vec4f, k: array<vec4f, 2>) -> vec4f {
${lines.join('')}return ${result};
}
`
}

function callOf({ code, operands }: Instruction): string {
  const list = operands.map(spelled).join(', ')
  if (code >= SLOPES) return `pointwiseSlope(${list}, ${code - SLOPES}u)`
  if (code >= ACTIVATIONS) return `pointwiseActivation(${list}, ${code - ACTIVATIONS}u)`
  const name = pointwiseNames[code] ?? ''
  return `pointwise${name.slice(0, 1).toUpperCase()}${name.slice(1)}(${list})`
}

function spelled(operand: number): string {
  if (operand >= FIRST_RESULT) return `r${operand - FIRST_RESULT}`
  if (operand < FIRST_CONSTANT) return 'abcdef'[operand] ?? ''
  const i = operand - FIRST_CONSTANT
  return `vec4f(k[${i >> 2}][${i & 3}])`
}
