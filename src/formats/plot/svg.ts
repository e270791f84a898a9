// Pictures as SVG. What is drawn says its own colors, which can be read on light pages and on dark ones alike; there is no style sheet
// that would apply to the page around it, or that its policy would forbid, and there are no ids, which another picture would have too.

import { HEAD } from './arrows.ts'
import type { Box, Diagram } from './diagram.ts'
import type { Direction, Picture, PlacedArrow, PlacedBox, Point, Size } from './geometry.ts'
import { layoutOf } from './layout.ts'
import { linesWithin, widthOf } from './textSize.ts'

/** Of what is said first, and of headers: white letters are on these. */
const COLORS: Readonly<Record<Box['kind'], string>> = {
  input: '#0f766e',
  weights: '#4f46e5',
  plain: '#57606a',
  model: '#3b4351',
}
const PAPER = '#f6f8fa'
const INK = '#1f2328'
const FAINT_INK = '#57606a'
/** As far from white as from black. */
const LINE = '#7d8590'

const TITLE = { size: 13, height: 18 }
const FACT = { size: 12, height: 17 }
const INDENT = 12
const PADDING = 7
const BETWEEN_COLUMNS = 10
const ROUNDING = 6

/** Letters a line, and of a text altogether: names may be of any length. */
const LINE_LETTERS = 44
const TEXT_LETTERS = 440

interface Line {
  readonly text: string
  readonly x: number
  readonly y: number
  readonly width: number
  readonly size: number
  readonly isBold: boolean
  readonly color: string
}

/** What a box says, with places from its corner. */
interface Card extends Size {
  /** The height of its title. */
  readonly title: number
  readonly lines: readonly Line[]
}

export async function svg(where: string, diagram: Diagram, direction: Direction): Promise<string> {
  const cards = new Map<Box, Card>()
  const cardOf = (box: Box): Card => {
    const card = cards.get(box) ?? makeCard(box)
    cards.set(box, card)
    return card
  }
  const picture = await layoutOf(where, diagram, cardOf, direction)
  return written(diagram.name, picture, cardOf)
}

const cut = (text: string): string[] => {
  const letters = [...text]
  const shown = letters.length > TEXT_LETTERS ? `${letters.slice(0, TEXT_LETTERS).join('')}…` : text
  return linesWithin(shown, LINE_LETTERS)
}

function makeCard({ title, facts }: Box): Card {
  const lines: Line[] = []
  const add = (text: string, x: number, y: number, look: Pick<Line, 'size' | 'isBold' | 'color'>): void => {
    lines.push({ text, x, y, ...look, width: widthOf(text, look.size, look.isBold) })
  }
  let y = PADDING
  for (const text of cut(title)) {
    add(text, INDENT, y + TITLE.size, { size: TITLE.size, isBold: true, color: '#ffffff' })
    y += TITLE.height
  }
  y += PADDING
  const titleHeight = y
  const column = INDENT + Math.max(0, ...facts.map(([name]) => widthOf(name, FACT.size))) + BETWEEN_COLUMNS
  if (facts.length > 0) y += PADDING
  for (const [name, value] of facts) {
    add(name, INDENT, y + FACT.size, { size: FACT.size, isBold: false, color: FAINT_INK })
    for (const text of cut(value)) {
      add(text, column, y + FACT.size, { size: FACT.size, isBold: false, color: INK })
      y += FACT.height
    }
  }
  if (facts.length > 0) y += PADDING
  const width = Math.max(...lines.map((line) => line.x + line.width)) + INDENT
  return { width: Math.ceil(width), height: y, title: titleHeight, lines }
}

