// The inputs of a recurrent layer. Here a time step is a vector; convLstm.ts has time steps that are frames.

import type { Graph, Value } from '../../graph/graph.ts'
import { matmul } from '../../ops/matmul.ts'
import type { OpenShape, Shape } from '../../util/shape.ts'
import type { StepLowering } from '../call.ts'
import { checkFeatures, knownExtent } from '../inputChecks.ts'
import type { Layer } from '../layer.ts'
import type { ReadActivation } from '../options.ts'
import type { Variable } from '../weights/variable.ts'
import {
  type GateProduct,
  type InputDropout,
  type ProductTensors,
  timestepsOf,
  vectorsByGate,
} from './gateDropout.ts'
import { sequenceRemedy } from './recurrent.ts'

export interface RecurrentInput {
  readonly units: number
  /** The rank of an input, and the names of the axes of inputs and states. */
  readonly rank: number
  readonly axes: string
  readonly stateAxes: string
  /** The remedy for an input of another rank. */
  remedy(shape: OpenShape | undefined, source: Layer | undefined): string | undefined
  /** Throws where an input of the right rank does not fit. */
  check(layer: Layer, shape: OpenShape, kernel: Variable | undefined): void
  /** The shape of a state, from the shape of an input. */
  stateShape(layer: Layer, input: OpenShape): OpenShape
  /** The shapes of the kernels without their last axis, the columns of the gates. */
  kernelShapes(layer: Layer, input: OpenShape): { readonly kernel: Shape; readonly recurrentKernel: Shape }
  /** Whether each gate always has a separate mask for the inputs. */
  readonly dropsPerGate: boolean
  /** Adds x·W + b of all time steps, [B · T, ...]. */
  product(graph: Graph, tensors: ProductTensors): Value
  /** The same, where each gate sees x through a separate mask. */
  productByGate(graph: Graph, tensors: GateProduct, drop: InputDropout): Value
  /** Of one time step, where it is no vector: h·R, and an activation. */
  readonly ofTimeStep?: {
    product(graph: Graph, h: Value, recurrentKernel: Value): Value
    activate(step: StepLowering, x: Value, name: ReadActivation): Value
  }
  /** Whether two directions can run in the same launches. */
  readonly runsBothWays: boolean
}

/** Inputs [B, T, features], states [B, units]. */
export const vectors = (units: number): RecurrentInput => ({
  units,
  rank: 3,
  axes: '[batch, timesteps, features]',
  stateAxes: `[batch, ${units}]`,
  remedy: sequenceRemedy,
  check: checkFeatures,
  stateShape: (_layer, [batch = null]) => [batch, units],
  kernelShapes: (layer, input) => ({
    kernel: [knownExtent(layer, input, 2, 'features')],
    recurrentKernel: [units],
  }),
  // With recurrent dropout Keras also gives each gate a separate mask for the inputs.
  dropsPerGate: false,
  product: (graph, { x, kernel, bias }) => matmul(graph, { a: timestepsOf(graph, x), b: kernel, bias }, {}).y,
  productByGate: vectorsByGate,
  runsBothWays: true,
})
