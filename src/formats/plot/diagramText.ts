// Diagrams as text: Mermaid, which Markdown renders, and DOT, which Graphviz draws.

import { type Box, type Diagram, type Frame, isFrame } from './diagram.ts'

/** The lines of boxes and frames, indented. */
const inside = (parts: readonly (Box | Frame)[], write: (part: Box | Frame) => readonly string[]): string[] =>
  parts.flatMap(write).map((line) => `  ${line}`)

const linesOf = ({ title, facts }: Box): string[] => [
  title,
  ...facts.map(([name, value]) => `${name}: ${value}`),
]

export function mermaid({ parts, arrows }: Diagram, rankdir: string): string {
  const text = (box: Box): string =>
    `"${linesOf(box)
      .map((line) => line.replace(/[#&<>"`]/g, (letter) => `#${letter.charCodeAt(0)};`))
      .join('<br/>')}"`
  const write = (part: Box | Frame): string[] =>
    isFrame(part)
      ? [`subgraph ${part.id}[${text(part)}]`, ...inside(part.parts, write), 'end']
      : [`${part.id}[${text(part)}]`]
  const lines = [
    `flowchart ${rankdir}`,
    ...inside(parts, write),
    ...arrows.map(([from, to]) => `  ${from} --> ${to}`),
  ]
  return `${lines.join('\n')}\n`
}

export function dot({ name, parts, arrows }: Diagram, rankdir: string): string {
  const text = (lines: readonly string[]): string =>
    `"${lines.map((line) => line.replace(/["\\]/g, '\\$&')).join('\\n')}"`
  const write = (part: Box | Frame): string[] =>
    isFrame(part)
      ? [
          `subgraph cluster_${part.id} {`,
          `  label=${text(linesOf(part))};`,
          ...inside(part.parts, write),
          '}',
        ]
      : [`${part.id} [label=${text(linesOf(part))}];`]
  const lines = [
    `digraph ${text([name])} {`,
    `  rankdir=${rankdir};`,
    '  node [shape=box];',
    ...inside(parts, write),
    ...arrows.map(([from, to]) => `  ${from} -> ${to};`),
    '}',
  ]
  return `${lines.join('\n')}\n`
}
