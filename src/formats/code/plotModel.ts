// Plots of models as text: Mermaid, which Markdown renders, and DOT, which Graphviz draws.

import { checkOneOf, describeValue, fail } from '../../errors.ts'
import { GraphModel } from '../../models/graphModel.ts'
import { flag, option, readOptions, type TableFor } from '../../util/options.ts'
import { type Box, type Diagram, diagramOf, type Frame, isFrame } from './diagram.ts'

const FORMATS = ['mermaid', 'dot'] as const
const DIRECTIONS = ['TB', 'BT', 'LR', 'RL'] as const

export interface PlotOptions {
  /** `'mermaid'`, the default, or `'dot'`, the language of Graphviz. */
  readonly format?: (typeof FORMATS)[number]
  /** Whether boxes have the shapes of inputs and outputs; `false` by default. */
  readonly showShapes?: boolean
  /** Whether boxes have the dtype of outputs; `false` by default. */
  readonly showDtype?: boolean
  /** Whether boxes have the names of layers beside their classes; `false` by default. */
  readonly showLayerNames?: boolean
  /** Whether boxes have the activations of layers that have one by name; `false` by default. */
  readonly showLayerActivations?: boolean
  /** Whether boxes say which layers are trained; `false` by default. */
  readonly showTrainable?: boolean
  /** Whether a model inside is a frame with its layers rather than a box; `false` by default. */
  readonly expandNested?: boolean
  /** `'TB'`, the default, from top to bottom; `'LR'` from left to right; `'BT'` and `'RL'` the other way. */
  readonly rankdir?: (typeof DIRECTIONS)[number]
}

const plotOptions = {
  format: option<(typeof FORMATS)[number]>('mermaid', (where, name, value) =>
    checkOneOf(where, name, value, FORMATS),
  ),
  showShapes: flag(false),
  showDtype: flag(false),
  showLayerNames: flag(false),
  showLayerActivations: flag(false),
  showTrainable: flag(false),
  expandNested: flag(false),
  rankdir: option<(typeof DIRECTIONS)[number]>('TB', (where, name, value) =>
    checkOneOf(where, name, value, DIRECTIONS),
  ),
} as const satisfies TableFor<PlotOptions>

/**
 * The plot of a model as text: a box for each layer, an arrow for each tensor.
 *
 * @throws {RecurraError} if the model's layers are not known yet: a Sequential without the shape of its input.
 * @see keras/src/utils/model_visualization.py
 */
export function plotModel(model: GraphModel, options: PlotOptions = {}): string {
  const where = 'plotModel'
  if (!(model instanceof GraphModel)) fail(where, { expected: 'a model', got: describeValue(model) })
  const { format, rankdir, ...labels } = readOptions(where, plotOptions, options)
  const diagram = diagramOf(model, labels)
  return format === 'dot' ? dot(diagram, rankdir) : mermaid(diagram, rankdir)
}

/** The lines of boxes and frames, indented. */
const inside = (parts: readonly (Box | Frame)[], write: (part: Box | Frame) => readonly string[]): string[] =>
  parts.flatMap(write).map((line) => `  ${line}`)

function mermaid({ parts, arrows }: Diagram, rankdir: string): string {
  const text = (lines: readonly string[]): string =>
    `"${lines
      .map((line) => line.replace(/[#&<>"`]/g, (letter) => `#${letter.charCodeAt(0)};`))
      .join('<br/>')}"`
  const write = (part: Box | Frame): string[] =>
    isFrame(part)
      ? [`subgraph ${part.id}[${text(part.lines)}]`, ...inside(part.parts, write), 'end']
      : [`${part.id}[${text(part.lines)}]`]
  const lines = [
    `flowchart ${rankdir}`,
    ...inside(parts, write),
    ...arrows.map(([from, to]) => `  ${from} --> ${to}`),
  ]
  return `${lines.join('\n')}\n`
}

function dot({ name, parts, arrows }: Diagram, rankdir: string): string {
  const text = (lines: readonly string[]): string =>
    `"${lines.map((line) => line.replace(/["\\]/g, '\\$&')).join('\\n')}"`
  const write = (part: Box | Frame): string[] =>
    isFrame(part)
      ? [`subgraph cluster_${part.id} {`, `  label=${text(part.lines)};`, ...inside(part.parts, write), '}']
      : [`${part.id} [label=${text(part.lines)}];`]
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
