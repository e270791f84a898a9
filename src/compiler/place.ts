// Memory placement: tensors outside the arenas are assigned to slots. A slot is a buffer, and tensors whose lifetimes do not
// overlap share one. The tensors of one launch never share a slot, because WebGPU forbids a buffer that is both read-only
// and read-write in a dispatch.

import { impossible } from '../errors.ts'
import { bytesOf, type Graph, type Node, type Place, type Value } from '../graph/graph.ts'
import { memoryOf, wholeOf } from '../graph/parts.ts'
import { sizeOf } from '../util/shape.ts'
import { type Slice, slotName } from './plan.ts'
import { assignSlots, type Block } from './slots.ts'

interface Location {
  readonly block: Block | null
  readonly place: Place | null
  /** Elements from the start of the block or arena. */
  readonly offset: number
}

/** Assigns memory to the tensors of a graph. An output for which `isRead` is false gets none. */
export function placeValues(
  graph: Graph,
  isRead: (node: Node, name: string) => boolean,
): { slots: number[]; sliceOf: (value: Value) => Slice } {
  const locations = new Map<Value, Location>()
  const locate = (value: Value, index: number): Location => {
    const known = locations.get(value)
    if (known) return known
    const { node, place } = value
    const base = node && baseOf(node, value)
    const found: Location = base
      ? shifted(locate(base.value, index), base.offset)
      : place
        ? { block: null, place, offset: place.offset }
        : { block: { bytes: bytesOf(value), first: index, last: index }, place: null, offset: 0 }
    locations.set(value, found)
    return found
  }
  const touch = (value: Value, index: number): void => {
    const { block } = locate(value, index)
    if (block) block.last = index
  }

  const lastUse = lastUses(graph)
  graph.nodes.forEach((node, index) => {
    for (const input of Object.values(node.inputs)) touch(input, index)
    for (const [name, output] of Object.entries(node.outputs)) if (isRead(node, name)) touch(output, index)
    checkInPlace(lastUse, node, index)
  })
  for (const value of graph.results.values()) touch(value, graph.nodes.length)

  const blocks = [...new Set([...locations.values()].flatMap(({ block }) => block ?? []))]
  const { slots, slotOf } = assignSlots(blocks)
  return {
    slots,
    sliceOf(value) {
      const { block, place, offset } = locate(value, graph.nodes.length)
      const buffer = block ? slotName(slotOf.get(block) ?? 0) : (place?.arena ?? '')
      return { buffer, offset, length: sizeOf(value.shape), dtype: value.dtype }
    },
  }
}

const shifted = (location: Location, by: number): Location => ({ ...location, offset: location.offset + by })

/** The tensor in whose memory an output lies: the input of a view, the input that it overwrites, or the whole whose part it is. */
function baseOf({ op, inputs, outputs, attrs }: Node, value: Value): { value: Value; offset: number } | null {
  const part = wholeOf(value)
  if (part) return { value: part.whole, offset: part.offset }
  const name = Object.keys(op.inPlace).find((key) => outputs[key] === value)
  const base = op.view ? inputs.x : name === undefined ? undefined : inputs[op.inPlace[name] ?? '']
  return base ? { value: base, offset: op.view ? op.viewOffset(attrs) : 0 } : null
}

/** For each memory, by the tensor that no view shows, the index of the last node that reads it; beyond all where it is a result. */
function lastUses(graph: Graph): ReadonlyMap<Value, number> {
  const last = new Map<Value, number>()
  graph.nodes.forEach((node, index) => {
    for (const input of Object.values(node.inputs)) last.set(memoryOf(input), index)
  })
  for (const value of graph.results.values()) last.set(memoryOf(value), graph.nodes.length)
  return last
}

function checkInPlace(lastUse: ReadonlyMap<Value, number>, node: Node, index: number): void {
  for (const name of Object.values(node.op.inPlace)) {
    const overwritten = node.inputs[name]
    if (overwritten !== undefined && (lastUse.get(memoryOf(overwritten)) ?? index) > index) {
      impossible(`${node.op.name} overwrites its input ${name}, which is needed later`)
    }
  }
}
