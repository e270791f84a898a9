// model.summary(): the table's rows from a model's layers.

import { checkInteger, describeValue, fail } from '../errors.ts'
import type { Layer } from '../layers/layer.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { isWeight, type Variable } from '../layers/variable.ts'
import { nullable, readOptions, type TableFor } from '../util/options.ts'
import { sizeOf } from '../util/shape.ts'
import type { ModelCore } from './core.ts'
import { formatShapes, renderSummary, type SummaryRow } from './summary.ts'

type Print = (text: string) => void

export interface SummaryOptions {
  /** Characters a line; `null`, the default, is 80. */
  readonly lineLength?: number | null
  /** Takes the text; `null`, the default, prints it on the console. */
  readonly printFn?: Print | null
}

const summaryOptions = {
  lineLength: nullable((where, name, value) => checkInteger(where, name, value, { min: 1, max: 10_000 })),
  printFn: nullable<Print>((where, name, value) =>
    typeof value === 'function'
      ? (value as Print)
      : fail(where, { expected: `${name} to be a function`, got: describeValue(value) }),
  ),
} as const satisfies TableFor<SummaryOptions>

interface Named {
  readonly name: string
  readonly className: string
}

/** Prints the summary; `trainable` as {@link summarize} takes it. */
export function printSummary(
  core: ModelCore,
  { name, className }: Named,
  trainable: ReadonlySet<Variable>,
  options: SummaryOptions,
): void {
  const { lineLength, printFn } = readOptions(`${core.where}.summary`, summaryOptions, options)
  const print = printFn ?? ((line: string) => console.log(line))
  print(summarize(core, name, className, trainable, lineLength ?? undefined).trimEnd())
}

const count = (variables: readonly Variable[]): number =>
  variables.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
const weightsOf = (layer: Layer): readonly Variable[] => layer.allVariables.filter(isWeight)

/**
 * The text of the summary, with its last line break.
 *
 * @param trainable The weights that the next `compile` would train.
 */
export function summarize(
  core: ModelCore,
  name: string,
  className: string,
  trainable: ReadonlySet<Variable>,
  lineLength?: number,
): string {
  const functional = className === 'Functional' && !core.topology.isChain
  const nodes = new Set(core.topology.calls.map(({ node }) => node))
  const rows = core.topology.layers
    .filter((layer) => className === 'Functional' || layer.className !== 'InputLayer')
    .map((layer): SummaryRow => {
      const used = layer.nodes.filter((node) => nodes.has(node))
      return {
        name: layer.name,
        className: layer.className,
        outputShape: formatShapes(used[0]?.outputs.map(({ shape }) => shape) ?? []),
        params: count(weightsOf(layer)),
        connectedTo: used.flatMap(({ inputs }) => inputs.map(connection)),
      }
    })
  const { weights, optimizer } = core
  return renderSummary(
    {
      name,
      functional,
      rows,
      totals: {
        trainable: count(weights.filter((weight) => trainable.has(weight))),
        nonTrainable: count(weights.filter((weight) => !trainable.has(weight))),
        // Keras counts the iteration and the learning rate too.
        optimizer: optimizer?.built ? 2 + count(optimizer.variables) : null,
      },
    },
    lineLength,
  )
}

const connection = ({ layer, nodeIndex, tensorIndex }: SymbolicTensor): string =>
  `${layer.name}[${nodeIndex}][${tensorIndex}]`
