// How arrows of a level run: straight past the boxes of each rank, where dagre keeps room for them, and bent between two ranks. So
// none crosses a box. Arrows that end at the same side of a box share it evenly, in the order of where they come from.

import type { Arranged, Ranked } from './arrange.ts'
import type { PlacedArrow, Point } from './geometry.ts'
import type { End } from './levels.ts'

/** What a frame says of where data pass its border: from its left, by the boxes inside. */
export interface Ports {
  readonly entries: ReadonlyMap<string, number>
  readonly exits: ReadonlyMap<string, number>
}

/** The length of an arrow's head. */
export const HEAD = 8
/** Between the ends of arrows at one side, and between those and its corners. */
const APART = 28
const CORNER = 12
const LOOP = 22

/** A straight piece of an arrow: at x, from one y to another. */
interface Piece {
  x: number
  from: number
  to: number
}

interface Route {
  readonly pieces: Piece[]
  /** Whether an arrow inside a frame goes on where this ends. */
  readonly goesOn: boolean
}

/** One end of a route that has no place at its side yet. */
interface Open {
  readonly piece: Piece
  /** The piece beside it, whose x says from where the arrow comes. */
  readonly beside: () => number
}

/**
 * @param borders The heights at which data pass the level's own border.
 * @param portsOf What is known of the frames among the level's parts.
 */
export function arrowsOf(
  { parts, entries, exits, arrows }: Arranged,
  borders: { readonly entry: number; readonly exit: number },
  portsOf: (part: string) => Ports | undefined,
): PlacedArrow[] {
  const ranks = spansOf([...parts.values()])
  const sides = new Map<string, { readonly part: Ranked; readonly open: Open[] }>()
  const none: Ranked = { x: 0, y: 0, width: 0, height: 0, rank: 0 }
  const placeOf = (end: End | null, ports: ReadonlyMap<string, Ranked>, box = ''): Ranked =>
    (end ? parts.get(end.part) : ports.get(box)) ?? none

  const routes = arrows.map(({ from, to, points }): Route | PlacedArrow => {
    const [start, end] = [placeOf(from, entries, to?.box), placeOf(to, exits, from?.box)]
    if (from && to && from.part === to.part) return loopOf(start)
    const isDown = start.rank < end.rank
    const between = [...ranks].filter(
      ([rank]) => rank > Math.min(start.rank, end.rank) && rank < Math.max(start.rank, end.rank),
    )
    if (!isDown) between.reverse()
    const edge = ({ rank }: Ranked, y: number, isEnd: boolean): number => {
      const span = ranks.get(rank)
      if (!span) return y
      return isEnd === isDown ? span.top : span.bottom
    }
    const first: Piece = from
      ? { x: middleOf(start), from: isDown ? start.y + start.height : start.y, to: 0 }
      : { x: start.x, from: borders.entry, to: borders.entry }
    if (from) first.to = edge(start, first.from, false)
    const last: Piece = to
      ? { x: middleOf(end), from: 0, to: isDown ? end.y : end.y + end.height }
      : { x: end.x, from: borders.exit, to: borders.exit }
    if (to) last.from = edge(end, last.to, true)
    const past = between.map(([, { top, bottom }]): Piece => {
      const middle = (top + bottom) / 2
      const [x] = points.reduce((best, each) =>
        Math.abs(each[1] - middle) < Math.abs(best[1] - middle) ? each : best,
      )
      return isDown ? { x, from: top, to: bottom } : { x, from: bottom, to: top }
    })
    const pieces = [first, ...past, last]
    const take = (own: End, part: Ranked, piece: Piece, beside: Piece, side: keyof Ports): boolean => {
      const isAtPorts = (side === 'exits') === (piece === first) && isDown
      const port = isAtPorts ? portsOf(own.part)?.[side].get(own.box) : undefined
      if (port !== undefined) {
        piece.x = part.x + port
        return true
      }
      const isTop = (piece === last) === isDown
      const key = `${own.part} ${isTop ? 'top' : 'bottom'}`
      const known = sides.get(key) ?? { part, open: [] }
      sides.set(key, known)
      known.open.push({ piece, beside: () => beside.x })
      return false
    }
    if (from) take(from, start, first, pieces[1] ?? last, 'exits')
    const goesOn = to === null || take(to, end, last, pieces.at(-2) ?? first, 'entries')
    return { pieces, goesOn }
  })

  for (const { part, open } of sides.values()) share(part, open)
  return routes.map((route) => ('pieces' in route ? drawn(route) : route))
}

const middleOf = ({ x, width }: Ranked): number => x + width / 2

/** From the highest to the lowest of the boxes of each rank, from the first rank on. */
function spansOf(parts: readonly Ranked[]): Map<number, { top: number; bottom: number }> {
  const spans = new Map<number, { top: number; bottom: number }>()
  for (const { rank, y, height } of [...parts].sort((a, b) => a.rank - b.rank)) {
    const { top, bottom } = spans.get(rank) ?? { top: y, bottom: y + height }
    spans.set(rank, { top: Math.min(top, y), bottom: Math.max(bottom, y + height) })
  }
  return spans
}

/** Gives the arrows at a side of a box their places. */
function share(part: Ranked, open: readonly Open[]): void {
  const ordered = open.map((end) => ({ end, from: end.beside() })).sort((a, b) => a.from - b.from)
  const apart = Math.min(APART, Math.max(0, part.width - 2 * CORNER) / Math.max(1, open.length - 1))
  ordered.forEach(({ end }, i) => {
    end.piece.x = middleOf(part) + (i - (open.length - 1) / 2) * apart
  })
}

function drawn({ pieces, goesOn }: Route): PlacedArrow {
  const [first] = pieces
  const last = pieces.at(-1)!
  const down = Math.sign(last.to - first!.from) || 1
  const tip: Point = [last.x, last.to]
  // The line ends in its head, which has to lie on a straight piece or on the end of a bend.
  const end = goesOn ? last.to : last.to - down * HEAD
  const straight = {
    ...last,
    to: end,
    from: goesOn ? last.from : (down > 0 ? Math.min : Math.max)(last.from, end),
  }
  const lines: Point[][] = []
  let at: Point = [first!.x, first!.from]
  for (const piece of [...pieces.slice(0, -1), straight]) {
    const next: Point = [piece.x, piece.from]
    if (next[0] !== at[0]) {
      const middle = (at[1] + next[1]) / 2
      lines.push([[at[0], middle], [next[0], middle], next])
    }
    const to: Point = [piece.x, piece.to]
    if (to[1] !== (next[0] === at[0] ? at[1] : next[1])) lines.push([to])
    at = to
  }
  return { start: [first!.x, first!.from], lines, tip: goesOn ? null : { at: tip, towards: [0, down] } }
}

/** From a box to itself, around its right side. */
function loopOf({ x, y, width, height }: Ranked): PlacedArrow {
  const right = x + width
  const [above, below] = [y + height / 4, y + (height * 3) / 4]
  const out = right + LOOP
  return {
    start: [right, below],
    lines: [
      [
        [out, below],
        [out, above],
        [right + HEAD, above],
      ],
    ],
    tip: { at: [right, above], towards: [-1, 0] },
  }
}
