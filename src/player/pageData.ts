// Data as somebody writes them into an ejected page, and numbers as the page shows them.

import { describeValue, fail } from '../errors.ts'
import { type Shape, sameShape, showShape, sizeOf } from '../util/shape.ts'
import { Tensor, toTensor } from '../util/tensor.ts'

/** Samples of a shape, from JSON or from the lines of a table; one sample may stand by itself. */
export function readText(text: string, name: string, sample: Shape): Tensor {
  const trimmed = text.trim()
  if (trimmed === '') fail(name, { expected: 'numbers', got: 'an empty field' })
  if (!/^[[{]/.test(trimmed)) return readTable(trimmed, name, sample)
  const { data, shape } = toTensor(parsed(trimmed, name), name)
  return new Tensor(data, sameShape(shape, sample) ? [1, ...sample] : shape)
}

function parsed(text: string, name: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    return fail(name, { expected: 'JSON', got: error instanceof Error ? error.message : String(error) })
  }
}

/** Numbers between commas, semicolons, tabs or spaces; a first line of words is a heading. */
function readTable(text: string, name: string, sample: Shape): Tensor {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '')
  const cells = lines.map((line) => line.trim().split(/\s*[,;\t]\s*|\s+/))
  const isHeading = cells.length > 1 && cells[0]?.every((cell) => Number.isNaN(Number(cell)))
  const numbers = cells.slice(isHeading ? 1 : 0).flatMap((row, i) =>
    row.map((cell) =>
      cell === '' || Number.isNaN(Number(cell))
        ? fail(name, {
            expected: 'numbers',
            got: `${describeValue(cell)} in line ${i + (isHeading ? 2 : 1)}`,
          })
        : Number(cell),
    ),
  )
  const size = sizeOf(sample)
  if (numbers.length % size > 0)
    fail(name, {
      expected: `samples of ${size} numbers each, ${showShape(sample)}`,
      got: `${numbers.length} numbers`,
    })
  return new Tensor(Float32Array.from(numbers), [numbers.length / size, ...sample])
}

/** The most numbers of an example. */
const MOST_IN_EXAMPLE = 1000

/** One sample as JSON, a line for each row, to be written over; empty for large samples. */
export function exampleOf(sample: Shape, isInteger: boolean): string {
  if (sizeOf(sample) > MOST_IN_EXAMPLE) return ''
  const numbers = Float32Array.from({ length: sizeOf(sample) }, (_, i) =>
    isInteger ? 0 : Math.round(100 * Math.sin(i / 3)) / 100,
  )
  return textOf(new Tensor(numbers, [1, ...sample]))
}

/** A tensor as JSON with numbers of six digits, the innermost arrays in a line each. */
export function textOf({ data, shape }: Tensor): string {
  const write = (axis: number, offset: number, indent: string): string => {
    const width = sizeOf(shape.slice(axis + 1))
    const items = Array.from({ length: shape[axis] ?? 0 }, (_, i) => offset + i * width)
    if (axis >= shape.length - 1)
      return `[${items.map((at) => numberText(data[at] ?? Number.NaN)).join(', ')}]`
    const inner = items.map((at) => indent + write(axis + 1, at, `${indent} `))
    return `[${inner.join(',\n').trimStart()}]`
  }
  return shape.length === 0 ? numberText(data[0] ?? Number.NaN) : write(0, 0, ' ')
}

const numberText = (value: number): string => String(Number(value.toPrecision(6)))
