// What an operation is, and `defineOp`, the one way to make one.
//
// An operation stands in one file: its kernel (whose WGSL signature is its own), the shapes it gives, its scalars and its
// gradient in terms of other operations. What it does on the CPU stands beside it, in a file of its own. Passes and backends know operations by this interface
// only and ask for traits, never for names.

import type { Shape } from '../util/shape.ts'
import { type DimPatterns, type Dims, dims } from './dims.ts'
import type { Graph, Node, Value } from './graph.ts'
import { shapesOf } from './graph.ts'
import type { InputName, Kernel, KernelBinding, KernelField, KernelSignature, OutputName } from './kernel.ts'
import { inThreads, inWorkgroups, type Launch, launchesOf, type Work } from './launch.ts'

export type Attributes = object
export type Params = Readonly<Record<string, number | readonly number[]>>
export type Shapes = Readonly<Record<string, Shape>>
export type Tensors = Readonly<Record<string, Float32Array | Uint32Array>>

/**
 * What changes from one step to the next, by name: the uniform of group 1 on the GPU, these numbers on the CPU. Kernels say
 * which there are; what each means stands in shaders/lib/step.wgsl.
 */
export type StepScalars = Readonly<Record<string, number>>

/** What of a device decides how an operation is launched. */
export interface DeviceTraits {
  readonly maxWorkgroupsPerDimension: number
  /** Whether it computes on a CPU, where barriers and shared memory cost more than registers and loads. */
  readonly isSoftware: boolean
  /** Sizes that its subgroups may have; null where it has none. */
  readonly subgroups: { readonly min: number; readonly max: number } | null
  /** Whether kernels may compute with f16 (`shader-f16`). */
  readonly hasF16: boolean
  /** FLOPs that one launch may do, so that none holds the device for long; by default what a slow GPU can. */
  readonly launchFlops?: number
  /** Picks one of the strategies that fit; by default the first, the rule's choice. */
  readonly choose?: (choice: StrategyChoice) => string | undefined
}

/** An operation that can be launched in several ways. */
export interface StrategyChoice {
  readonly op: Operation
  /** Shapes of its inputs. */
  readonly inputs: Shapes
  readonly attrs: Attributes
  /** Those that fit, the best by rule first. */
  readonly strategies: readonly string[]
}

/** WebGPU's default limits, and nothing known of the device. */
export const DEFAULT_TRAITS: DeviceTraits = {
  maxWorkgroupsPerDimension: 65535,
  isSoftware: false,
  subgroups: null,
  hasF16: false,
}

/** What the twin of an operation reads as halves. The CPU runs the operation itself on the numbers that they are. */
export interface Twin {
  readonly operation: Operation
  readonly operands: readonly string[]
}

/** What an operation does on the CPU. */
export interface CpuSide {
  /** The readable reference. Absent tensors are empty arrays. */
  cpu(tensors: Tensors, params: Params, step: StepScalars): void
  /** The name of the compiled function that does the same, for operations that are hot. */
  readonly compiled?: string
}

export interface Operation {
  readonly name: string
  /** Whose names those of its tensors and parameters are; null for one that launches nothing. */
  readonly kernel: KernelSignature | null
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  /** Inputs that may be absent. */
  readonly optional: readonly string[]
  /** The shapes of its inputs by the names of their dimensions; see graph/dims.ts. */
  dims(attrs: Attributes): DimPatterns
  /** Outputs that are stored as f16, two to a word. */
  readonly halves: readonly string[]
  /** Set for the twin of an operation that reads some inputs as halves. */
  readonly twinOf: Twin | null
  /** Factors of products: inputs that mixed precision rounds to f16. */
  readonly factors: readonly string[]
  /** Inputs that may be f16 where they are at hand so. */
  readonly tolerates: readonly string[]
  /** Names of the ways to launch it that fit, the best by rule first; one, `'default'`, for most operations. */
  strategies(inputs: Shapes, attrs: Attributes, device: DeviceTraits): readonly string[]
  /** Outputs that cost nothing when nobody reads them. */
  discardable(attrs: Attributes, strategy: string): readonly string[]
  /** Output → outputs that lie inside it, one after another, each at the next place that can be bound (graph/parts.ts). */
  readonly parts: Readonly<Record<string, readonly string[]>>
  /** Output → the input whose memory it takes over. */
  readonly inPlace: Readonly<Record<string, string>>
  /** Inputs that the operation changes where they lie (optimizer slots, accumulators): it is kept for that effect. */
  readonly updates: readonly string[]
  /** No work: the output is the input's memory, `viewOffset` elements in. */
  readonly view: boolean
  viewOffset(attrs: Attributes): number
  outputShapes(inputs: Shapes, attrs: Attributes): Shapes
  params(shapes: Shapes, attrs: Attributes): Params
  launches(params: Params, device: DeviceTraits, strategy: string): readonly Launch[]
  gradient(
    node: Node,
    graph: Graph,
    d: Readonly<Record<string, Value>>,
    wants: Wants,
  ): Readonly<Record<string, Value | undefined>>
  readonly differentiable: boolean
  /** A cheaper node or value that means the same, where there is one. */
  simplify(node: Node): Readonly<Record<string, Value>> | null
  /** The output onto which a following elementwise function can be fused, and how the attributes then read. */
  readonly epilogue: {
    readonly output: string
    fuse(attrs: Attributes, fn: Epilogue): Attributes | null
  } | null
  /** What this node is as an epilogue of the one before it, or null. */
  asEpilogue(attrs: Attributes): Epilogue | null
  /** Floating-point operations of one application, for reports. */
  flops(params: Params): number
}

