// Axes by names, as einops has them.

import { checkExtent, checkText, describeValue, fail } from '../errors.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { showShape } from '../util/shape.ts'
import { type Operand, shapeOfOperand } from './operation.ts'
import { reshape, transpose } from './shapes.ts'

/** The axes of one side of a pattern, each a list of the names that it consists of; null where brackets do not match. */
function axesIn(side: string): readonly (readonly string[])[] | null {
  const words = side.match(/\([^()]*\)|[^\s()]+|[()]/g) ?? []
  const isName = (word: string): boolean => /^([A-Za-z_]\w*|1)$/.test(word)
  const axes = words.map((word) =>
    word
      .replace(/^\((.*)\)$/, '$1')
      .split(/\s+/)
      .filter((name) => name !== ''),
  )
  return axes.every((names) => names.every(isName)) ? axes : null
}

/**
 * A tensor with its axes in another order, split and joined, by their names: `ops.rearrange(x, 'b (h w) c -> b c h w', { h: 4 })`.
 * Brackets stand for one axis of several, `1` for one of a single entry.
 *
 * @param axesLengths Extents by name, of all axes that are split but one.
 */
export function rearrange(
  tensor: Operand,
  pattern: string,
  axesLengths: Readonly<Record<string, number>> = {},
): SymbolicTensor {
  const where = 'ops.rearrange'
  const shape = shapeOfOperand(tensor, where)
  const sides = checkText(where, 'pattern', pattern).split('->')
  const [input = null, output = null] = sides.map(axesIn)
  if (sides.length !== 2 || input === null || output === null || input.length !== shape.length)
    return fail(where, {
      expected: `a pattern of ${shape.length} axes, such as 'b (h w) c -> b c h w'`,
      got: `${describeValue(pattern)} for ${showShape(shape)}`,
    })
  // Each 1 is an axis of its own, which has no name.
  const named = (axes: readonly (readonly string[])[]): string[] => axes.flat().filter((name) => name !== '1')
  const [before, behind] = [named(input), named(output)]
  if (
    new Set(before).size < before.length ||
    before.length !== behind.length ||
    behind.some((name) => !before.includes(name)) ||
    new Set(behind).size < behind.length
  )
    return fail(where, { expected: 'each name once on both sides of the arrow', got: describeValue(pattern) })
  for (const name of Object.keys(axesLengths))
    if (!before.includes(name))
      fail(where, { expected: `extents of ${before.join(', ')}`, got: `${name}: ${axesLengths[name]}` })
  const extents = new Map<string, number | null>()
  input.forEach((names, axis) => {
    const own = names.filter((name) => name !== '1')
    const given = own.map((name) =>
      Object.hasOwn(axesLengths, name) ? checkExtent(where, name, axesLengths[name]) : null,
    )
    const whole = shape[axis] ?? null
    const known = given.reduce<number>((product, extent) => product * (extent ?? 1), 1)
    const open = given.filter((extent) => extent === null).length
    if (open > 1 || (whole !== null && (open === 1 ? whole % known !== 0 : whole !== known)))
      fail(where, {
        expected: `extents of all but one of ${names.join(', ') || 'no names'}, whose product is ${whole}`,
        got: describeValue(axesLengths),
      })
    own.forEach((name, i) => {
      extents.set(name, given[i] ?? (whole === null ? null : whole / known))
    })
  })
  const sizes = (names: readonly string[]): number =>
    names.reduce((product, name) => {
      const extent = name === '1' ? 1 : (extents.get(name) ?? null)
      return extent === null || product < 0 ? -1 : product * extent
    }, 1)
  const split = reshape(
    tensor,
    before.map((name) => extents.get(name) ?? -1),
  )
  const turned = transpose(
    split,
    behind.map((name) => before.indexOf(name)),
  )
  return reshape(turned, output.map(sizes))
}
