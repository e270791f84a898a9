/** Layouts of diagrams: boxes lie apart, and arrows end at them. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Box, Diagram, Frame } from '../../src/formats/plot/diagram.ts'
import type { Direction, Picture, PlacedBox, Point } from '../../src/formats/plot/geometry.ts'
import { layoutOf } from '../../src/formats/plot/layout.ts'

/** Diagrams of any kind: boxes that read earlier ones, some that read later ones or themselves, and frames in frames. */
const diagrams = fc
  .record({
    count: fc.integer({ min: 1, max: 14 }),
    arrows: fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat(9)), { maxLength: 24 }),
    frames: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 5 })), { maxLength: 4 }),
    widths: fc.array(fc.integer({ min: 40, max: 300 }), { minLength: 14, maxLength: 14 }),
  })
  .map(({ count, arrows, frames, widths }) => {
    const box = (id: string): Box => ({ id, kind: 'plain', title: id, facts: [] })
    let parts: (Box | Frame)[] = Array.from({ length: count }, (_, i) => box(`layer_${i}`))
    frames.forEach(([at, length], i) => {
      const from = at % parts.length
      const inside = parts.slice(from, from + length)
      parts = [
        ...parts.slice(0, from),
        { ...box(`frame_${i}`), parts: inside },
        ...parts.slice(from + length),
      ]
    })
    const ends = arrows.map(([a, b, kind]): readonly [string, string] => {
      const [from, to] = [a % count, b % count]
      const [low, high] = [Math.min(from, to), Math.max(from, to)]
      return kind === 0 ? [`layer_${high}`, `layer_${low}`] : [`layer_${low}`, `layer_${high}`]
    })
    const distinct = new Map(
      ends.filter(([from, to]) => from !== to || from === 'layer_0').map((end) => [end.join(), end]),
    )
    const diagram: Diagram = { name: 'any', parts, arrows: [...distinct.values()] }
    return { diagram, widths }
  })

const overlap = (a: PlacedBox, b: PlacedBox): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height

/** The frames that a box lies in, by the diagram. */
function framesOf(
  parts: readonly (Box | Frame)[],
  around: readonly string[] = [],
): Map<string, readonly string[]> {
  return new Map(
    parts.flatMap((part) => [
      [part.id, around] as const,
      ...('parts' in part ? framesOf(part.parts, [...around, part.id]) : []),
    ]),
  )
}

/** Points of an arrow, close to each other. */
function pointsOf({ start, lines }: Picture['arrows'][number]): Point[] {
  let from = start
  return lines.flatMap((points) => {
    const [a, b, c, d] = points.length === 3 ? [from, ...points] : [from, from, points[0]!, points[0]!]
    from = points.at(-1)!
    return Array.from({ length: 21 }, (_, i): Point => {
      const [t, s] = [i / 20, 1 - i / 20]
      const at = (axis: 0 | 1): number =>
        s ** 3 * a![axis] + 3 * s * s * t * b![axis] + 3 * s * t * t * c![axis] + t ** 3 * d![axis]
      return [at(0), at(1)]
    })
  })
}

function checkPicture(diagram: Diagram, picture: Picture): void {
  const around = framesOf(diagram.parts)
  const { boxes, arrows } = picture
  expect(new Set(boxes.map(({ box }) => box.id))).toEqual(new Set(around.keys()))
  const isIn = (inner: PlacedBox, outer: PlacedBox): boolean =>
    around.get(inner.box.id)!.includes(outer.box.id)
  for (const [i, a] of boxes.entries()) {
    expect(Math.min(a.x, a.y)).toBeGreaterThanOrEqual(0)
    expect(a.x + a.width).toBeLessThanOrEqual(picture.width)
    expect(a.y + a.height).toBeLessThanOrEqual(picture.height)
    for (const b of boxes.slice(i + 1)) {
      if (!isIn(a, b) && !isIn(b, a)) expect(overlap(a, b), `${a.box.id} and ${b.box.id}`).toBe(false)
      else {
        const [outer, inner] = isIn(b, a) ? [a, b] : [b, a]
        // Below what the frame says, and within it.
        expect(
          overlap({ ...outer, y: outer.y + outer.header!, height: outer.height - outer.header! }, inner),
        ).toBe(true)
        expect(inner.y).toBeGreaterThan(outer.y + outer.header!)
        expect(inner.x).toBeGreaterThan(outer.x)
        expect(inner.x + inner.width).toBeLessThan(outer.x + outer.width)
        expect(inner.y + inner.height).toBeLessThan(outer.y + outer.height)
      }
    }
  }
  const near = (a: number, b: number): boolean => Math.abs(a - b) < 0.01
  const isAtBorder = ([x, y]: Point): boolean =>
    boxes.some((box) => {
      const [x0, x1, y0, y1] = [box.x, box.x + box.width, box.y, box.y + box.height]
      const isWithin = x > x0 - 0.01 && x < x1 + 0.01 && y > y0 - 0.01 && y < y1 + 0.01
      const header = box.y + (box.header ?? 0)
      return isWithin && (near(x, x0) || near(x, x1) || near(y, y0) || near(y, y1) || near(y, header))
    })
  const inside = ([x, y]: Point, { x: left, y: top, width, height }: PlacedBox): boolean =>
    x > left + 0.5 && x < left + width - 0.5 && y > top + 0.5 && y < top + height - 0.5
  for (const arrow of arrows) {
    const points = pointsOf(arrow)
    expect(isAtBorder(arrow.start)).toBe(true)
    expect(isAtBorder(arrow.tip?.at ?? points.at(-1)!)).toBe(true)
    for (const box of boxes)
      if (box.header === null) expect(points.filter((point) => inside(point, box))).toEqual([])
  }
}

test('boxes lie apart, and arrows go from box to box and across none', async () => {
  const directions: readonly Direction[] = ['TB', 'BT', 'LR', 'RL']
  let round = 0
  await fc.assert(
    fc.asyncProperty(diagrams, async ({ diagram, widths }) => {
      const sizeOf = ({ id }: Box) => {
        const width = widths[Number(id.split('_')[1])]!
        return { width, height: 30 + (width % 60) }
      }
      const picture = await layoutOf('test', diagram, sizeOf, directions[round++ % 4]!)
      checkPicture(diagram, picture)
    }),
    { numRuns: 60, seed: 1 },
  )
})
