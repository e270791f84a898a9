// How the optimizers' updates of all weights update the rows alone of a table that a step's ids name.

import { impossible } from '../errors.ts'
import type { Graph, Node, Value } from '../graph/graph.ts'
import type { Operation } from '../graph/operation.ts'
import type { RowAttributes } from './embedding.ts'
import { adamCatchUp, adamLookup, adamRows, canLag } from './lag.ts'
import { historySize } from './lagHistory.ts'
import { type AdamAttributes, adamUpdate, sgdUpdate } from './optimizers.ts'
import { sgdRows } from './sgdRows.ts'

/** The gradient of a table without the rows that are zero, see embedding.ts. */
export interface RowGradient {
  readonly ids: Value
  readonly order: Value
  readonly sums: Value
}

/** An update of one table: the tensors of the optimizer's operation, and its attributes. */
export interface TableUpdate {
  readonly inputs: Readonly<Record<string, Value>> & { readonly parameters: Value }
  readonly attrs: Node['attrs']
}

export interface RowForm {
  /** Whether an update has the form; others update the table as a whole. */
  fits(update: TableUpdate): boolean
  update(graph: Graph, gradient: RowGradient, update: TableUpdate, attrs: RowAttributes): void
  /** Set where the other rows lag behind. */
  readonly lag?: {
    /** Changes a node that reads rows of the table, so that it reads them as they are after all updates. */
    lookUp(graph: Graph, node: Node, update: TableUpdate): void
    catchUp(graph: Graph, update: TableUpdate): void
  }
}

const sgd: RowForm = {
  // Momentum moves rows without a gradient, too.
  fits: ({ inputs }) => !inputs.velocity,
  update: (graph, gradient, { inputs: { parameters: table, scaling } }, attrs) =>
    sgdRows(graph, { ...gradient, scaling, table }, attrs),
}

/** The tensors of a table under Adam; its history lies in an arena of its own. */
function adamTensors(graph: Graph, { inputs: { parameters: table, m, v } }: TableUpdate) {
  if (!m || !v) impossible('an update of Adam without its slots')
  const history = graph.resident(`history:${table.place?.offset}`, 0, [historySize(table.shape)], 'u32')
  return { table, m, v, history }
}

const adam: RowForm = {
  // A row that lags behind has no largest v: that of a gradient of zero is as large as the last.
  fits: ({ inputs, attrs }) => !inputs.largest && canLag(attrs as AdamAttributes),
  update: (graph, gradient, update, attrs) =>
    adamRows(
      graph,
      { ...gradient, scaling: update.inputs.scaling, ...adamTensors(graph, update) },
      { ...attrs, ...(update.attrs as AdamAttributes) },
    ),
  lag: {
    lookUp(graph, node, update) {
      node.op = adamLookup.operation
      node.inputs = { ...node.inputs, ...adamTensors(graph, update) }
      node.attrs = { ...node.attrs, ...update.attrs }
    },
    catchUp: (graph, update) =>
      adamCatchUp(graph, adamTensors(graph, update), update.attrs as AdamAttributes),
  },
}

/** The form of an operation that updates all weights; undefined for others. */
export const rowFormOf = (op: Operation): RowForm | undefined =>
  op === sgdUpdate.operation ? sgd : op === adamUpdate.operation ? adam : undefined
