/**
 * What models ask for, found on devices that only note it (test/support/pretendDevice.ts): models of every layer and the golden
 * cases make a training step and a prediction, with each strategy of their operations in turn.
 */
import * as recurra from 'recurra'
import type { StrategyChoice } from '../../src/graph/operation.ts'
import { type LayerModel, layerModels } from '../support/everyLayer.ts'
import { goldenCase, goldenNames } from '../support/golden.ts'
import { varietyOf } from '../support/modelVariety.ts'
import { type AskedPipeline, pretendDevice } from '../support/pretendDevice.ts'
import { device, FEATURES } from './device.ts'

const ROWS = 5

/**
 * A training step, where there are targets, and a prediction, whose results are zeros.
 *
 * @param targets Shapes of one sample of each target, by default those of the outputs; null for a model that is not compiled.
 */
async function noteStep(
  model: recurra.LayersModel,
  rows: number,
  targets: readonly (readonly (number | null)[])[] | null = model.outputs.map(({ shape }) => shape.slice(1)),
): Promise<void> {
  const zeros = (samples: readonly (readonly (number | null)[])[]) =>
    samples.map((sample) => {
      const shape = [rows, ...sample.map((extent) => extent ?? rows)]
      return recurra.tensor(new Float32Array(shape.reduce((size, extent) => size * extent, 1)), shape)
    })
  const x = zeros(model.inputs.map(({ shape }) => shape.slice(1)))
  if (targets) await model.trainOnBatch(x, zeros(targets))
  await model.predict(x, { batchSize: rows })
  model.dispose()
}

/** One model by one choice of strategies. */
export interface AskedRun {
  readonly name: string
  /** An operation takes the strategy at this index of its own, counted round. */
  readonly round: number
  /** Operations with the strategies that they took. */
  readonly strategies: ReadonlySet<string>
  /** How many operations had a choice, about as many as the pipelines that the run costs. */
  readonly operations: number
}

/** The choice of a round, for setBackend; `note` hears what is taken. */
export const takeTurns =
  (round: () => number, note: (taken: string, count: number) => void) =>
  ({ op, strategies }: StrategyChoice): string => {
    const choice = strategies[round() % strategies.length] ?? ''
    note(`${op.name} ${choice}`, strategies.length)
    return choice
  }

/** Runs each model until all its operations have taken all their strategies. */
async function noteAll(
  noted: ReturnType<typeof pretendDevice>,
  runs: readonly { readonly name: string; run(): Promise<void> }[],
): Promise<AskedRun[]> {
  let [round, most, operations] = [0, 1, 0]
  let taken = new Set<string>()
  const note = (strategy: string, count: number): void => {
    taken.add(strategy)
    operations++
    most = Math.max(most, count)
  }
  await recurra.setBackend('webgpu', { device: noted.device, strategies: takeTurns(() => round, note) })
  const found: AskedRun[] = []
  for (const { name, run } of runs) {
    most = 1
    round = 0
    do {
      taken = new Set()
      operations = 0
      await run()
      found.push({ name, round, strategies: taken, operations })
    } while (++round < most)
  }
  return found
}

/** The same where the samples are no floats: a layer on the host learns its shapes from the first of them. */
async function noteStepOn(model: recurra.LayersModel, data: recurra.Data): Promise<void> {
  const { shape } = await model.predict<recurra.Tensor>(data)
  const zeros = new Float32Array(shape.reduce((size, extent) => size * extent, 1))
  await model.trainOnBatch(data, recurra.tensor(zeros, shape))
  model.dispose()
}

const makers: readonly Pick<LayerModel, 'make' | 'data'>[] = [
  ...layerModels(recurra).values(),
  ...varietyOf(recurra, ROWS).map((make) => ({ make })),
]
const inPolicy = (policy: 'float32' | 'mixed_float16') =>
  makers.map(({ make, data }, i) => ({
    name: `${i}`,
    async run() {
      recurra.config.setDtypePolicy(policy)
      const model = make()
      recurra.config.setDtypePolicy('float32')
      await (data ? noteStepOn(model, data) : noteStep(model, ROWS))
    },
  }))
const goldenRuns = goldenNames.map((name) => ({
  name,
  async run() {
    const golden = goldenCase(name)
    const { fit } = golden.case
    const targets = fit && golden.y.map(({ shape }) => shape.slice(1))
    await noteStep(await recurra.loadModel(golden.modelBytes), fit?.batch_size ?? ROWS, targets ?? null)
  },
}))

const withAll = pretendDevice(Object.values(FEATURES))
await noteAll(withAll, [...inPolicy('float32'), ...inPolicy('mixed_float16')])
// What mixed precision does where there are no f16; all else is the same without features.
const withNone = pretendDevice([])
await noteAll(withNone, inPolicy('mixed_float16'))
const asHere = pretendDevice([...device.features] as GPUFeatureName[], device.adapterInfo)

/** Runs of the golden cases on a device like the one that runs them. */
export const goldenSteps: readonly AskedRun[] = await noteAll(asHere, goldenRuns)

/** Every pipeline that is asked for, by its code. */
export const asked: ReadonlyMap<string, AskedPipeline> = new Map([
  ...withNone.pipelines,
  ...withAll.pipelines,
  ...asHere.pipelines,
])

/**
 * Runs that take all strategies, with about as few operations as that needs: always the one with the most that are new for what it
 * costs.
 */
export function coverOf(runs: readonly AskedRun[]): readonly AskedRun[] {
  const missing = new Set(runs.flatMap(({ strategies }) => [...strategies]))
  const chosen: AskedRun[] = []
  const newIn = ({ strategies }: AskedRun): number =>
    [...strategies].filter((name) => missing.has(name)).length
  while (missing.size > 0) {
    const worth = (run: AskedRun): number => newIn(run) / run.operations
    const best = runs.reduce((most, run) => (worth(run) > worth(most) ? run : most))
    chosen.push(best)
    for (const name of best.strategies) missing.delete(name)
  }
  return chosen
}