function written(
  name: string,
  { width, height, boxes, arrows }: Picture,
  cardOf: (box: Box) => Card,
): string {
  const [w, h] = [Math.ceil(width), Math.ceil(height)]
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${escaped(name)}" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" font-family="Helvetica, Arial, 'Liberation Sans', sans-serif">`,
    // Frames lie below arrows, and arrows below boxes.
    ...boxes.filter(({ header }) => header !== null).flatMap((frame) => frameOf(frame, cardOf(frame.box))),
    ...arrows.flatMap(arrowOf),
    ...boxes.filter(({ header }) => header === null).flatMap((box) => boxOf(box, cardOf(box.box))),
    '</svg>',
  ]
  return `${lines.join('\n')}\n`
}

function boxOf({ box, x, y, width, height }: PlacedBox, card: Card): string[] {
  return [
    `<g data-layer="${box.id}">`,
    `<rect${rectangle(x, y, width, height)} rx="${ROUNDING}" fill="${card.title < height ? PAPER : COLORS[box.kind]}"/>`,
    ...(card.title < height ? [titleGround({ box, x, y, width }, card)] : []),
    ...card.lines.map((line) => textOf(line, x + (width - card.width) / 2, y)),
    `<rect${rectangle(x, y, width, height)} rx="${ROUNDING}" fill="none" stroke="${LINE}"/>`,
    '</g>',
  ]
}

function frameOf({ box, x, y, width, height }: PlacedBox, card: Card): string[] {
  return [
    `<g data-layer="${box.id}">`,
    `<rect${rectangle(x, y, width, height)} rx="${ROUNDING}" fill="${LINE}" fill-opacity="0.12"/>`,
    ...(card.title < card.height ? [`<path d="${topOf(x, y, width, card.height)}" fill="${PAPER}"/>`] : []),
    titleGround({ box, x, y, width }, card),
    ...card.lines.map((line) => textOf(line, x, y)),
    `<rect${rectangle(x, y, width, height)} rx="${ROUNDING}" fill="none" stroke="${LINE}"/>`,
    '</g>',
  ]
}

/** What lies under a title with something below it. */
const titleGround = ({ box, x, y, width }: Omit<PlacedBox, 'height' | 'header'>, card: Card): string =>
  `<path d="${topOf(x, y, width, card.title)}" fill="${COLORS[box.kind]}"/>`

/** A box whose upper corners alone are round. */
const topOf = (x: number, y: number, width: number, height: number): string => {
  const r = ROUNDING
  return `M${at([x, y + height])}V${round(y + r)}q0 ${-r} ${r} ${-r}H${round(x + width - r)}q${r} 0 ${r} ${r}V${round(y + height)}z`
}

function textOf({ text, x, y, width, size, isBold, color }: Line, left: number, top: number): string {
  const weight = isBold ? ' font-weight="bold"' : ''
  return `<text x="${round(left + x)}" y="${round(top + y)}" font-size="${size}"${weight} fill="${color}" textLength="${round(width)}" lengthAdjust="spacingAndGlyphs">${escaped(text)}</text>`
}

function arrowOf({ start, lines, tip }: PlacedArrow): string[] {
  const path = lines.map((points) => `${points.length === 1 ? 'L' : 'C'}${points.map(at).join(' ')}`)
  const line = `<path d="M${at(start)}${path.join('')}" fill="none" stroke="${LINE}" stroke-width="1.5"/>`
  if (!tip) return [line]
  const {
    at: [x, y],
    towards: [dx, dy],
  } = tip
  const half = HEAD / 2
  const [bx, by] = [x - dx * HEAD, y - dy * HEAD]
  const head = [
    [x, y],
    [bx - dy * half, by + dx * half],
    [bx + dy * half, by - dx * half],
  ] as const
  return [line, `<path d="M${head.map(at).join('L')}z" fill="${LINE}"/>`]
}

const round = (value: number): number => Math.round(value * 10) / 10
const at = ([x, y]: Point): string => `${round(x)},${round(y)}`
const rectangle = (x: number, y: number, width: number, height: number): string =>
  ` x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"`

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** A text of XML: no markup, and none of the letters that no XML may have, nor those that turn the direction of reading. */
const escaped = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Cs}\ufffe\uffff\u202a-\u202e\u2066-\u2069]/gu, '\ufffd')
    .replace(/[&<>"']/g, (letter) => ENTITIES[letter] ?? '')
