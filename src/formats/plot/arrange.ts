// One level of a diagram, arranged by dagre, which ranks boxes along the arrows and orders those of a rank so that few arrows cross.

import type * as Dagre from '@dagrejs/dagre'
import type { Point, Rectangle, Size } from './geometry.ts'
import type { LevelArrow } from './levels.ts'

const BETWEEN_RANKS = 44
const BETWEEN_BOXES = 32
const BETWEEN_ARROWS = 20
/** Room for an arrow from a box to itself. */
const LOOP = 28

export interface Ranked extends Rectangle {
  readonly rank: number
}

/** An upright level whose corner is at the origin. */
export interface Arranged extends Size {
  readonly parts: ReadonlyMap<string, Ranked>
  /** Where data pass the border to boxes and from boxes, by the ids of these; only x and rank say something. */
  readonly entries: ReadonlyMap<string, Ranked>
  readonly exits: ReadonlyMap<string, Ranked>
  /** Arrows with points that they go through, among these one at the middle of each rank between their ends. */
  readonly arrows: readonly (LevelArrow & { readonly points: readonly Point[] })[]
}

/** Nodes that stand for the border: one before all others, one behind them, and between these and the boxes those that data pass. */
const BEFORE = 'before'
const BEHIND = 'behind'
const entryOf = (box: string): string => `entry ${box}`
const exitOf = (box: string): string => `exit ${box}`

/** @param sizes Sizes of the level's parts, by id. */
export function arrange(
  { Graph, layout }: typeof Dagre,
  sizes: ReadonlyMap<string, Size>,
  arrows: readonly LevelArrow[],
): Arranged {
  const graph = new Graph<Dagre.GraphLabel, Dagre.NodeLabel, Dagre.EdgeLabel>({ multigraph: true })
  graph.setGraph({ ranksep: BETWEEN_RANKS, nodesep: BETWEEN_BOXES, edgesep: BETWEEN_ARROWS })
  const connect = (from: string, to: string, name: string, weight: number, minlen = 1): void => {
    graph.setEdge(from, to, { weight, minlen, width: from === to ? LOOP : 0, height: 0 }, name)
  }
  /** A node of the border, held beside the border's end by a heavy arrow. */
  const port = (name: string, from: string, to: string): string => {
    if (!graph.hasNode(name)) {
      for (const each of [name, from, to]) graph.setNode(each, { width: 1, height: 1 })
      connect(from, to, 'border', 1000)
    }
    return name
  }
  for (const [id, { width, height }] of sizes) graph.setNode(id, { width, height })
  const isBack = backArrows([...sizes.keys()], arrows)
  const edges = arrows.map((arrow, i) => {
    const { from, to } = arrow
    const start = from?.part ?? port(entryOf(to?.box ?? ''), BEFORE, entryOf(to?.box ?? ''))
    const end = to?.part ?? port(exitOf(from?.box ?? ''), exitOf(from?.box ?? ''), BEHIND)
    const [upper, lower] = isBack.has(arrow) ? [end, start] : [start, end]
    connect(upper, lower, String(i), 1)
    return { upper, lower, name: String(i), isTurned: isBack.has(arrow) }
  })
  // Boxes without arrows to them, or from them, lie between the nodes of the border like all others.
  const between = edges.filter(({ upper, lower }) => upper !== lower)
  const [begun, ended] = [
    new Set(between.map(({ lower }) => lower)),
    new Set(between.map(({ upper }) => upper)),
  ]
  for (const id of sizes.keys()) {
    if (!begun.has(id) && graph.hasNode(BEFORE)) connect(BEFORE, id, 'border', 0, 2)
    if (!ended.has(id) && graph.hasNode(BEHIND)) connect(id, BEHIND, 'border', 0, 2)
  }
  layout(graph)

  const placeOf = (name: string): Ranked => {
    const { x = 0, y = 0, width = 0, height = 0, rank = 0 } = graph.node(name)
    return { x: x - width / 2, y: y - height / 2, width, height, rank }
  }
  const parts = [...sizes.keys()].map((id) => [id, placeOf(id)] as const)
  const lines = edges.map(({ upper, lower, name, isTurned }) => {
    const points = (graph.edge(upper, lower, name).points ?? []).map(({ x, y }): Point => [x, y])
    return isTurned ? points.reverse() : points
  })
  const xs = lines.flat().map(([x]) => x)
  const left = Math.min(...parts.map(([, { x }]) => x), ...xs)
  const right = Math.max(...parts.map(([, { x, width }]) => x + width), ...xs)
  const top = Math.min(...parts.map(([, { y }]) => y))
  const bottom = Math.max(...parts.map(([, { y, height }]) => y + height))
  const moved = (place: Ranked): Ranked => ({ ...place, x: place.x - left, y: place.y - top })
  const ports = (boxOf: (arrow: LevelArrow) => string | undefined, nameOf: (box: string) => string) =>
    new Map(
      arrows.flatMap((arrow) => {
        const box = boxOf(arrow)
        return box === undefined ? [] : [[box, moved(placeOf(nameOf(box)))]]
      }),
    )
  return {
    width: right - left,
    height: bottom - top,
    parts: new Map(parts.map(([id, place]) => [id, moved(place)])),
    entries: ports(({ from, to }) => (from ? undefined : to?.box), entryOf),
    exits: ports(({ from, to }) => (to ? undefined : from?.box), exitOf),
    arrows: arrows.map((arrow, i) => ({
      ...arrow,
      points: (lines[i] ?? []).map(([x, y]): Point => [x - left, y - top]),
    })),
  }
}

/** Arrows that lead back to a box that their own was reached from, as those of a layer that is called again; without them, none does. */
function backArrows(parts: readonly string[], arrows: readonly LevelArrow[]): ReadonlySet<LevelArrow> {
  const leaving = new Map<string, LevelArrow[]>()
  for (const arrow of arrows) {
    const { from, to } = arrow
    if (from && to && from.part !== to.part)
      leaving.set(from.part, [...(leaving.get(from.part) ?? []), arrow])
  }
  const back = new Set<LevelArrow>()
  const states = new Map<string, 'open' | 'done'>()
  const visit = (part: string): void => {
    states.set(part, 'open')
    for (const arrow of leaving.get(part) ?? []) {
      const { part: next = '' } = arrow.to ?? {}
      const state = states.get(next)
      if (state === 'open') back.add(arrow)
      else if (state === undefined) visit(next)
    }
    states.set(part, 'done')
  }
  // Where data come in goes first, so that arrows from there lead forward.
  const entered = arrows.flatMap(({ from, to }) => (!from && to ? [to.part] : []))
  for (const part of [...entered, ...parts]) if (!states.has(part)) visit(part)
  return back
}
