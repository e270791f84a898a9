// The graph: operations and tensors as plain data, for one batch size. Nodes are in the order in which they were added. That
// is an order in which they can run, and every pass preserves it.

import { mapValues } from '../util/mapValues.ts'
import type { Shape } from '../util/shape.ts'
import { sizeOf } from '../util/shape.ts'
import type { Attributes, Operation } from './operation.ts'
import { wholeOf } from './parts.ts'

/** Type of a tensor's elements in memory; a word of 32 bits holds two f16. */
export type DType = 'f32' | 'u32' | 'i32' | 'f16'

/** Bytes of an element. */
export const BYTES: Readonly<Record<DType, number>> = { f32: 4, u32: 4, i32: 4, f16: 2 }

/** Where in memory a persistent tensor lies: an arena (a flat buffer that outlives a step) and an offset in elements. */
export interface Place {
  readonly arena: string
  readonly offset: number
}

/** Alignment of places in floats: 256 bytes, WebGPU's default for bindings. */
export const PLACE_ALIGNMENT = 64

export const alignPlace = (floats: number): number => Math.ceil(floats / PLACE_ALIGNMENT) * PLACE_ALIGNMENT

/** A tensor of the graph. */
export interface Value {
  readonly id: number
  readonly shape: Shape
  readonly dtype: DType
  /** The node that computes the tensor; null for weights, data and states, which exist before the step. */
  node: Node | null
  /** Set for tensors in an arena; for all others the compiler assigns memory. */
  place: Place | null
}

/** One application of an operation. Passes rewrite nodes in place. */
export interface Node {
  op: Operation
  /** Tensors by the names of the operation's signature; optional ones may be absent. */
  inputs: Readonly<Record<string, Value>>
  outputs: Readonly<Record<string, Value>>
  attrs: Attributes
  /** Whether the node computes in mixed precision, by the dtype policy of its layer: products may read operands as f16. */
  readonly mixed: boolean
}

/**
 * How a node is differentiated where its operation does not say it, as of most nodes of a backward pass; null for what the operation
 * says. Throws where there is no way.
 */
export type FurtherGradients = (node: Node) => Pick<Operation, 'gradient'> | null

/** The state that all views of a graph share. */
interface GraphContent {
  nodes: Node[]
  readonly results: Map<string, Value>
  readonly constants: Map<string, Float32Array>
  nextId: number
}

export class Graph {
  readonly #content: GraphContent
  /** Whether nodes that are added through this view compute in mixed precision. */
  readonly mixed: boolean
  /** What completes the tensors of which steps write only what they need; runs before something else reads them. */
  settling: Graph | null = null
  /** Paths of the trained weights that no loss depends on, of which the fit says so. */
  absent: readonly string[] = []
  /** How the nodes of a backward pass are differentiated; null where the graph has none before its losses are. */
  further: FurtherGradients | null = null

  constructor(
    mixed = false,
    content: GraphContent = { nodes: [], results: new Map(), constants: new Map(), nextId: 0 },
  ) {
    this.mixed = mixed
    this.#content = content
  }

  get nodes(): Node[] {
    return this.#content.nodes
  }

  set nodes(nodes: Node[]) {
    this.#content.nodes = nodes
  }

  /** Tensors that can be read after a step, by name; their memory is not reused. */
  get results(): Map<string, Value> {
    return this.#content.results
  }

  /** The numbers that the graph brings with it, by the arenas that have them. */
  get constants(): ReadonlyMap<string, Float32Array> {
    return this.#content.constants
  }

  /** A tensor of numbers that nothing changes. */
  constant(values: Float32Array, shape: Shape): Value {
    const { constants } = this.#content
    const arena = `constant:${constants.size}`
    constants.set(arena, values)
    return this.resident(arena, 0, shape)
  }

  /** A view of the same graph that sets `mixed` of the nodes that are added through it. */
  withMixed(mixed: boolean): Graph {
    return mixed === this.mixed ? this : new Graph(mixed, this.#content)
  }

  /** A tensor in an arena, which exists before the step. */
  resident(arena: string, offset: number, shape: Shape, dtype: DType = 'f32'): Value {
    return { id: this.#content.nextId++, shape, dtype, node: null, place: { arena, offset } }
  }

  /** Adds a node and returns its outputs. */
  add(op: Operation, inputs: Node['inputs'], attrs: Attributes): Node['outputs'] {
    const outputs: Record<string, Value> = {}
    const node: Node = { op, inputs, outputs, attrs, mixed: this.mixed }
    for (const [name, shape] of Object.entries(op.outputShapes(shapesOf(inputs), attrs))) {
      const dtype = op.view
        ? (op.viewDtype(attrs) ?? inputs.x?.dtype ?? 'f32')
        : op.f16Outputs.includes(name)
          ? 'f16'
          : elementOf(op, name)
      outputs[name] = { id: this.#content.nextId++, shape, dtype, node, place: null }
    }
    this.nodes.push(node)
    return outputs
  }

  /**
   * Has `value` computed directly into an arena, such as a gradient into the flat buffer of gradients. Returns false where
   * that is impossible: the value has a place already, or its memory is that of another tensor.
   */
  placeAt(value: Value, place: Place): boolean {
    const { node } = value
    if (node === null || value.place !== null) return false
    if (node.op.view) {
      // A view of a whole tensor has the tensor's memory, so the tensor is placed instead.
      const { x } = node.inputs
      const isWhole = x !== undefined && node.op.viewOffset(node.attrs) === 0 && bytesOf(x) === bytesOf(value)
      return isWhole && this.placeAt(x, place)
    }
    const name = Object.keys(node.outputs).find((key) => node.outputs[key] === value)
    if (name !== undefined && (name in node.op.inPlace || name in node.op.parts)) return false
    if (wholeOf(value) !== null) return false
    value.place = place
    return true
  }

  /** Declares `value` a result of the plan under a name. */
  result(name: string, value: Value): void {
    this.results.set(name, value)
  }
}

/** The type of an output's elements, by the kernel's binding: words, or f32 in whatever vectors. */
const elementOf = ({ kernel }: Operation, name: string): DType =>
  kernel?.bindings.find((binding) => binding.name === name)?.element === 'u32' ? 'u32' : 'f32'

export const shapesOf = (values: Readonly<Record<string, Value>>): Record<string, Shape> =>
  mapValues(values, ({ shape }) => shape)

export const bytesOf = ({ shape, dtype }: Pick<Value, 'shape' | 'dtype'>): number =>
  BYTES[dtype] * sizeOf(shape)
