// An ONNX graph while layers add nodes to it. Equal nodes are one, and what no output needs is left out in the end.

import { impossible } from '../../errors.ts'
import type { Variable } from '../../layers/weights/variable.ts'
import { type OpenShape, type Shape, sizeOf } from '../../util/shape.ts'
import {
  type AttributeProto,
  attributeTypes,
  type DimensionProto,
  type ElementType,
  elementTypes,
  type GraphProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from './schema.ts'

/** A tensor of the graph; open extents are null. */
export interface OnnxValue {
  readonly name: string
  readonly shape: OpenShape
  readonly type: ElementType
}

/** What a node gives. */
export type Result = Pick<OnnxValue, 'shape' | 'type'>

export type Attributes = Readonly<
  Record<string, number | string | readonly number[] | readonly string[] | GraphProto>
>

/** Attributes of operators here that are floats; other numbers are integers. */
const FLOATS = new Set([
  'alpha',
  'beta',
  'epsilon',
  'cubic_coeff_a',
  'gamma',
  'activation_alpha',
  'activation_beta',
])

function attributeOf(name: string, value: Attributes[string]): AttributeProto {
  const isFloat = FLOATS.has(name)
  const kind = Array.isArray(value)
    ? isFloat
      ? 'floats'
      : typeof value[0] === 'string'
        ? 'strings'
        : 'ints'
    : typeof value === 'number'
      ? isFloat
        ? 'f'
        : 'i'
      : typeof value === 'string'
        ? 's'
        : 'g'
  return { name, type: attributeTypes[kind], [kind]: value }
}

/** Bytes of numbers as files have them: little-endian. */
function littleEndian(data: Float32Array | readonly number[]): Uint8Array {
  if (!(data instanceof Float32Array)) {
    const view = new DataView(new ArrayBuffer(8 * data.length))
    data.forEach((value, i) => {
      view.setBigInt64(8 * i, BigInt(value), true)
    })
    return new Uint8Array(view.buffer)
  }
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}

/** What a graph and the graphs inside its nodes have together. */
interface Shared {
  readonly names: Map<string, number>
  readonly initializers: TensorProto[]
  readonly weights: Map<Variable, Map<string, OnnxValue>>
  readonly constants: Map<string, OnnxValue>
  scope: string
}

export class OnnxGraph {
  readonly #shared: Shared
  readonly #outer: OnnxGraph | null
  readonly #nodes: NodeProto[] = []
  readonly #known = new Map<string, readonly OnnxValue[]>()
  readonly inputs: OnnxValue[] = []

  constructor(outer: OnnxGraph | null = null) {
    this.#outer = outer
    this.#shared = outer
      ? outer.#shared
      : { names: new Map(), initializers: [], weights: new Map(), constants: new Map(), scope: '' }
  }

  /** A name that nothing has. */
  unique(name: string): string {
    const { names } = this.#shared
    const count = names.get(name) ?? 0
    names.set(name, count + 1)
    return count === 0 ? name : this.unique(`${name}_${count}`)
  }

  /** Names nodes after a layer while its call adds some. */
  within<T>(scope: string, add: () => T): T {
    const outer = this.#shared.scope
    this.#shared.scope = outer === '' ? scope : `${outer}/${scope}`
    try {
      return add()
    } finally {
      this.#shared.scope = outer
    }
  }

  input(name: string, { shape, type }: Result): OnnxValue {
    const value = { name: this.unique(name), shape, type }
    this.inputs.push(value)
    return value
  }

  /** Adds a node of several results; an input that is left out is null. */
  nodes(
    opType: string,
    inputs: readonly (OnnxValue | null)[],
    results: readonly Result[],
    attributes: Attributes,
  ): readonly OnnxValue[] {
    const input = inputs.map((value) => value?.name ?? '')
    // ONNX Runtime takes an empty name in the last place, which ONNX allows, for an input that is there, and crashes.
    while (input.at(-1) === '') input.pop()
    const key = JSON.stringify([opType, input, attributes])
    const known = this.#find(key)
    if (known) return known
    const values = this.#add(opType, input, results, attributes)
    this.#known.set(key, values)
    return values
  }

  #find(key: string): readonly OnnxValue[] | undefined {
    const own = this.#known.get(key)
    if (own || this.#outer === null) return own
    return this.#outer.#find(key)
  }

  #add(
    opType: string,
    input: readonly string[],
    results: readonly Result[],
    attributes: Attributes = {},
  ): readonly OnnxValue[] {
    const { scope } = this.#shared
    const name = this.unique(scope === '' ? opType : `${scope}/${opType}`)
    const values = results.map(
      (result, i): OnnxValue => ({ ...result, name: i === 0 ? name : this.unique(`${name}:${i}`) }),
    )
    const attribute = Object.entries(attributes).map(([key, value]) => attributeOf(key, value))
    this.#nodes.push({ opType, name, input, output: values.map((value) => value.name), attribute })
    return values
  }

  /** The same tensor under another name, as an output must be that is an input, or twice an output. */
  copy({ name, shape, type }: OnnxValue, as?: string): OnnxValue {
    const [value] = this.#add('Identity', [name], [{ shape, type }])
    if (as === undefined) return value as OnnxValue
    const output = this.unique(as)
    const last = this.#nodes.pop() as NodeProto
    this.#nodes.push({ ...last, output: [output] })
    return { name: output, shape, type }
  }

  /** Adds a node of one result. */
  node(
    opType: string,
    inputs: readonly (OnnxValue | null)[],
    result: Result,
    attributes: Attributes = {},
  ): OnnxValue {
    return this.nodes(opType, inputs, [result], attributes)[0] as OnnxValue
  }

  #initializer(name: string, data: Float32Array | readonly number[], dims: Shape): OnnxValue {
    if (sizeOf(dims) !== data.length) impossible(`${name}: ${data.length} numbers for [${dims}]`)
    const type: ElementType = data instanceof Float32Array ? 'float' : 'int64'
    const value = { name: this.unique(name), shape: dims, type }
    const rawData = littleEndian(data)
    this.#shared.initializers.push({ name: value.name, dims, dataType: elementTypes[type], rawData })
    return value
  }

  /** Numbers that the graph computes with: floats, or integers where they are given as a list. */
  constant(data: Float32Array | readonly number[], dims: Shape = [data.length]): OnnxValue {
    const { constants } = this.#shared
    const key = `${data instanceof Float32Array ? 'f' : 'i'} ${dims} ${[...data].map((each) => (Object.is(each, -0) ? '-0' : each))}`
    const value = constants.get(key) ?? this.#initializer('constant', data, dims)
    constants.set(key, value)
    return value
  }

  scalar(value: number): OnnxValue {
    return this.constant(Float32Array.of(value), [])
  }

  /** A weight as it is. */
  weight(variable: Variable): OnnxValue {
    return this.derived([variable], '', variable.shape, () => variable.value)
  }

  /** Numbers that are made of weights, once; `what` says how. */
  derived(
    [variable, ...others]: readonly [Variable, ...Variable[]],
    what: string,
    dims: Shape,
    compute: () => Float32Array,
  ): OnnxValue {
    const { weights } = this.#shared
    const own = weights.get(variable) ?? new Map<string, OnnxValue>()
    weights.set(variable, own)
    const key = [what, ...others.map(({ path }) => path)].join(' ')
    const found = own.get(key)
    if (found) return found
    const name = what === '' ? variable.path : `${variable.path}/${what}`
    const value = this.#initializer(name.replace(/^\//, ''), compute(), dims)
    own.set(key, value)
    return value
  }

  /** A graph inside a node, which may read what this one has. */
  inner(build: (graph: OnnxGraph) => readonly OnnxValue[]): GraphProto {
    const graph = new OnnxGraph(this)
    const outputs = build(graph).map((value) => graph.copy(value))
    return { ...graph.#written(outputs), initializer: [] }
  }

  /** The whole graph. */
  written(name: string, outputs: readonly OnnxValue[]): GraphProto {
    return { ...this.#written(outputs), name }
  }

  #written(outputs: readonly OnnxValue[]): GraphProto {
    const needed = new Set(outputs.map((output) => output.name))
    const node = [...this.#nodes]
      .reverse()
      .filter((each) => {
        if (!each.output.some((output) => needed.has(output))) return false
        for (const read of namesReadBy(each)) needed.add(read)
        return true
      })
      .reverse()
      .map((each) =>
        OPTIONAL.has(each.opType)
          ? { ...each, output: each.output.map((output) => (needed.has(output) ? output : '')) }
          : each,
      )
    return {
      name: this.#outer ? this.unique('body') : 'model',
      node,
      initializer: this.#shared.initializers.filter((initializer) => needed.has(initializer.name)),
      input: this.inputs.map((value) => this.#infoOf(value)),
      output: outputs.map((value) => this.#infoOf(value)),
    }
  }

  /** What a graph says of a tensor that goes in or out. */
  #infoOf({ name, shape, type }: OnnxValue): ValueInfoProto {
    // Extents of one name are equal. In a loop the first axis need not be the batch: inside TimeDistributed it is that and time.
    const openDim = (axis: number): DimensionProto =>
      this.#outer ? {} : { dimParam: axis === 0 ? 'batch' : `${name}_${axis}` }
    const dim = shape.map((extent, axis) => (extent === null ? openDim(axis) : { dimValue: extent }))
    return { name, type: { tensorType: { elemType: elementTypes[type], shape: { dim } } } }
  }
}

/** Operators whose results may be left out. */
const OPTIONAL = new Set(['LSTM', 'GRU', 'RNN'])

/** The tensors that a node reads, those that graphs inside it read among them. */
function namesReadBy({ input, attribute }: NodeProto): readonly string[] {
  const inside = attribute.flatMap(({ g }) =>
    g ? [...g.node.flatMap(namesReadBy), ...g.output.map(({ name }) => name)] : [],
  )
  return [...input, ...inside]
}
