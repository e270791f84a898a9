// A pass over the graph of a training step: the optimizer's update of a large table gives way to an update of the rows that the step's
// ids name, so that neither the whole gradient nor the whole table is touched. Gradient descent leaves the other rows as they are;
// under Adam they lag behind, and what reads the table lets them catch up (lag.ts).

import { fail } from '../errors.ts'
import { Graph, type Node, type Value } from '../graph/graph.ts'
import { type Shape, showShape } from '../util/shape.ts'
import { prepareUpdate } from './aroundUpdate.ts'
import { concatAll } from './columns.ts'
import { embedding, embeddingGradient, type RowAttributes } from './embedding.ts'
import type { IdAttributes } from './ids.ts'
import { isLarge } from './lagHistory.ts'
import { lossScale, overflow } from './lossScale.ts'
import { type RowForm, type RowGradient, rowFormOf, type TableUpdate } from './rowForms.ts'

/** A node that updates all weights, which lie one behind the other. */
type UpdateNode = Node & TableUpdate

/** Optimizers whose updates have no form for rows update a table as they do all weights. */
const isUpdate = (node: Node): node is UpdateNode => rowFormOf(node.op) !== undefined

/**
 * What stands before an update reads or changes the rows of tables that the step does not name, too. So does an update that averages,
 * which has no form for rows.
 */
const isOfAll = ({ op }: Node): boolean => op === prepareUpdate.operation

/** A table, and its gradient where that is one of rows; several calls' gradients are added as a whole. */
interface Table {
  readonly shape: Shape
  readonly offset: number
  readonly lookups: readonly Node[]
  readonly rows: { readonly gradient: RowGradient; readonly attrs: RowAttributes } | null
}

/** Replaces the updates of large tables. They lie behind all other weights. */
export function updateRows(graph: Graph): void {
  const update = graph.nodes.find(isUpdate)
  if (!update || graph.nodes.some(isOfAll)) return
  const form = rowFormOf(update.op)
  const tables = tablesOf(graph, update, form?.fits(update) ? form : null)
  if (tables.length === 0) return
  const start = Math.min(...tables.map(({ offset }) => offset))
  const { nodes } = graph
  const isReplaced = ({ op }: Node): boolean =>
    op === update.op || op === overflow.operation || op === lossScale.operation
  graph.nodes = nodes.filter((node) => !isReplaced(node))
  checkOverflow(graph, nodes, { start, tables })
  if (start > 0) graph.add(update.op, partsOf(graph, update, 0, [start]), update.attrs)
  for (const { shape, offset, lookups, rows } of tables) {
    const part = { ...update, inputs: partsOf(graph, update, offset, shape) }
    if (!form || !rows) graph.add(update.op, part.inputs, update.attrs)
    else {
      form.update(graph, rows.gradient, part, rows.attrs)
      if (!form.lag) continue
      for (const lookup of lookups) form.lag.lookUp(graph, lookup, part)
      graph.settling ??= new Graph()
      form.lag.catchUp(graph.settling, part)
    }
  }
}

/** What else may read a table: an update sees all weights, the gradient of a lookup none but the shape. */
const isLookup = ({ op }: Node): boolean => op === embedding.operation

/** Throws where something reads a table of which updates write rows alone: the others lag behind. Layers tell it before, losses do not. */
function checkReaders(graph: Graph, table: Value): void {
  const isTable = ({ place }: Value): boolean =>
    place?.arena === table.place?.arena && place?.offset === table.place?.offset
  const reader = graph.nodes.find(
    (node) => !isLookup(node) && !isUpdate(node) && Object.values(node.inputs).some(isTable),
  )
  if (reader)
    fail('Embedding', {
      expected: `a table ${showShape(table.shape)} that lookups alone read, as losses are compiled`,
      got: `a loss or a metric that computes ${reader.op.name} of it`,
      remedy: 'Compute that in the call of a layer, by this.addLoss.',
    })
}

/** The large tables among the weights of an update. Gradients of rows are no longer computed as a whole. */
function tablesOf(graph: Graph, { inputs }: UpdateNode, form: RowForm | null): Table[] {
  const found = new Map<Value, Node[]>()
  for (const node of graph.nodes) {
    const { table } = node.inputs
    if (node.op !== embedding.operation || !table || !isLarge(table.shape)) continue
    if ((node.attrs as IdAttributes).isWhole) continue
    if (table.place?.arena !== inputs.parameters.place?.arena) continue
    checkReaders(graph, table)
    found.set(table, [...(found.get(table) ?? []), node])
  }
  return [...found].map(([{ shape, place }, lookups]) => {
    const offset = place?.offset ?? 0
    return { shape, offset, lookups, rows: form && rowsOf(graph, inputs.gradients, offset) }
  })
}

function rowsOf(graph: Graph, gradients: Value | undefined, offset: number): Table['rows'] {
  const node = graph.nodes.find(
    ({ op, outputs: { dTable } }) =>
      op === embeddingGradient.operation &&
      dTable?.place?.arena === gradients?.place?.arena &&
      dTable?.place?.offset === offset,
  )
  const { ids, order, sums } = node?.inputs ?? {}
  if (!node?.outputs.dTable || !ids || !order || !sums) return null
  node.outputs.dTable.place = null
  return { gradient: { ids, order, sums }, attrs: node.attrs as RowAttributes }
}

/** The part of an update's tensors that begins at an offset. */
const partsOf = (
  graph: Graph,
  { inputs }: UpdateNode,
  offset: number,
  shape: Shape,
): UpdateNode['inputs'] => {
  const part = ([name, value]: readonly [string, Value]) =>
    [name, name === 'scaling' ? value : graph.resident(value.place?.arena ?? '', offset, shape)] as const
  return {
    ...Object.fromEntries(Object.entries(inputs).map(part)),
    parameters: part(['', inputs.parameters])[1],
  }
}

/** Where the loss is scaled, looks for what overflowed among the gradients that are there, instead of all. */
function checkOverflow(
  graph: Graph,
  nodes: readonly Node[],
  { start, tables }: { readonly start: number; readonly tables: readonly Table[] },
): void {
  const all = nodes.find(({ op }) => op === overflow.operation)?.inputs.x?.place
  const scale = nodes.find(({ op }) => op === lossScale.operation)
  if (!all || !scale) return
  const whole = (offset: number, shape: Shape): Value => graph.resident(all.arena, offset, shape)
  const parts = tables.map(({ shape, offset, rows }) => rows?.gradient.sums ?? whole(offset, shape))
  if (start > 0) parts.push(whole(0, [start]))
  const flags = parts.map((x) => overflow(graph, { x }, {}).flags)
  graph.add(scale.op, { ...scale.inputs, flags: concatAll(graph, flags) }, scale.attrs)
}
