// Where the boxes of a diagram lie, and how its arrows run. Each frame is laid out by itself and is then one box of the level around it.

import { fail } from '../../errors.ts'
import { type Arranged, arrange } from './arrange.ts'
import { arrowsOf, type Ports } from './arrows.ts'
import { type Box, type Diagram, type Frame, isFrame } from './diagram.ts'
import { type Direction, isSideways, moved, type Picture, type Size, transposed, turned } from './geometry.ts'
import { levelsOf, WHOLE } from './levels.ts'

/** Around the whole picture. */
const MARGIN = 12
/** Between a frame's border and what is in it: arrows bend here. */
const PADDING = 26

/** Layouts of more boxes in one level take seconds, and stacks that engines do not have. */
const MOST_BOXES = 1000

/** A laid out level, upright. */
interface Level extends Picture, Ports {}

/** Room that a level leaves at its borders, and what of it a header takes before and behind the boxes. */
interface Borders {
  readonly padding: number
  readonly before: number
  readonly behind: number
  readonly left: number
  readonly least: Size
}

/**
 * @param sizeOf The size of a box, or of what a frame says.
 * @throws {RecurraError} for more boxes in one level than can be laid out.
 */
export async function layoutOf(
  where: string,
  diagram: Diagram,
  sizeOf: (box: Box) => Size,
  direction: Direction,
): Promise<Picture> {
  const dagre = await import('@dagrejs/dagre')
  const levels = levelsOf(diagram)
  const upright = (size: Size): Size => (isSideways(direction) ? transposed(size) : size)

  const bordersOf = (frame: Frame): Borders => {
    const { width, height } = sizeOf(frame)
    return {
      padding: PADDING,
      before: direction === 'TB' ? height : 0,
      behind: direction === 'BT' ? height : 0,
      left: isSideways(direction) ? height : 0,
      least: upright({ width, height: 0 }),
    }
  }

  const place = (id: string, parts: readonly (Box | Frame)[], borders: Borders): Level => {
    if (parts.length > MOST_BOXES)
      fail(where, {
        expected: `at most ${MOST_BOXES} boxes in a picture`,
        got: `${parts.length}`,
        remedy: "Write { format: 'dot' }, which Graphviz draws.",
      })
    const frames = new Map(
      parts.filter(isFrame).map((frame) => [frame.id, place(frame.id, frame.parts, bordersOf(frame))]),
    )
    const sizes = new Map(parts.map((part) => [part.id, frames.get(part.id) ?? upright(sizeOf(part))]))
    const arranged = arrange(dagre, sizes, levels.get(id) ?? [])
    return levelOf(parts, arranged, frames, borders)
  }

  const levelOf = (
    parts: readonly (Box | Frame)[],
    arranged: Arranged,
    frames: ReadonlyMap<string, Level>,
    { padding, before, behind, left, least }: Borders,
  ): Level => {
    const inside = {
      width: arranged.width + left + 2 * padding,
      height: arranged.height + before + behind + 2 * padding,
    }
    const width = Math.max(inside.width, least.width)
    const height = Math.max(inside.height, least.height)
    // A frame that is wider than what is in it has that in its middle.
    const dx = left + padding + (width - inside.width) / 2
    const dy = before + padding + (height - inside.height) / 2
    const borders = { entry: before - dy, exit: height - behind - dy }
    const own: Picture = {
      width,
      height,
      boxes: parts.map((box) => ({
        box,
        ...(arranged.parts.get(box.id) ?? { x: 0, y: 0, width: 0, height: 0 }),
        header: isFrame(box) ? sizeOf(box).height : null,
      })),
      arrows: arrowsOf(arranged, borders, (part) => frames.get(part)),
    }
    const contents = [...frames].map(([id, frame]) => {
      const { x = 0, y = 0 } = arranged.parts.get(id) ?? {}
      return moved(frame, x, y)
    })
    const all: Picture = {
      width,
      height,
      boxes: [own, ...contents].flatMap(({ boxes }) => boxes),
      arrows: [own, ...contents].flatMap(({ arrows }) => arrows),
    }
    const across = (ports: Arranged['entries']) => new Map([...ports].map(([box, { x }]) => [box, x + dx]))
    return { ...moved(all, dx, dy), entries: across(arranged.entries), exits: across(arranged.exits) }
  }

  const around: Borders = { padding: MARGIN, before: 0, behind: 0, left: 0, least: { width: 0, height: 0 } }
  return turned(place(WHOLE, diagram.parts, around), direction)
}