/** An elementwise function of one tensor that a producer can apply as it stores its result. */
export interface Epilogue {
  /** The input that is the producer's result. */
  readonly input: string
  /** Code of the function in shaders/lib/activation.wgsl. */
  readonly activation: number
}

/** Gradients by the names of the inputs they belong to. */
export type Gradients<Input extends string> = Readonly<Partial<Record<Input, Value | undefined>>>

/** Whether the gradient with respect to an input is asked for. */
export type Wants = (input: string) => boolean

type ElementArray<E extends string> = E extends 'u32' | 'vec2u' | 'atomic<u32>' ? Uint32Array : Float32Array
/** A kernel's tensors on the host. */
export type KernelTensors<K extends Kernel> = {
  readonly [B in K['bindings'][number] as B['name']]: ElementArray<B['element']>
}
type FieldOf<K extends Kernel> = K['params'] extends { readonly fields: readonly KernelField[] }
  ? K['params']['fields'][number]
  : never
/** The fields of the kernel's uniform, and those of its override constants that are scalars of the operation. */
export type KernelParams<K extends Kernel> = {
  readonly [F in FieldOf<K> as F['name']]: F['count'] extends 1 ? number : readonly number[]
} & { readonly [O in K['overrides'][number] as O['name']]?: number }
type Named<T, Required extends string, Optional extends string> = {
  readonly [N in Exclude<Required, Optional>]: T
} & {
  readonly [N in Optional]?: T | undefined
}

/** The names of an operation: required and optional inputs, outputs. */
type InputsOf<K extends Kernel, U extends string, P> = InputName<K> | U | Extract<P[keyof P], string>
type OutputsOf<K extends Kernel, U extends string, R extends Parts> =
  | Exclude<OutputName<K>, U>
  | R[keyof R][number]
type Parts = Readonly<Record<string, readonly string[]>>

export interface GradientContext<In extends string, Opt extends string, Out extends string, A> {
  readonly graph: Graph
  readonly inputs: Named<Value, In, Opt>
  readonly outputs: Readonly<Record<Out, Value>>
  readonly attrs: A
  readonly wants: (input: In) => boolean
}

export interface OpDefinition<
  K extends Kernel,
  A extends Attributes,
  Opt extends string,
  Dis extends string,
  U extends string,
  P extends Readonly<Record<string, string>>,
  D extends Readonly<Partial<Record<InputsOf<K, U, P>, string>>>,
  R extends Parts,
