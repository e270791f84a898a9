// The arrows of a diagram, level by level: an arrow that leads into a frame is one to the frame, where it stands, and one from the
// frame's border to the box, inside. So each frame is laid out by itself, and nothing in it can lie on what is beside it.

import { type Box, type Diagram, type Frame, isFrame } from './diagram.ts'

/** An end of an arrow: a part of the level, and the box in it, or itself, that data come from or go to. */
export interface End {
  readonly part: string
  readonly box: string
}

/** An arrow of a level; `null` stands for the border of its frame, where data of the box at the other end go through. */
export interface LevelArrow {
  readonly from: End | null
  readonly to: End | null
}

/** The id of the level that holds all. */
export const WHOLE = ''

/** Arrows by the frame that they are in. */
export function levelsOf({ parts, arrows }: Diagram): ReadonlyMap<string, readonly LevelArrow[]> {
  const paths = pathsOf(parts)
  const levels = new Map<string, Map<string, LevelArrow>>()
  const add = (frame: string, arrow: LevelArrow): void => {
    const level = levels.get(frame) ?? new Map<string, LevelArrow>()
    levels.set(frame, level)
    const key = [arrow.from, arrow.to].map((end) => (end ? `${end.part} ${end.box}` : '')).join(' to ')
    level.set(key, arrow)
  }
  for (const [from, to] of arrows) {
    const [out, into] = [paths.get(from) ?? [], paths.get(to) ?? []]
    const differ = out.findIndex((id, depth) => id !== into[depth])
    const common = differ < 0 ? out.length - 1 : differ
    const end = (path: readonly string[], depth: number, box: string): End => ({
      part: path[depth] ?? box,
      box,
    })
    add(out[common - 1] ?? WHOLE, { from: end(out, common, from), to: end(into, common, to) })
    for (let depth = common + 1; depth < out.length; depth++)
      add(out[depth - 1] ?? WHOLE, { from: end(out, depth, from), to: null })
    for (let depth = common + 1; depth < into.length; depth++)
      add(into[depth - 1] ?? WHOLE, { from: null, to: end(into, depth, to) })
  }
  return new Map([...levels].map(([frame, level]) => [frame, [...level.values()]]))
}

/** The frames that each box is in, from outside, and itself. */
function pathsOf(parts: readonly (Box | Frame)[]): Map<string, readonly string[]> {
  const paths = new Map<string, readonly string[]>()
  const follow = (inner: readonly (Box | Frame)[], path: readonly string[]): void => {
    for (const part of inner) {
      const own = [...path, part.id]
      if (isFrame(part)) follow(part.parts, own)
      else paths.set(part.id, own)
    }
  }
  follow(parts, [])
  return paths
}
