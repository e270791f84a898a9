// Plots of models: pictures, and text of which others make pictures.

import { describeValue, fail } from '../../errors.ts'
import { GraphModel } from '../../models/graphModel.ts'
import type { Destination } from '../../models/saving.ts'
import { inOrder } from '../../util/filePieces.ts'
import { flag, nullable, oneOf, option, readOptions, type TableFor } from '../../util/options.ts'
import { encodeText } from '../../util/text.ts'
import { writeTo } from '../destination.ts'
import { type Endings, formatOf } from '../writtenFormat.ts'
import { diagramOf } from './diagram.ts'
import { dot, mermaid } from './diagramText.ts'

const FORMATS = ['svg', 'mermaid', 'dot'] as const
type Format = (typeof FORMATS)[number]
const DIRECTIONS = ['TB', 'BT', 'LR', 'RL'] as const

const GRAPHVIZ = { remedy: 'Write .svg; or write .dot, and let Graphviz make it: dot -Tpng model.dot.' }

/** What is written under which endings; a name without one is a picture. */
export const ofPlots: Endings<Format> = {
  formats: {
    '.svg': 'svg',
    '.dot': 'dot',
    '.gv': 'dot',
    '.mmd': 'mermaid',
    '.mermaid': 'mermaid',
    '.png': GRAPHVIZ,
    '.pdf': GRAPHVIZ,
    '.jpg': GRAPHVIZ,
  },
  standard: 'svg',
  remedy: "For a name of another ending, give { format: 'svg' }.",
}

export interface PlotOptions {
  /**
   * `'svg'`, a picture; `'mermaid'`, which Markdown renders; or `'dot'`, the language of Graphviz. By default what the name of
   * `toFile` ends with says it: `.svg`, `.mmd` or `.mermaid`, `.dot` or `.gv`; `'svg'` without a name or an ending.
   */
  readonly format?: (typeof FORMATS)[number] | null
  /** Where the plot is written, too; `null`, the default, is nowhere. */
  readonly toFile?: Destination | null
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
  format: nullable<Format>(oneOf(FORMATS)),
  toFile: nullable<Destination>((_where, _name, value) => value as Destination),
  showShapes: flag(false),
  showDtype: flag(false),
  showLayerNames: flag(false),
  showLayerActivations: flag(false),
  showTrainable: flag(false),
  expandNested: flag(false),
  rankdir: option<(typeof DIRECTIONS)[number]>('TB', oneOf(DIRECTIONS)),
} as const satisfies TableFor<PlotOptions>

/**
 * The plot of a model, a box for each layer and an arrow for each tensor, as the text of an SVG file, of Mermaid or of DOT.
 *
 * The picture stands for itself: it can be an element of a page, light or dark, or the file of an image. Boxes of inputs are green, those
 * of layers with weights blue, others grey.
 *
 * @throws {RecurraError} if the model's layers are not known yet: a Sequential without the shape of its input; if a picture would have
 *   more than 1,000 boxes; if the file cannot be written.
 * @see keras/src/utils/model_visualization.py
 */
export async function plotModel(model: GraphModel, options: PlotOptions = {}): Promise<string> {
  const where = 'plotModel'
  if (!(model instanceof GraphModel)) fail(where, { expected: 'a model', got: describeValue(model) })
  const { format: given, toFile, rankdir, ...labels } = readOptions(where, plotOptions, options)
  const format = given ?? formatOf(ofPlots, toFile, where)
  const plot = async (): Promise<string> => {
    const diagram = diagramOf(model, labels)
    if (format === 'dot') return dot(diagram, rankdir)
    if (format === 'mermaid') return mermaid(diagram, rankdir)
    const { svg } = await import('./svg.ts')
    return svg(where, diagram, rankdir)
  }
  const file = `model.${format === 'mermaid' ? 'mmd' : format}`
  if (toFile === null) return plot()
  let text = ''
  const compute = async () => {
    text = await plot()
    return inOrder([encodeText(text)])
  }
  await writeTo(toFile, where, compute, file)
  return text
}