> {
  readonly kernel: K
  /**
   * The shapes of the inputs by the names of their dimensions, `{ z: 'B T 4U', h0: 'B U' }`: checked where the operation is
   * added, and handed to `shape`, `params` and `strategies` beside the shapes.
   */
  readonly dims?: D | ((attrs: A) => D)
  readonly optional?: readonly Opt[]
  /** Outputs that are stored as f16, two to a word. */
  readonly halves?: readonly OutputsOf<K, U, R>[]
  /** Factors of products, which the kernels only read: inputs that mixed precision rounds to f16. */
  readonly factors?: readonly InputName<K>[]
  /** Inputs that may be f16 where they are at hand so; kernels only read them. */
  readonly tolerates?: readonly InputName<K>[]
  /** Outputs that are left out when nobody reads them. */
  readonly discardable?: readonly Dis[]
  /** Those of them that must stay all the same. */
  keeps?(attrs: A, strategy: string): readonly Dis[]
  /** Names of the ways to launch it that fit, the best by rule first, where there are several. */
  strategies?(
    inputs: Named<Shape, InputsOf<K, U, P>, Opt> & Dims<D, Opt>,
    attrs: A,
    device: DeviceTraits,
  ): readonly [string, ...string[]]
  readonly updates?: readonly U[]
  readonly inPlace?: P
  /** Output → outputs that lie inside it, of which the kernel knows the whole alone; all have one shape. */
  readonly parts?: R
  /** Shapes of the outputs; throws a clear error where the inputs do not fit. */
  shape(
    inputs: Named<Shape, InputsOf<K, U, P>, Opt> & Dims<D, Opt>,
    attrs: A,
  ): Readonly<Record<OutputsOf<K, U, R>, Shape>>
  /** The kernel's scalars. Absent inputs and discarded outputs have no shape here. */
  params(
    shapes: Named<Shape, InputsOf<K, U, P> | OutputsOf<K, U, R>, Opt | Dis> & Dims<D, Opt>,
    attrs: A,
  ): KernelParams<K>
  /** Threads in workgroups of 64, or workgroups of any size, or a whole list of launches. */
  threads?(params: KernelParams<K>): number
  workgroups?(params: KernelParams<K>): number
  /** FLOPs of each thread, or of each workgroup, of a kernel that is not as simple as most; see graph/launch.ts. */
  flopsEach?(params: KernelParams<K>): number
  launches?(params: KernelParams<K>, device: DeviceTraits, strategy: string): readonly Launch[]
  gradient?(
    context: GradientContext<InputsOf<K, U, P>, Opt, OutputsOf<K, U, R>, A>,
    d: Readonly<Partial<Record<OutputsOf<K, U, R>, Value>>>,
  ): Gradients<InputsOf<K, U, P>>
  simplify?(
    inputs: Named<Value, InputsOf<K, U, P>, Opt>,
    attrs: A,
  ): Readonly<Record<OutputsOf<K, U, R>, Value>> | null
  readonly epilogue?: { readonly output: OutputsOf<K, U, R>; fuse(attrs: A, fn: Epilogue): A | null }
  asEpilogue?(attrs: A): Epilogue | null
  flops?(params: KernelParams<K>): number
}

/** Adds the operation to a graph and returns its outputs. */
export interface DefinedOp<In extends string, Opt extends string, Out extends string, A> {
  (graph: Graph, inputs: Named<Value, In, Opt>, attrs: A): Readonly<Record<Out, Value>>
  readonly operation: Operation
}

/** The traits of an operation that says nothing of them; it is launched in one way. */
export const PLAIN = {
  kernel: null,
  optional: [],
  dims: () => ({}),
  halves: [],
  twinOf: null,
  factors: [],
  tolerates: [],
  strategies: () => ['default'],
  parts: {},
  inPlace: {},
  updates: [],
  view: false,
  viewOffset: () => 0,
  epilogue: null,
  asEpilogue: () => null,
  flops: () => 0,
} satisfies Partial<Operation>

/**
 * Makes an operation of a kernel and what the kernel cannot say. Names are checked by the compiler against the
 * kernel's WGSL signature.
 */
export function defineOp<
  const K extends Kernel,
  A extends Attributes,
  const Opt extends string = never,
  const Dis extends string = never,
  const U extends string = never,
  const P extends Readonly<Record<string, string>> = Readonly<Record<never, string>>,
  const D extends Readonly<Partial<Record<InputsOf<K, U, P>, string>>> = Readonly<Record<never, string>>,
  const R extends Parts = Readonly<Record<never, never>>,
