// Places of boxes and arrows, laid out upright, where data go down, and turned afterwards to where they shall go.

import type { Box } from './diagram.ts'

export type Point = readonly [x: number, y: number]

export interface Size {
  readonly width: number
  readonly height: number
}

/** `x` and `y` are of the corner at the left and at the top. */
export interface Rectangle extends Size {
  readonly x: number
  readonly y: number
}

export interface PlacedBox extends Rectangle {
  readonly box: Box
  /** Of a frame, which has other boxes in it: the height of what it says. */
  readonly header: number | null
}

export interface PlacedArrow {
  readonly start: Point
  /** Lines, to one point, and cubic curves, to the last of three. */
  readonly lines: readonly (readonly Point[])[]
  /** Where it points to, and in which direction; `null` where another arrow goes on. */
  readonly tip: { readonly at: Point; readonly towards: Point } | null
}

export interface Picture extends Size {
  /** A frame stands before what is in it. */
  readonly boxes: readonly PlacedBox[]
  readonly arrows: readonly PlacedArrow[]
}

export type Direction = 'TB' | 'BT' | 'LR' | 'RL'

export const isSideways = (direction: Direction): boolean => direction === 'LR' || direction === 'RL'

export const transposed = ({ width, height }: Size): Size => ({ width: height, height: width })

/** A picture at another place. */
export const moved = (picture: Picture, dx: number, dy: number): Picture =>
  mapped(picture, picture, ([x, y]) => [x + dx, y + dy])

/** An upright picture with its data in a direction. */
export function turned(picture: Picture, direction: Direction): Picture {
  const { height } = picture
  const flipped = ([x, y]: Point): Point => [x, height - y]
  const aside = ([x, y]: Point): Point => [y, x]
  if (direction === 'TB') return picture
  if (direction === 'BT') return mapped(picture, picture, flipped)
  const size = transposed(picture)
  return mapped(picture, size, direction === 'LR' ? aside : (point) => aside(flipped(point)))
}

function mapped({ boxes, arrows }: Picture, { width, height }: Size, map: (point: Point) => Point): Picture {
  const rectangle = <R extends Rectangle>(given: R): R => {
    const [x0, y0] = map([given.x, given.y])
    const [x1, y1] = map([given.x + given.width, given.y + given.height])
    return {
      ...given,
      x: Math.min(x0, x1),
      y: Math.min(y0, y1),
      width: Math.abs(x1 - x0),
      height: Math.abs(y1 - y0),
    }
  }
  const [ox, oy] = map([0, 0])
  const along = (direction: Point): Point => {
    const [x, y] = map(direction)
    return [x - ox, y - oy]
  }
  return {
    width,
    height,
    boxes: boxes.map(rectangle),
    arrows: arrows.map(({ start, lines, tip }) => ({
      start: map(start),
      lines: lines.map((points) => points.map(map)),
      tip: tip && { at: map(tip.at), towards: along(tip.towards) },
    })),
  }
}
