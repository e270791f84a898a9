// The interface of an operation, and `defineOp`, which makes operations from definitions.
//
// An operation is defined in one file: its kernel, whose WGSL signature is the signature of the operation, the shapes of its
// outputs, its scalars, and its gradient in terms of other operations. Its CPU side is in a file of its own beside it. Passes
// and backends know operations by this interface alone; they ask for traits, never for names.

import { entriesWhere } from '../util/mapValues.ts'
import type { Shape } from '../util/shape.ts'
import type {
  DefinedOp,
  ErasedDefinition,
  InputsOf,
  OpDefinition,
  OutputsOf,
  Parts,
  ShapesAndDims,
} from './definition.ts'
import { type DimPatterns, dims } from './dims.ts'
import type { DType, Graph, Node, Value } from './graph.ts'
import { shapesOf } from './graph.ts'
import type { Kernel, KernelBinding, KernelSignature } from './kernel.ts'
import { inThreads, inWorkgroups, type Launch, launchesOf, type Work } from './launch.ts'

export type Attributes = object
export type Params = Readonly<Record<string, number | readonly number[]>>
export type Shapes = Readonly<Record<string, Shape>>
export type Tensors = Readonly<Record<string, Float32Array | Int32Array | Uint32Array>>

/**
 * Scalars that change from one training step to the next, by name: the uniform of group 1 on the GPU. Kernels say which they
 * read; shaders/lib/step.wgsl says what each means.
 */
export type StepScalars = Readonly<Record<string, number>>

/** Properties of a device that decide how operations are launched. */
export interface DeviceTraits {
  readonly maxWorkgroupsPerDimension: number
  /** Whether the device computes on a CPU, where barriers and workgroup memory cost more than registers and loads. */
  readonly isSoftware: boolean
  /** Sizes that subgroups may have; null if the device has no subgroups. */
  readonly subgroups: { readonly min: number; readonly max: number } | null
  /** Whether kernels may compute with f16 (`shader-f16`). */
  readonly hasF16: boolean
  /** The most FLOPs of one launch, so that no launch occupies the device for long; by default for a slow GPU. */
  readonly launchFlops?: number
  /** Picks one of the strategies that fit; by default the first is taken, the best by rule. */
  readonly choose?: (choice: StrategyChoice) => string | undefined
}

/** A choice among the strategies of an operation. */
export interface StrategyChoice {
  readonly op: Operation
  /** Shapes of its inputs. */
  readonly inputs: Shapes
  readonly attrs: Attributes
  /** The strategies that fit, the best by rule first. */
  readonly strategies: readonly string[]
}

/** WebGPU's default limits, for when no device is known. */
export const DEFAULT_TRAITS: DeviceTraits = {
  maxWorkgroupsPerDimension: 65535,
  isSoftware: false,
  subgroups: null,
  hasF16: false,
}

/** A twin of `operation` reads `operands` as f16. The CPU converts them to f32 and runs `operation`. */
interface Twin<Op extends RunnableOperation = Operation> {
  readonly operation: Op
  readonly operands: readonly string[]
}

/** How an operation runs on the CPU. */
export interface CpuSide {
  /** The function in TypeScript, also the readable reference of the operation. Absent tensors are empty arrays. */
  cpu(tensors: Tensors, params: Params, step: StepScalars): void
  /** Name of the equivalent function in WebAssembly, which hot operations have. */
  readonly compiled?: string
}

/** What is to be known of an operation whose launches are planned: plain data. */
export interface RunnableOperation {
  readonly name: string
  /** The kernel that gives tensors and parameters their names; null for a view. */
  readonly kernel: KernelSignature | null
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  /** Operations on the same tensors and parameters that do the same one after the other: so the CPU runs it. */
  readonly inTurn?: readonly RunnableOperation[]
  /** Set for a twin: an operation that reads some inputs of another operation as f16. */
  readonly twinOf: Twin<RunnableOperation> | null
  /** Output → the input that it overwrites in place. */
  readonly inPlace: Readonly<Record<string, string>>
  /** Inputs that the operation updates, such as optimizer slots: with such an effect a node is never dead. */
  readonly updates: readonly string[]
}

