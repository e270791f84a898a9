// The functions of pointwise expressions by Keras's names, and how instructions are packed into numbers. shaders/lib/pointwise.wgsl
// has the functions for the GPU, pointwise.cpu.ts for the CPU.

const BINARY = [
  'add',
  'subtract',
  'multiply',
  'divide',
  'maximum',
  'minimum',
  'floorDivide',
  'mod',
  'power',
  'arctan2',
  'equal',
  'notEqual',
  'less',
  'lessEqual',
  'logicalAnd',
  'logicalOr',
  'logicalXor',
] as const

const UNARY = [
  'negative',
  'absolute',
  'sign',
  'floor',
  'ceil',
  'round',
  'trunc',
  'logicalNot',
  'isnan',
  'isinf',
  'isfinite',
  'square',
  'reciprocal',
  'sqrt',
  'rsqrt',
  'exp',
  'expm1',
  'log',
  'log1p',
  'log2',
  'log10',
  'sin',
  'cos',
  'tan',
  'arcsin',
  'arccos',
  'arctan',
  'sinh',
  'cosh',
  'tanh',
  'arcsinh',
  'arccosh',
  'arctanh',
  'erf',
] as const

/** A function of one, two or, `where`, three numbers. */
export type PointwiseName = (typeof BINARY)[number] | (typeof UNARY)[number] | 'where'

/** Functions by code. */
export const pointwiseNames: readonly PointwiseName[] = [...BINARY, 'where', ...UNARY]

const codes = new Map<string, number>(pointwiseNames.map((name, code) => [name, code]))

/** From here on codes are those of an activation's value, or of its slope from the number that is stored of it. */
export const ACTIVATIONS = 128
export const SLOPES = 192

export const pointwiseCodeOf = (name: PointwiseName): number => codes.get(name) as number

/** Operands are numbered: the tensors, then the constants, then the results of instructions. */
export const MOST_TENSORS = 6
export const MOST_CONSTANTS = 8
export const MOST_INSTRUCTIONS = 16
export const FIRST_CONSTANT = MOST_TENSORS
export const FIRST_RESULT = FIRST_CONSTANT + MOST_CONSTANTS

/** The operand that a number is: its place among the constants, to which it is added unless it is there. NaN is one, −0 is not 0. */
export function constantIn(constants: number[], value: number): number {
  const place = constants.findIndex((constant) => Object.is(constant, value))
  return FIRST_CONSTANT + (place < 0 ? constants.push(value) - 1 : place)
}

/** One instruction: a function of earlier operands. */
export interface Instruction {
  readonly code: number
  readonly operands: readonly number[]
}

const arityOf = (code: number): number => (code < BINARY.length ? 2 : code === BINARY.length ? 3 : 1)

const OPERAND_BITS = 5
const OPERAND_MASK = 2 ** OPERAND_BITS - 1
const CODE_BITS = 8

/** An instruction as a number: its code, then its operands. */
export const packInstruction = ({ code, operands }: Instruction): number =>
  operands.reduce((packed, operand, i) => packed | (operand << (CODE_BITS + OPERAND_BITS * i)), code)

function unpackInstruction(packed: number): Instruction {
  const code = packed & (2 ** CODE_BITS - 1)
  const operands = Array.from(
    { length: arityOf(code) },
    (_, i) => (packed >> (CODE_BITS + OPERAND_BITS * i)) & OPERAND_MASK,
  )
  return { code, operands }
}

/** The instructions that the overrides of a pipeline, or the parameters of an operation, are. */
export const instructionsIn = (
  params: Readonly<Record<string, number | readonly number[] | undefined>>,
): readonly Instruction[] =>
  Array.from({ length: Number(params.INSTRUCTIONS ?? 0) }, (_, i) =>
    unpackInstruction(Number(params[`INSTRUCTION_${i}`])),
  )
