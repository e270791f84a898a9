/** Cases of recurrences whose time steps are not all valid, that several files try: both directions, in chunks. */
import type { Graph, Value } from '../../src/graph/graph.ts'
import { activations } from '../../src/ops/activations.ts'
import { affine } from '../../src/ops/affine.ts'
import { gru } from '../../src/ops/gru.ts'
import { gruResetBefore } from '../../src/ops/gruResetBefore.ts'
import { timestepFlops } from '../../src/ops/recurrentLaunches.ts'
import { recurrentStrategies } from '../../src/ops/recurrentSchedule.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from './checkOp.ts'
import { webgpu } from './compareBackends.ts'
import { fromStates } from './fromStates.ts'
import { uniform } from './values.ts'

type Inputs = {
  readonly z: Value
  readonly recurrentKernel: Value
  readonly mask?: Value | undefined
  readonly bias?: Value | undefined
  readonly h0?: Value | undefined
  readonly c0?: Value | undefined
}

export const MASK = tensor(
  [
    [1, 1, 1, 1, 0],
    [0, 1, 0, 0, 1],
    [0, 0, 0, 0, 0],
    [1, 0, 1, 1, 1],
    [1, 1, 1, 1, 1],
  ].flat(),
  [5, 5],
)
export const [batch, time, units] = [5, 5, 8]
const reach = 1 / Math.sqrt(units)
/** What a cell of so many gates reads, both directions side by side. */
export const inputsOf = (gates: number) => ({
  z: [batch, time, 2 * gates * units],
  recurrentKernel: uniform([units, 2 * gates * units], -reach, reach, 2),
  mask: MASK,
  h0: [batch, 2 * units],
})
export const inputs = { ...inputsOf(4), c0: [batch, 2 * units] }
export const attrs = {
  activation: activations.tanh.code,
  recurrentActivation: activations.sigmoid.code,
  reverse: false,
  directions: 2,
} as const

/** On a copy of z, because the gates of a time step that is not valid mean nothing: backends leave others there. */
export const onCopy =
  <A, O>(op: (graph: Graph, inputs: Inputs, attrs: A) => O) =>
  (graph: Graph, given: Inputs, own: A): O =>
    op(graph, { ...given, z: affine(graph, { x: given.z }, { scale: 1.5 }).y }, own)

export const roundings = time * (units + 16)

export const strategiesOf = (gates: number) =>
  recurrentStrategies({ batch, units, gates, hasTiles: true, drops: false }, webgpu.traits)

/** In chunks of two time steps, so that a gap reaches from one launch into the next; dropped where that strategy can. */
export const inChunks = (gates: number, strategy: string) => ({
  attrs: {
    ...attrs,
    reverse: true,
    ...(['streamed', 'timestep'].includes(strategy)
      ? { recurrentDropout: { rate: 0.3, seed: 3, otherSeed: 4 } }
      : {}),
  },
  strategy,
  launchFlops: 2 * timestepFlops(gates, { batch, units, DIRECTIONS: 2 }),
  roundings,
})

/** A strategy of each kind, of those that read a cell as any other; of one launch by subgroups: long runs, since compiling it takes longest. */
export const isOfEachKind = (strategy: string): boolean => ['registers', 'timestep'].includes(strategy)

/** Checks a cell that hands a share of h's gradient on beside R·dz, by a strategy that fits it. */
export async function checkMaskedGru(strategy: string): Promise<void> {
  await checkOp(onCopy(fromStates(gru)), {
    inputs: { ...inputsOf(3), bias: [2, 2 * 3 * units] },
    ...inChunks(3, strategy),
    read: ['h', 'hLast'],
    by: ['z', 'recurrentKernel', 'h0', 'bias'],
  })
}

/** As {@link checkMaskedGru}, of the cell with two products in a time step. */
export async function checkMaskedGruResetBefore(strategy: string): Promise<void> {
  await checkOp(onCopy(fromStates(gruResetBefore)), {
    inputs: inputsOf(3),
    ...inChunks(3, strategy),
    read: ['h', 'hLast'],
    by: ['z', 'recurrentKernel', 'h0'],
  })
}