export interface Operation extends RunnableOperation {
  /** Inputs that may be absent. */
  readonly optional: readonly string[]
  /** Shape patterns of the inputs, see graph/dims.ts. */
  dims(attrs: Attributes): DimPatterns
  /** Outputs that are stored as f16. */
  readonly f16Outputs: readonly string[]
  readonly inTurn?: readonly Operation[]
  readonly twinOf: Twin | null
  /** Inputs that are factors of a product: mixed precision rounds them to f16. */
  readonly factors: readonly string[]
  /** Inputs that may be f16 if another operation has rounded them already. */
  readonly tolerates: readonly string[]
  /** Strategies are ways to launch the operation. Names of those that fit, the best by rule first; mostly `'default'` alone. */
  strategies(inputs: Shapes, attrs: Attributes, device: DeviceTraits): readonly string[]
  /** Outputs that get no memory if nothing reads them. */
  discardable(attrs: Attributes, strategy: string): readonly string[]
  /** Output → the outputs that are its parts, see graph/parts.ts. */
  readonly parts: Readonly<Record<string, readonly string[]>>
  /** Whether the output is a view: memory of the input, from element `viewOffset` on. Views launch nothing. */
  readonly view: boolean
  viewOffset(attrs: Attributes): number
  /** The type as which a view shows the memory; undefined for the input's. */
  viewDtype(attrs: Attributes): DType | undefined
  outputShapes(inputs: Shapes, attrs: Attributes): Shapes
  params(shapes: Shapes, attrs: Attributes): Params
  launches(params: Params, device: DeviceTraits, strategy: string): readonly Launch[]
  gradient(
    node: Node,
    graph: Graph,
    d: Readonly<Record<string, Value | undefined>>,
    wants: Wants,
  ): Readonly<Record<string, Value | undefined>>
  readonly differentiable: boolean
  /** Outputs of a cheaper node, or values, that are equal to the outputs of this one; null if there are none. */
  simplify(node: Node): Readonly<Record<string, Value>> | null
  /** The output to which a fused elementwise function is applied, and the attributes with it; null if the function cannot be fused. */
  readonly epilogue: {
    readonly output: string
    fuse(attrs: Attributes, fn: Epilogue): Attributes | null
  } | null
  /** The elementwise function that the node is, if its producer may apply it; else null. */
  asEpilogue(attrs: Attributes): Epilogue | null
  /**
   * Makes the node compute what it reads of others itself, where that costs less: changes its inputs and attributes. Returns whether
   * it did.
   */
  absorb?(node: Node, graph: Graph): boolean
  /**
   * The attributes with which it normalizes the columns of its output by mean and variance, gamma and beta, which are inputs then, and
   * applies an activation; null if it already does one of these.
   */
  normalized?(attrs: Attributes, end: Normalization): Attributes | null
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

/** What is done with an output, beside its columns' moments. */
export interface Normalization {
  /** What is added to variances. */
  readonly epsilon: number
  /** Code of the function in shaders/lib/activation.wgsl; 0 for none. */
  readonly activation: number
}

/** Gradients by the names of inputs. */
export type Gradients<Input extends string> = Readonly<Partial<Record<Input, Value | undefined>>>

/** Whether the gradient with respect to an input is needed. */
export type Wants = (input: string) => boolean

/** Default traits. */
export const PLAIN = {
  kernel: null,
  optional: [],
  dims: () => ({}),
  f16Outputs: [],
  twinOf: null,
  factors: [],
  tolerates: [],
  strategies: () => ['default'],
  parts: {},
  inPlace: {},
  updates: [],
  view: false,
  viewOffset: () => 0,
  viewDtype: () => undefined,
  epilogue: null,
  asEpilogue: () => null,
  flops: () => 0,
} satisfies Partial<Operation>

/**
 * Makes an operation from a kernel and a definition of what WGSL does not say. TypeScript checks the definition's names
 * against the kernel's signature.
 */
/* @__NO_SIDE_EFFECTS__ */
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
  // Made when it is first read: an import defines all operations, of which a model has a few.
  let made: Operation | undefined
  // Definitions are typed by their kernel, nodes have plain records: the casts here are the only ones between the two.
  const operation = (): Operation => (made ??= operationOf(definition as unknown as ErasedDefinition))
  const apply = (graph: Graph, inputs: Readonly<Record<string, Value | undefined>>, attrs: A) =>
    graph.add(operation(), present(inputs), attrs)
  return Object.defineProperty(apply, 'operation', { get: operation }) as unknown as DefinedOp<
    InputsOf<K, U, P>,
    Opt,
    OutputsOf<K, U, R>,
    A
  >
}

function operationOf(d: ErasedDefinition): Operation {
  const { kernel, name = kernel.name, updates = [], inPlace = {}, discardable = [], parts = {} } = d
  const patternsOf = (attrs: Attributes): DimPatterns =>
    typeof d.dims === 'function' ? d.dims(attrs) : (d.dims ?? {})
  const withDims = (shapes: Shapes, attrs: Attributes): ShapesAndDims => ({
    ...shapes,
    ...dims(name, patternsOf(attrs), shapes, attrs),
  })
  const namesOf = (access: KernelBinding['access']): string[] =>
    kernel.bindings.filter((binding) => binding.access === access).map(({ name }) => name)
  return {
    ...PLAIN,
    ...d,
    name,
    inputNames: [...namesOf('read'), ...updates, ...Object.values(inPlace)],
    outputNames: namesOf('read_write').filter((name) => !updates.includes(name)),
    discardable(attrs, strategy) {
      const retained = d.retains?.(attrs, strategy) ?? []
      return [...discardable.filter((name) => !retained.includes(name)), ...Object.values(parts).flat()]
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
}

function workOf(d: ErasedDefinition, params: Params): Work {
  const flops = d.flopsEach?.(params)
  return d.workgroups ? inWorkgroups(d.workgroups(params), flops) : inThreads(d.threads?.(params) ?? 1, flops)
}

const present = (inputs: Readonly<Record<string, Value | undefined>>): Record<string, Value> =>
  entriesWhere(inputs, (value) => value !== undefined) as Record<string, Value>

/** Shapes of the inputs and outputs of a node, without discardable outputs that nothing reads. */
export function nodeShapes(node: Node, strategy: string, isRead: (value: Value) => boolean): Shapes {
  const discardable = node.op.discardable(node.attrs, strategy)
  const read = entriesWhere(node.outputs, (value, name) => !discardable.includes(name) || isRead(value))
  return { ...shapesOf(node.inputs), ...shapesOf(read) }
}
