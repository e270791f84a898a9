// The definition of an operation as `defineOp` takes it, with the types that a kernel's signature gives to tensors and scalars.

import type { Shape } from '../util/shape.ts'
import type { DimPatterns, Dims } from './dims.ts'
import type { Graph, Node, Value } from './graph.ts'
import type { InputName, Kernel, KernelField, OutputName } from './kernel.ts'
import type { Launch } from './launch.ts'
import type {
  Attributes,
  DeviceTraits,
  Epilogue,
  Gradients,
  Normalization,
  Operation,
  Params,
  Shapes,
} from './operation.ts'

type ElementArray<E extends string> = E extends 'u32' | 'vec2u' | 'atomic<u32>' ? Uint32Array : Float32Array
/** A kernel's tensors on the host. */
export type KernelTensors<K extends Kernel> = {
  readonly [B in K['bindings'][number] as B['name']]: ElementArray<B['element']>
}
type FieldOf<K extends Kernel> = K['params'] extends { readonly fields: readonly KernelField[] }
  ? K['params']['fields'][number]
  : never
/** The fields of the kernel's uniform, and the overrides that are scalars of the operation. */
export type KernelParams<K extends Kernel> = {
  readonly [F in FieldOf<K> as F['name']]: F['count'] extends 1 ? number : readonly number[]
} & { readonly [O in K['overrides'][number] as O['name']]?: number }
export type Named<T, Required extends string, Optional extends string> = {
  readonly [N in Exclude<Required, Optional>]: T
} & {
  readonly [N in Optional]?: T | undefined
}

/** The names of an operation: required and optional inputs, outputs. */
export type InputsOf<K extends Kernel, U extends string, P> = InputName<K> | U | Extract<P[keyof P], string>
export type OutputsOf<K extends Kernel, U extends string, R extends Parts> =
  | Exclude<OutputName<K>, U>
  | R[keyof R][number]
export type Parts = Readonly<Record<string, readonly string[]>>

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
  /** The name in reports and for setBackend; by default the kernel's. */
  readonly name?: string
  readonly kernel: K
  /**
   * Shape patterns of the inputs, `{ z: 'B T 4U', h0: 'B U' }`. They are checked when the operation is added; `shape`, `params`
   * and `strategies` receive the dimensions by name, beside the shapes.
   */
  readonly dims?: D | ((attrs: A) => D)
  readonly optional?: readonly Opt[]
  /** Outputs that are stored as f16. */
  readonly f16Outputs?: readonly OutputsOf<K, U, R>[]
  /** Inputs that are factors of a product, which mixed precision rounds to f16. */
  readonly factors?: readonly InputName<K>[]
  /** Inputs that may be f16 if another operation has rounded them already. */
  readonly tolerates?: readonly InputName<K>[]
  /** Outputs that get no memory if nothing reads them. */
  readonly discardable?: readonly Dis[]
  /** Discardable outputs that a strategy needs even if nothing reads them. */
  retains?(attrs: A, strategy: string): readonly Dis[]
  /** Names of the strategies that fit, the best by rule first; by default there is one. */
  strategies?(
    inputs: Named<Shape, InputsOf<K, U, P>, Opt> & Dims<D, Opt>,
    attrs: A,
    device: DeviceTraits,
  ): readonly [string, ...string[]]
  readonly updates?: readonly U[]
  readonly inPlace?: P
  /** Output → the outputs that are its parts, one behind the other; the kernel binds the whole only. */
  readonly parts?: R
  /** Shapes of the outputs; throws if the inputs do not fit. */
  shape(
    inputs: Named<Shape, InputsOf<K, U, P>, Opt> & Dims<D, Opt>,
    attrs: A,
  ): Readonly<Record<OutputsOf<K, U, R>, Shape>>
  /** The kernel's scalars. Absent inputs and discarded outputs have no shape. */
  params(
    shapes: Named<Shape, InputsOf<K, U, P> | OutputsOf<K, U, R>, Opt | Dis> & Dims<D, Opt>,
    attrs: A,
  ): KernelParams<K>
  /** How much is launched: threads, in workgroups of 64, or workgroups, or a list of launches. */
  threads?(params: KernelParams<K>): number
  workgroups?(params: KernelParams<K>): number
  /** FLOPs of each thread, or of each workgroup; by default those of a simple kernel, see graph/launch.ts. */
  flopsEach?(params: KernelParams<K>): number
  launches?(params: KernelParams<K>, device: DeviceTraits, strategy: string): readonly Launch[]
  gradient?(
    context: GradientContext<InputsOf<K, U, P>, Opt, OutputsOf<K, U, R>, A>,
    d: Readonly<Record<OutputsOf<K, U, R>, Value | undefined>>,
  ): Gradients<InputsOf<K, U, P>>
  simplify?(
    inputs: Named<Value, InputsOf<K, U, P>, Opt>,
    attrs: A,
  ): Readonly<Record<OutputsOf<K, U, R>, Value>> | null
  readonly epilogue?: { readonly output: OutputsOf<K, U, R>; fuse(attrs: A, fn: Epilogue): A | null }
  asEpilogue?(attrs: A): Epilogue | null
  absorb?(node: Node, graph: Graph): boolean
  normalized?(attrs: A, end: Normalization): A | null
  flops?(params: KernelParams<K>): number
}

/** Adds the operation to a graph and returns its outputs. */
export interface DefinedOp<In extends string, Opt extends string, Out extends string, A> {
  (graph: Graph, inputs: Named<Value, In, Opt>, attrs: A): Readonly<Record<Out, Value>>
  readonly operation: Operation
}

/** Shapes by the names of tensors, extents by those of dimensions. */
export type ShapesAndDims = Readonly<Record<string, Shape | number>>

/** A definition without the types of its kernel. */
export interface ErasedDefinition {
  readonly name?: string
  readonly kernel: Kernel
  readonly dims?: DimPatterns | ((attrs: Attributes) => DimPatterns)
  readonly optional?: readonly string[]
  readonly f16Outputs?: readonly string[]
  readonly factors?: readonly string[]
  readonly tolerates?: readonly string[]
  readonly discardable?: readonly string[]
  readonly updates?: readonly string[]
  readonly inPlace?: Readonly<Record<string, string>>
  readonly parts?: Readonly<Record<string, readonly string[]>>
  retains?(attrs: Attributes, strategy: string): readonly string[]
  strategies?(inputs: ShapesAndDims, attrs: Attributes, device: DeviceTraits): readonly string[]
  shape(inputs: ShapesAndDims, attrs: Attributes): Shapes
  params(shapes: ShapesAndDims, attrs: Attributes): Params
  threads?(params: Params): number
  workgroups?(params: Params): number
  flopsEach?(params: Params): number
  launches?(params: Params, device: DeviceTraits, strategy: string): readonly Launch[]
  gradient?(
    context: object,
    d: Readonly<Record<string, Value | undefined>>,
  ): Readonly<Record<string, Value | undefined>>
  simplify?(
    inputs: Readonly<Record<string, Value>>,
    attrs: Attributes,
  ): Readonly<Record<string, Value>> | null
  readonly epilogue?: { readonly output: string; fuse(attrs: Attributes, fn: Epilogue): Attributes | null }
  asEpilogue?(attrs: Attributes): Epilogue | null
  absorb?(node: Node, graph: Graph): boolean
  normalized?(attrs: Attributes, end: Normalization): Attributes | null
  flops?(params: Params): number
}
