// model.summary(): the table's rows from a model's layers.

import { checkInteger, describeValue, fail } from '../errors.ts'
import type { Layer } from '../layers/layer.ts'
import type { LayerNode, SymbolicTensor } from '../layers/symbolicTensor.ts'
import { countValues } from '../layers/weights/variable.ts'
import { type Config, flag, nullable, readOptions, type TableFor } from '../util/options.ts'
import type { ModelCore } from './core.ts'
import { formatShapes, renderSummary, type SummaryRow } from './summary.ts'

type Print = (text: string) => void

export interface SummaryOptions {
  /** Characters a line; `null`, the default, is 80. */
  readonly lineLength?: number | null
  /** Where each column ends, in fractions of the line; `null`, the default, is as Keras has it: `[0.45, 0.8, 1]` for a chain. */
  readonly positions?: readonly number[] | null
  /** Takes the text; `null`, the default, prints it on the console. */
  readonly printFn?: Print | null
  /** Whether the layers of a model inside follow it, indented; `false` by default. */
  readonly expandNested?: boolean
  /** Whether a column says which layers are trained; `false` by default. */
  readonly showTrainable?: boolean
  /** The names of the first and the last layer to show, or regular expressions for them; `null`, the default, shows all. */
  readonly layerRange?: readonly [first: string, last: string] | null
}

const summaryOptions = {
  lineLength: nullable((where, name, value) => checkInteger(where, name, value, { min: 1, max: 10_000 })),
  // The layout refuses what leaves no room for columns.
  positions: nullable((_where, _name, value) => value as readonly number[]),
  printFn: nullable<Print>((where, name, value) =>
    typeof value === 'function'
      ? (value as Print)
      : fail(where, { expected: `${name} to be a function`, got: describeValue(value) }),
  ),
  expandNested: flag(false),
  showTrainable: flag(false),
  layerRange: nullable((_where, _name, value) => value as readonly [first: string, last: string]),
} as const satisfies TableFor<SummaryOptions>

/** What a summary counts. */
export type SummarizedModel = Pick<ModelCore, 'where' | 'topology' | 'whole' | 'optimizer'>

const connection = ({ layer, nodeIndex, tensorIndex }: SymbolicTensor): string =>
  `${layer.name}[${nodeIndex}][${tensorIndex}]`

/** The layers of a model that a summary has; a Sequential's input is none. */
const layersOf = (className: string, layers: readonly Layer[]): readonly Layer[] =>
  layers.filter((layer) => className !== 'Sequential' || layer.className !== 'InputLayer')

/** The layers from the first to the last that two patterns match, whichever comes first, as Keras has it. */
function rangeOf(layers: readonly Layer[], range: readonly string[], where: string): readonly Layer[] {
  const names = layers.map(({ name }) => name)
  try {
    const [first = [], last = []] = range.map((pattern) =>
      names.flatMap((name, i) => (new RegExp(`^(?:${pattern})`).test(name) ? i : [])),
    )
    const [from, to] = Number(first[0]) > Number(last.at(-1)) ? [last, first] : [first, last]
    if (range.length === 2 && first.length * last.length > 0)
      return layers.slice(from[0], Number(to.at(-1)) + 1)
  } catch {
    // Not a list of patterns: refused below.
  }
  return fail(where, { expected: `layerRange as two of ${names.join(', ')}`, got: describeValue(range) })
}

/** @internal Prints the summary of a model. */
export function printSummary(
  core: SummarizedModel,
  { name, className, weightVariables: weights, trainableVariables }: Layer,
  options: SummaryOptions,
): void {
  const where = `${core.where}.summary`
  const settings = readOptions(where, summaryOptions, options)
  const nodes = new Set(core.whole.topology.calls.map(({ node }) => node))
  const layers = layersOf(className, core.topology.layers)
  const shown = settings.layerRange !== null ? rangeOf(layers, settings.layerRange, where) : layers
  const { optimizer } = core
  const trained = countValues(trainableVariables)
  const text = renderSummary(
    {
      name,
      functional: !core.whole.topology.isChain,
      rows: shown.flatMap((layer) => rowsOf(layer, nodes, settings)),
      totals: {
        trainable: trained,
        nonTrainable: countValues(weights) - trained,
        // Keras counts the iteration and the learning rate too.
        // The count of steps and, where it follows no schedule, the learning rate are variables, too.
        optimizer: optimizer?.built
          ? 1 +
            Number(!optimizer.hasSchedule) +
            Number(!!optimizer.rule.stored) +
            countValues(optimizer.variables)
          : null,
      },
    },
    settings,
  )
  const print = settings.printFn ?? console.log
  print(text.trimEnd())
}

/** The row of a layer, and those of the layers in it. */
function rowsOf(
  layer: Layer,
  nodes: ReadonlySet<LayerNode>,
  settings: Config<typeof summaryOptions>,
  level = 0,
): SummaryRow[] {
  const used = layer.nodes.filter((node) => nodes.has(node))
  const outputs = (used[0] ?? layer.nodes[0])?.outputs
  const { builtShapes } = layer
  const row = {
    name: level > 0 ? `${'   '.repeat(level)}└ ${layer.name}` : layer.name,
    className: layer.className,
    // Calls inside a `call` of the user's own leave no outputs.
    outputShape: formatShapes(
      outputs?.map(({ shape }) => shape) ?? (builtShapes.length > 0 ? layer.outputShapes(builtShapes) : []),
    ),
    params: layer.countParams(),
    connectedTo: used.flatMap(({ inputs }) => inputs.map(connection)),
    ...(settings.showTrainable && {
      trainable: layer.weightVariables.length > 0 ? (layer.trainable ? 'Y' : 'N') : '-',
    }),
  }
  // A model has layers; a wrapper has parts, of which Keras shows none.
  const inner = settings.expandNested && 'layers' in layer ? layersOf(layer.className, layer.parts) : []
  return [row, ...inner.flatMap((part) => rowsOf(part, nodes, settings, level + 1))]
}