>(
  definition: OpDefinition<K, A, Opt, Dis, U, P, D, R>,
): DefinedOp<InputsOf<K, U, P>, Opt, OutputsOf<K, U, R>, A> {
  // The definition is typed by its kernel; nodes carry plain records. These casts are the one seam between the two.
  const d = definition as unknown as ErasedDefinition
  const { kernel, updates = [], inPlace = {}, discardable = [] } = d
  const patternsOf = (attrs: Attributes): DimPatterns =>
    typeof d.dims === 'function' ? d.dims(attrs) : (d.dims ?? {})
  const withDims = (shapes: Shapes, attrs: Attributes): ShapesAndDims => ({
    ...shapes,
    ...dims(kernel.name, patternsOf(attrs), shapes, attrs),
  })
  const namesOf = (access: KernelBinding['access']): string[] =>
    kernel.bindings.filter((binding) => binding.access === access).map(({ name }) => name)
  const operation: Operation = {
    ...PLAIN,
    ...d,
    name: kernel.name,
    inputNames: [...namesOf('read'), ...updates, ...Object.values(inPlace)],
    outputNames: namesOf('read_write').filter((name) => !updates.includes(name)),
    discardable(attrs, strategy) {
      const kept = d.keeps?.(attrs, strategy) ?? []
      const parts = Object.values(d.parts ?? {}).flat()
      return [...discardable.filter((name) => !kept.includes(name)), ...parts]
    },
    dims: patternsOf,
    strategies: d.strategies
      ? (inputs, attrs, device) => d.strategies?.(withDims(inputs, attrs), attrs, device) ?? []
      : PLAIN.strategies,
    outputShapes: (inputs, attrs) => d.shape(withDims(inputs, attrs), attrs),
    params: (shapes, attrs) => d.params(withDims(shapes, attrs), attrs),
    launches: (params, device, strategy) =>
      d.launches?.(params, device, strategy) ?? launchesOf(d.kernel, params, workOf(d, params), device),
    differentiable: d.gradient !== undefined,
    gradient: (node, graph, grads, wants) =>
      d.gradient?.({ graph, inputs: node.inputs, outputs: node.outputs, attrs: node.attrs, wants }, grads) ??
      {},
    simplify: (node) => d.simplify?.(node.inputs, node.attrs) ?? null,
  }
  const apply = (graph: Graph, inputs: Readonly<Record<string, Value | undefined>>, attrs: A) =>
    graph.add(operation, present(inputs), attrs)
  return Object.assign(apply, { operation }) as DefinedOp<InputsOf<K, U, P>, Opt, OutputsOf<K, U, R>, A>
}

type ShapesAndDims = Readonly<Record<string, Shape | number>>

interface ErasedDefinition {
  readonly kernel: Kernel
  readonly dims?: DimPatterns | ((attrs: Attributes) => DimPatterns)
  readonly optional?: readonly string[]
  readonly halves?: readonly string[]
  readonly factors?: readonly string[]
  readonly tolerates?: readonly string[]
  readonly discardable?: readonly string[]
  readonly updates?: readonly string[]
  readonly inPlace?: Readonly<Record<string, string>>
  readonly parts?: Readonly<Record<string, readonly string[]>>
  keeps?(attrs: Attributes, strategy: string): readonly string[]
  strategies?(inputs: ShapesAndDims, attrs: Attributes, device: DeviceTraits): readonly string[]
  shape(inputs: ShapesAndDims, attrs: Attributes): Shapes
  params(shapes: ShapesAndDims, attrs: Attributes): Params
  threads?(params: Params): number
  workgroups?(params: Params): number
  flopsEach?(params: Params): number
  launches?(params: Params, device: DeviceTraits, strategy: string): readonly Launch[]
  gradient?(context: object, d: Readonly<Record<string, Value>>): Readonly<Record<string, Value | undefined>>
  simplify?(
    inputs: Readonly<Record<string, Value>>,
    attrs: Attributes,
  ): Readonly<Record<string, Value>> | null
  readonly epilogue?: { readonly output: string; fuse(attrs: Attributes, fn: Epilogue): Attributes | null }
  asEpilogue?(attrs: Attributes): Epilogue | null
  flops?(params: Params): number
}

function workOf(d: ErasedDefinition, params: Params): Work {
  const flops = d.flopsEach?.(params)
  return d.workgroups ? inWorkgroups(d.workgroups(params), flops) : inThreads(d.threads?.(params) ?? 1, flops)
}

function present(inputs: Readonly<Record<string, Value | undefined>>): Record<string, Value> {
  const found: Record<string, Value> = {}
  for (const [name, value] of Object.entries(inputs)) if (value !== undefined) found[name] = value
  return found
}

/** All shapes of a node: its inputs, and those outputs that somebody reads. */
export function nodeShapes(node: Node, strategy: string, isRead: (value: Value) => boolean): Shapes {
  const discardable = node.op.discardable(node.attrs, strategy)
  const read = Object.entries(node.outputs).filter(
    ([name, value]) => !discardable.includes(name) || isRead(value),
  )
  return { ...shapesOf(node.inputs), ...shapesOf(Object.fromEntries(read)) }
}
