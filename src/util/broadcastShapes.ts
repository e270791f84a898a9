import { fail } from '../errors.ts'
import { type OpenShape, showShape } from './shape.ts'

/**
 * The shape that all broadcast to, by NumPy's rule: along each axis, from the last one, extents are equal or 1. An open extent fits
 * any, and stays open where no other is known.
 */
export function broadcastShapes(where: string, shapes: readonly OpenShape[], remedy?: string): OpenShape {
  const rank = Math.max(...shapes.map(({ length }) => length))
  return Array.from({ length: rank }, (_, axis) => {
    const extents = shapes.map((shape) => (shape.length + axis < rank ? 1 : (shape.at(axis - rank) ?? null)))
    const [extent = extents.includes(null) ? null : 1, ...others] = new Set(
      extents.filter((n) => n !== null && n !== 1),
    )
    if (others.length > 0)
      fail(where, {
        expected: 'shapes that broadcast',
        got: shapes.map(showShape).join(' and '),
        remedy,
      })
    return extent
  })
}
