// Memory placement: every tensor that is not in an arena gets a slot, a buffer of its own that tensors whose lives do
// not overlap share. Two tensors of one launch never share, so WebGPU's rule against a buffer that is both read-only
// and read-write in a dispatch holds by construction.

import { bytesOf, type Graph, type Node, type Place, type Value } from '../graph/graph.ts'
import { wholeOf } from '../graph/parts.ts'
import { sizeOf } from '../util/shape.ts'
import { type Slice, slotName } from './plan.ts'

/** Memory that several tensors are: a tensor, its views, and what overwrites it in place. */
interface Block {
  readonly bytes: number
  first: number
  last: number
}

interface Location {
  readonly block: Block | null
  readonly place: Place | null
  /** Elements from the start of the block or arena. */
  readonly offset: number
}

const ALIGNMENT = 256

/** Lays out the tensors of a graph; `isRead` says which outputs exist at all. */
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

  graph.nodes.forEach((node, index) => {
    for (const input of Object.values(node.inputs)) touch(input, index)
    for (const [name, output] of Object.entries(node.outputs)) if (isRead(node, name)) touch(output, index)
    checkInPlace(graph, node, index)
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

/** The tensor whose memory this output is: the input of a view, the one it overwrites, or the one of which it is a part. */
function baseOf({ op, inputs, outputs, attrs }: Node, value: Value): { value: Value; offset: number } | null {
  const part = wholeOf(value)
  if (part) return { value: part.whole, offset: part.offset }
  const name = Object.keys(op.inPlace).find((key) => outputs[key] === value)
  const base = op.view ? inputs.x : name === undefined ? undefined : inputs[op.inPlace[name] ?? '']
  return base ? { value: base, offset: op.view ? op.viewOffset(attrs) : 0 } : null
}

function checkInPlace(graph: Graph, node: Node, index: number): void {
  for (const name of Object.values(node.op.inPlace)) {
    const overwritten = node.inputs[name]
    if (overwritten === undefined) continue
    const memory = viewedBy(overwritten)
    const needed = graph.nodes.slice(index + 1).flatMap((later) => Object.values(later.inputs))
    if ([...needed, ...graph.results.values()].some((value) => viewedBy(value) === memory)) {
      throw new TypeError(`${node.op.name} overwrites its input ${name}, which is needed later`)
    }
  }
}

/** The tensor that a view shows, or of which a value is a part, through any number of those; the tensor itself where it is none. */
function viewedBy(value: Value): Value {
  const inner = value.node?.op.view ? value.node.inputs.x : wholeOf(value)?.whole
  return inner === undefined ? value : viewedBy(inner)
}

/** Largest first, each into the first slot that is free for its whole life. */
function assignSlots(blocks: readonly Block[]): { slots: number[]; slotOf: Map<Block, number> } {
  const slots: { bytes: number; readonly blocks: Block[] }[] = []
  const slotOf = new Map<Block, number>()
  for (const block of [...blocks].sort((a, b) => b.bytes - a.bytes)) {
    let index = slots.findIndex(({ blocks: others }) => others.every((other) => apart(block, other)))
    if (index < 0) {
      index = slots.push({ bytes: Math.ceil(block.bytes / ALIGNMENT) * ALIGNMENT, blocks: [] }) - 1
    }
    slots[index]?.blocks.push(block)
    slotOf.set(block, index)
  }
  return { slots: slots.map(({ bytes }) => Math.max(bytes, ALIGNMENT)), slotOf }
}

const apart = (a: Block, b: Block): boolean => a.last < b.first || b.last < a.first
