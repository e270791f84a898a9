// What other libraries' own tests hold themselves to, recorded as numbers: the cases in test/golden/peers.

import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { Json, JsonObject } from '../../src/formats/config/json.ts'
import { type Shape, type Tensor, tensor } from '../../src/index.ts'

/** Numbers and their shape. What is not finite was recorded as null. */
export interface Numbers {
  readonly shape: Shape
  readonly data: readonly (number | null)[]
  readonly dtype?: string
}

/** Numbers that a test of the other library expects, and how closely. */
export interface Expected {
  /** Which output. */
  readonly index: number
  readonly shape: readonly (number | null)[]
  readonly data: readonly (number | null)[]
  readonly atol?: number
  readonly rtol?: number
  /** The shape alone is expected. */
  readonly shapeOnly?: boolean
  /** The mean of the output is expected. */
  readonly mean?: boolean
  /** What of a model is expected: `['history', 'loss', 0]`, `['result', 1]`, `['weights', 2]`; its outputs without one. */
  readonly path?: readonly [what: string, which: string | number, epoch?: number]
}

/** A call of a layer. */
export interface Step {
  readonly inputs: readonly (Numbers | null)[]
  readonly states?: readonly Numbers[]
  readonly weights?: readonly Numbers[]
  readonly expect: readonly Expected[]
  readonly training?: boolean
  /** The mask of the input. */
  readonly mask?: Numbers
  /** Only shapes go through the layer. */
  readonly symbolic?: boolean
  /** The states are forgotten; there is no call. */
  readonly reset?: boolean
}

/** A layer or another object by its class and its options, in camelCase. */
export interface Described {
  readonly className: string
  readonly options: JsonObject
}

interface Case<Kind extends string> {
  readonly id: string
  readonly kind: Kind
  readonly source: string
  readonly test: string
  /** `keras2` where `hard_sigmoid` is that of Keras 2. */
  readonly hs?: string
}

export interface LayerCase extends Case<'layer' | 'symbolic'>, Described {
  readonly steps: readonly Step[]
}
export interface ShapeCase extends Case<'shape'>, Described {
  readonly inputShape: readonly (number | null)[]
  readonly expectShapes: readonly (readonly number[])[]
  readonly weightCounts: readonly unknown[] | null
  readonly initialStates: number
  readonly callKwargs: readonly string[]
}
export interface ChainCase extends Case<'chain'> {
  readonly layers: readonly Described[]
  readonly weights: readonly Numbers[] | null
  readonly input: Numbers
  readonly expect: Expected
}
export interface ThrowsCase extends Case<'throws'>, Described {
  readonly inputShapes: readonly (readonly (number | null)[])[] | null
  /** How many of the inputs, the last ones, are data, where the others are symbolic. */
  readonly dataInputs?: number
  /** The shape of the mask of the call. */
  readonly maskShape?: readonly number[]
  /** The shapes of the initial states of the call. */
  readonly stateShapes?: readonly (readonly (number | null)[])[]
  readonly prior?: readonly (readonly (readonly (number | null)[])[])[]
  readonly message: string
}
export interface AbsentCase extends Case<'absent'> {
  readonly feature: string
}
export interface ActivationCase extends Case<'activation'> {
  readonly name: string
  readonly x: Numbers
  readonly extra?: JsonObject
  readonly extraArgs: readonly Json[]
  readonly expect: Expected
}
export interface LossCase extends Case<'loss'>, Described {
  readonly yTrue: Numbers | null
  readonly yPred: Numbers | null
  readonly sampleWeight: Numbers | null
  /** The mask that comes with the predictions. */
  readonly mask?: Numbers
  readonly expect: Expected
}
export interface MetricCase extends Case<'metric'>, Described {
  readonly updates: readonly Pick<LossCase, 'yTrue' | 'yPred' | 'sampleWeight'>[]
  readonly expect: Expected
}
export interface OptimizerCase extends Case<'optimizer'>, Described {
  readonly start: readonly Numbers[]
  /** The gradients of each step, a variable after the other. */
  readonly steps: readonly (readonly (Numbers | null)[])[]
  /** Which variable is expected. */
  readonly variable: number
  readonly expect: Expected
}
export interface FunctionCase extends Case<'fn'> {
  readonly mod: string
  readonly name: string
  readonly args: readonly unknown[]
  readonly expect: Expected
}
/** What a model is asked for. */
export interface ModelStep {
  readonly reset?: boolean
  readonly method: string
  readonly config: JsonObject | null
  readonly compiled: {
    readonly optimizer: { readonly className: string; readonly config: JsonObject }
    readonly loss: Json
    readonly metrics: Json
  } | null
  readonly before: readonly (Numbers & { readonly name: string })[] | null
  readonly args: readonly unknown[]
  readonly batches?: readonly Readonly<Record<string, unknown>>[]
  readonly valBatches?: readonly Readonly<Record<string, unknown>>[]
  readonly expects: readonly Expected[]
}
export interface ModelCase extends Case<'model'>, ModelStep {}
export interface ModelsCase extends Case<'models'> {
  readonly steps: readonly ModelStep[]
}

export type PeerCase =
  | AbsentCase
  | ActivationCase
  | ChainCase
  | FunctionCase
  | LayerCase
  | LossCase
  | MetricCase
  | ModelCase
  | ModelsCase
  | OptimizerCase
  | ShapeCase
  | ThrowsCase

/** The libraries: Keras 3.16, TensorFlow.js's layers, keras-js, and ONNX's nodes. */
export const libraries = ['keras', 'tfjs', 'kerasjs', 'onnx'] as const

const read = (file: string) =>
  JSON.parse(gunzipSync(readFileSync(new URL(`../golden/peers/${file}.json.gz`, import.meta.url))).toString())

/**
 * What the recordings lack, by the ids of cases: masks, cells, options, data, and whole cases, as the tests have them. Numbers that a test
 * computes are Keras 3.16's, or those of ONNX's generator from seed 0; of large tensors a corner is kept, on which windows depend alone.
 */
const completed = read('completed') as Readonly<Record<string, Partial<PeerCase>>>

/** A case with what its recording lacks. */
function whole(recorded: PeerCase): PeerCase {
  const lacking = completed[recorded.id]
  if (!lacking) return recorded
  const made: Record<string, unknown> = { ...recorded, ...lacking }
  // Options with an error are none.
  if ('options' in recorded && 'options' in lacking && !('error' in recorded.options))
    made.options = { ...recorded.options, ...lacking.options }
  if ('steps' in recorded && 'steps' in lacking)
    made.steps = recorded.steps.map((step, i) => ({ ...step, ...lacking.steps?.[i] }))
  return made as unknown as PeerCase
}

/** The cases of a library. */
export const casesOf = (library: (typeof libraries)[number]): readonly PeerCase[] =>
  (read(library) as readonly PeerCase[]).map(whole)

/** The ids of the cases that were completed. */
export const completedIds: readonly string[] = Object.keys(completed)

export const isNumbers = (value: unknown): value is Numbers =>
  typeof value === 'object' && value !== null && 'data' in value && 'shape' in value

/** Numbers as a tensor. */
export const tensorOf = ({ shape, data }: Numbers): Tensor =>
  tensor(
    Float32Array.from(data, (value) => value ?? Number.NaN),
    shape,
  )
