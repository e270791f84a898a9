// Shapes by the names of their dimensions: what is found, and what every disagreement is told.
import { describe, expect, expectTypeOf, test } from 'vitest'
import { dims } from '../../src/graph/dims.ts'
import type { Shape } from '../../src/util/shape.ts'

describe('finds', () => {
  test('dimensions, whatever their order', () => {
    const found = dims('lstm', { z: 'B T 4U', kernel: 'U _', h0: 'B U' }, { z: [2, 3, 20], kernel: [5, 7] })
    expect(found).toEqual({ B: 2, T: 3, U: 5 })
    expectTypeOf(found.B).toEqualTypeOf<number>()
    // @ts-expect-error No pattern names it.
    expect(found.C).toBeUndefined()
  })

  test('groups of extents, in front, behind or between', () => {
    const found = dims(
      'op',
      { x: '...rows C', y: 'C ...rows', z: 'B ... C' },
      { x: [2, 3, 4], y: [4, 2, 3], z: [9, 4] },
    )
    expect(found).toEqual({ rows: [2, 3], B: 9, C: 4 })
    expectTypeOf(found.rows).toEqualTypeOf<Shape>()
    expect(dims('op', { x: '...rows C' }, { x: [4] })).toEqual({ rows: [], C: 4 })
  })

  test('products with numbers of the attributes, 1 where they are left out', () => {
    const patterns = { x: 'B groups·C', kernel: 'C 12F' }
    expect(dims('op', patterns, { x: [2, 6], kernel: [3, 24] }, { groups: 2 })).toEqual({ B: 2, C: 3, F: 2 })
    expect(dims('op', patterns, { x: [2, 6], kernel: [6, 24] })).toEqual({ B: 2, C: 6, F: 2 })
  })

  test('names of tensors that may be absent are typed so', () => {
    const found = dims<{ x: 'B'; bias: 'F' }, 'bias'>('op', { x: 'B', bias: 'F' }, { x: [3] })
    expectTypeOf(found.F).toEqualTypeOf<number | undefined>()
    expect(found).toEqual({ B: 3 })
  })
})

test.each([
  ['a rank', { z: [2, 12] }, 'lstm: expected z [B, T, 4U], got [2, 12].'],
  ['a factor', { z: [2, 3, 21] }, 'lstm: expected z [B, T, 4U] with B = 2, T = 3, got [2, 3, 21].'],
  ['an extent', { z: [2, 3, 8], r: [4, 16] }, 'lstm: expected r [U, 4U] with U = 2, got [4, 16].'],
  ['a product', { z: [2, 3, 8], r: [2, 9] }, 'lstm: expected r [U, 4U] with U = 2, got [2, 9].'],
  ['a group', { a: [2, 3, 1], b: [3, 2] }, 'lstm: expected b [...rows] with rows = [2, 3], got [3, 2].'],
  ['too few for a group', { z: [2, 3, 8], a: [] }, 'lstm: expected a [...rows, _], got [].'],
])('%s that disagrees', (_, shapes: Readonly<Record<string, Shape>>, message) => {
  expect(() => dims('lstm', { z: 'B T 4U', r: 'U 4U', a: '...rows _', b: '...rows' }, shapes)).toThrow(
    message,
  )
})

test('patterns that do not settle a dimension are a mistake of the operation', () => {
  expect(() => dims('op', { x: 'A·C' }, { x: [6] })).toThrow('op leaves dimensions of x open')
})
