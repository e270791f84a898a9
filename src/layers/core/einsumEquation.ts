// The equation of an EinsumDense: which axes of the input, the kernel and the output are which, and what shapes follow from that.

import { describeValue, fail } from '../../errors.ts'
import { type OpenShape, type Shape, showShape } from '../../util/shape.ts'

/** An equation as it was written: letters of the input, the kernel and the output, and on which side axes are left out. */
export interface Equation {
  readonly input: string
  readonly kernel: string
  readonly output: string
  readonly elided: 'left' | 'right' | null
}

/** An equation with the shapes of its tensors. A number stands for each axis that `...` leaves out. */
export interface BoundEquation {
  readonly letters: Readonly<Record<'input' | 'kernel' | 'output', readonly string[]>>
  readonly kernelShape: Shape
  /** Aligned with the last axes of the output, 1 along those without a bias of their own; null without a bias. */
  readonly biasShape: Shape | null
  /** The output's shape, and that with the extents open that the option leaves open, although the input has them. */
  readonly outputShape: OpenShape
  readonly saidShape: OpenShape
  /** The kernel's axes of inputs and of outputs, which its initializer counts. */
  readonly inputAxes: readonly number[]
  readonly outputAxes: readonly number[]
}

const FORMS: readonly (readonly [Equation['elided'], RegExp])[] = [
  [null, /^([a-z]+),([a-z]+)->([a-z]+)$/i],
  ['left', /^\.\.\.([a-z]+),([a-z]+)->\.\.\.([a-z]+)$/i],
  ['right', /^([a-z]{2,})\.\.\.,([a-z]+)->([a-z]+)\.\.\.$/i],
]

/** Reads an equation; throws where it has none of Keras's three forms. */
export function readEquation(where: string, name: string, value: unknown): Equation {
  const text = typeof value === 'string' ? value.replaceAll(' ', '') : ''
  for (const [elided, form] of FORMS) {
    const [, input = '', kernel = '', output = ''] = form.exec(text) ?? []
    if (input === '') continue
    const twice = [input, kernel, output].find((part) => new Set(part).size !== part.length)
    if (twice) fail(where, { expected: `each letter of ${name} once a tensor`, got: describeValue(twice) })
    return { input, kernel, output, elided }
  }
  return fail(where, {
    expected: `${name} in the form 'ab,bc->ac', '...b,bc->...c' or 'ab...,bc->ac...'`,
    got: describeValue(value),
  })
}

/** What a layer says of its equation. */
export interface EquationOptions {
  readonly equation: Equation
  /** The output's extents without the batch and without what `...` leaves out; null where the input has them. */
  readonly outputShape: OpenShape
  readonly biasAxes: string | null
}

/** Binds an equation to the shape of an input, the batch in front; throws where they do not fit. */
export function bindEquation(
  where: string,
  { equation, outputShape, biasAxes }: EquationOptions,
  inputShape: OpenShape,
): BoundEquation {
  const { input, kernel, output, elided } = equation
  const count = inputShape.length - input.length
  if (count < 0 || (elided === null && count > 0)) {
    fail(where, {
      expected: `an input of ${elided ? 'at least ' : ''}${input.length} axes, "${input}"`,
      got: showShape(inputShape),
    })
  }
  const numbers = Array.from({ length: count }, (_, i) => `${i}`)
  const lettersOf = (part: string): string[] =>
    elided === 'left' ? [...numbers, ...part] : elided === 'right' ? [...part, ...numbers] : [...part]
  const letters = { input: lettersOf(input), kernel: [...kernel], output: lettersOf(output) }
  const batch = letters.output[0] ?? ''
  const inputExtents = new Map(letters.input.map((letter, axis) => [letter, inputShape[axis] ?? null]))
  const said = letters.output.filter((letter) => letter !== batch && !numbers.includes(letter))
  if (said.length !== outputShape.length) {
    fail(where, {
      expected: `outputShape with ${said.length} extents, of "${said.join('')}"`,
      got: describeValue(outputShape),
      remedy:
        elided && said.length < outputShape.length
          ? 'Leave out the batch, and the extents of the axes that ... stands for: outputs have those of the input.'
          : undefined,
    })
  }
  const extents = new Map<string, number | null>(
    letters.output.map((letter) => {
      const own = outputShape[said.indexOf(letter)]
      const given = inputExtents.get(letter)
      if (own === undefined) return [letter, letter === batch ? (inputShape[0] ?? null) : (given ?? null)]
      if (own !== null && given !== undefined && given !== own) {
        fail(where, {
          expected: `${own} entries along "${letter}", as outputShape says`,
          got: showShape(inputShape),
        })
      }
      return [letter, own ?? given ?? null]
    }),
  )
  const lost = [...output].find((letter) => !input.includes(letter) && !kernel.includes(letter))
  if (lost)
    fail(where, {
      expected: `letters of the input or the kernel in "${output}"`,
      got: `"${lost}" in neither`,
    })
  const known = (letter: string, what: string): number =>
    extents.get(letter) ??
    inputExtents.get(letter) ??
    fail(where, {
      expected: `a known extent of "${letter}", an axis of the ${what}`,
      got: `input ${showShape(inputShape)} and outputShape ${describeValue(outputShape)}`,
      remedy: 'Give it in outputShape, or in the shape of the input.',
    })
  const kernelShape = letters.kernel.map((letter) =>
    input.includes(letter) || output.includes(letter)
      ? known(letter, 'kernel')
      : fail(where, {
          expected: `letters of the input or the output in the kernel's "${kernel}"`,
          got: `"${letter}" in neither`,
        }),
  )
  const axesOf = (isOutput: boolean): number[] =>
    letters.kernel.flatMap((letter, axis) => (output.includes(letter) === isOutput ? [axis] : []))
  return {
    letters,
    kernelShape,
    biasShape: biasAxes === null ? null : biasShapeOf(where, biasAxes, letters.output, known),
    outputShape: letters.output.map((letter) => extents.get(letter) ?? null),
    saidShape: letters.output.map((letter) =>
      outputShape[said.indexOf(letter)] === null ? null : (extents.get(letter) ?? null),
    ),
    inputAxes: axesOf(false),
    outputAxes: axesOf(true),
  }
}

function biasShapeOf(
  where: string,
  biasAxes: string,
  output: readonly string[],
  known: (letter: string, what: string) => number,
): number[] {
  const wrong = [...biasAxes].find((letter) => !output.includes(letter))
  if (wrong !== undefined || biasAxes === '') {
    fail(where, {
      expected: `biasAxes among the letters of the output, "${output.filter((l) => /\D/.test(l)).join('')}"`,
      got: describeValue(biasAxes),
    })
  }
  const first = output.findIndex((letter) => biasAxes.includes(letter))
  return output.slice(first).map((letter) => (biasAxes.includes(letter) ? known(letter, 'bias') : 1))
}
