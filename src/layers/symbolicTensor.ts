// The functional graph: symbolic tensors, and the calls of layers between them.

import { describeValue, fail } from '../errors.ts'
import { mapValues } from '../util/mapValues.ts'
import type { OpenShape } from '../util/shape.ts'
import { Unproxied } from '../util/unproxied.ts'
import type { Layer } from './layer.ts'

/** A tensor of the functional graph: a shape with an open batch, and its origin. */
export class SymbolicTensor extends Unproxied {
  /** Consoles and errors name its objects so, whatever a minifier makes of the class. */
  static override readonly name = 'SymbolicTensor'
  constructor(
    /** Its shape, the batch in front; null is an open extent. */
    readonly shape: OpenShape,
    /** The layer whose call returned it. */
    readonly layer: Layer,
    /** Which call of the layer, counted from 0. */
    readonly nodeIndex: number,
    /** Which output of that call, counted from 0. */
    readonly tensorIndex: number,
    /** The number of the first axes for which the tensor has a mask, [batch, timesteps, …]. */
    readonly maskAxes?: number | undefined,
  ) {
    super()
  }

  /** The type of its numbers. */
  get dtype(): 'float32' {
    return 'float32'
  }

  /** The number of its axes, the batch among them. */
  get ndim(): number {
    return this.shape.length
  }

  /** JavaScript's operators and comparisons need a number, which a symbolic tensor is not. */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === 'string') return describeValue(this)
    return fail(`the output of ${this.layer.where}`, {
      expected: 'a number, which is not there until a step runs',
      got: describeValue(this),
      remedy: 'Write ops.where(condition, a, b) for if, and ops.add for +.',
    })
  }
}

/** One call of a layer. */
export interface LayerNode {
  /** What the layer reads: its inputs, then initial states, then the masks that the call gives. */
  readonly inputs: readonly SymbolicTensor[]
  /** The number of initial states. */
  readonly states: number
  /** Options of the layer's own class; the tensors among them are inputs too, before the states. */
  readonly options: OwnOptions
  /** For each input the mask that the call gives; null where it gives none. */
  readonly masks: readonly (SymbolicTensor | null)[]
  /** Whether it runs as in training; null where this depends on the step. */
  readonly training: boolean | null
  readonly outputs: readonly SymbolicTensor[]
  /** Larger than those of all calls before it. */
  readonly order: number
}

/** The call that gives a tensor. */
export const nodeOf = ({ layer, nodeIndex }: SymbolicTensor): LayerNode => layer.nodes[nodeIndex] as LayerNode

/** What a call reads, or what is known of each, in parts: the inputs, and the initial states. */
export function partsOf<T>(
  { states, options, masks }: LayerNode,
  all: readonly T[],
): { readonly inputs: readonly T[]; readonly states: readonly T[] } {
  const firstMask = all.length - masks.filter((mask) => mask !== null).length
  const firstState = firstMask - states
  return {
    inputs: all.slice(0, firstState - tensorsIn(options).length),
    states: all.slice(firstState, firstMask),
  }
}

/** Options of a call that the layer's class adds to those of every layer: plain values and symbolic tensors. */
export type OwnOptions = Readonly<Record<string, unknown>>

/** The symbolic tensors among a call's own options. */
export const tensorsIn = (options: OwnOptions): readonly SymbolicTensor[] =>
  Object.values(options).filter((value) => value instanceof SymbolicTensor)

/** The options of a call with other things for its symbolic tensors. */
export const mapTensors = (options: OwnOptions, map: (tensor: SymbolicTensor) => unknown): OwnOptions =>
  mapValues(options, (value) => (value instanceof SymbolicTensor ? map(value) : value))

/** The arguments of a call on symbolic tensors beside its inputs. */
export interface SymbolicCall {
  readonly states?: readonly SymbolicTensor[]
  readonly options?: OwnOptions
  /** A mask for each input, null for none. */
  readonly masks?: readonly (SymbolicTensor | null)[]
  /** Whether the layer runs as in training or as in a prediction; null where this depends on the step. */
  readonly training?: boolean | null
  readonly scope?: string
}

/** The only tensor of a list, or the list. */
export const oneOrAll = <T>(list: readonly T[]): T | readonly T[] =>
  list.length === 1 ? (list[0] as T) : list
