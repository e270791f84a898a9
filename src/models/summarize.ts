// model.summary(): the table's rows from a model's layers.

import { isWeight, type Layer, type SymbolicTensor, type Variable } from '../layers/layer.ts'
import { sizeOf } from '../util/shape.ts'
import type { ModelCore } from './core.ts'
import { formatShapes, renderSummary, type SummaryRow } from './summary.ts'

export interface SummaryOptions {
  /** Characters a line; 80 by default. */
  readonly lineLength?: number
  /** Takes the text; the console by default. */
  readonly printFn?: (text: string) => void
}

const count = (variables: readonly Variable[]): number =>
  variables.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
const extent = (values: number) => ({ count: values, bytes: 4 * values })
const weightsOf = (layer: Layer): readonly Variable[] => layer.allVariables.filter(isWeight)

/**
 * The text of the summary, with its last line break.
 *
 * @param trainable The weights that the next `compile` would train.
 */
export function summarize(
  core: ModelCore,
  name: string,
  className: 'Sequential' | 'Functional',
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
        trainable: extent(count(weights.filter((weight) => trainable.has(weight)))),
        nonTrainable: extent(count(weights.filter((weight) => !trainable.has(weight)))),
        // Keras counts the iteration and the learning rate too.
        optimizer: optimizer?.built ? extent(2 + count(optimizer.variables)) : null,
      },
    },
    lineLength,
  )
}

const connection = ({ layer, nodeIndex, tensorIndex }: SymbolicTensor): string =>
  `${layer.name}[${nodeIndex}][${tensorIndex}]`
