/**
 * Every kernel, in every variant that models ask for, compiles in naga, the compiler of Firefox and Deno. Models of every layer
 * and the golden cases run, with each strategy in turn and in both precisions, on devices that only note which pipelines they
 * are asked for. Their modules are then made on the adapter, but for those that need a feature that it lacks, and a pipeline of
 * each kernel of which the files before this one made none; with RECURRA_TEST_LONG=1 all pipelines, for which SwiftShader takes a minute.
 */
import * as recurra from 'recurra'
import * as kernels from '../../src/ops/kernels.gen.ts'
import { expectEqual } from '../support/compare.ts'
import { layerModels } from '../support/everyLayer.ts'
import { goldenCase, goldenNames } from '../support/golden.ts'
import { varietyOf } from '../support/modelVariety.ts'
import { type AskedPipeline, pretendDevice } from '../support/pretendDevice.ts'
import { letGoOf, pipelinesMade, requestOwnDevice } from './device.ts'

const ROWS = 5
const FEATURES: Readonly<Record<string, GPUFeatureName>> = { f16: 'shader-f16', subgroups: 'subgroups' }
const optional = Object.values(FEATURES)

/** A training step and a prediction, whose results are zeros. */
async function noteStep(model: recurra.LayersModel, rows: number): Promise<void> {
  const zeros = (tensors: readonly recurra.SymbolicTensor[]) =>
    tensors.map(({ shape }) => {
      const extents = shape.map((extent) => extent ?? rows)
      return recurra.tensor(new Float32Array(extents.reduce((size, extent) => size * extent, 1)), extents)
    })
  const x = zeros(model.inputs)
  await model.trainOnBatch(x, zeros(model.outputs))
  await model.predict(x, { batchSize: rows })
  model.dispose()
}

const small = [...[...layerModels(recurra).values()].map(({ make }) => make), ...varietyOf(recurra, ROWS)]
const runs = [
  ...small.flatMap((make) =>
    (['float32', 'mixed_float16'] as const).map((policy) => async () => {
      recurra.config.setDtypePolicy(policy)
      const model = make()
      recurra.config.setDtypePolicy('float32')
      await noteStep(model, ROWS)
    }),
  ),
  ...goldenNames.map((name) => async () => {
    const golden = goldenCase(name)
    const { fit } = golden.case
    if (fit) await noteStep(await recurra.loadModel(golden.modelBytes), fit.batch_size)
  }),
]

/** The pipelines that all of these ask for, by their code, on a device with these features. */
async function pipelinesOn(features: readonly GPUFeatureName[]): Promise<ReadonlyMap<string, AskedPipeline>> {
  const { device, pipelines } = pretendDevice(features)
  let round = 0
  let most = 1
  await recurra.setBackend('webgpu', {
    device,
    strategies({ strategies }) {
      most = Math.max(most, strategies.length)
      return strategies[round % strategies.length] ?? ''
    },
  })
  for (const run of runs) {
    most = 1
    round = 0
    do await run()
    while (++round < most)
  }
  return pipelines
}

const asked = new Map([...(await pipelinesOn([])), ...(await pipelinesOn(optional))])
const variants = new Map<string, AskedPipeline[]>()
for (const pipeline of asked.values()) {
  const name = pipeline.label.replace('recurra ', '')
  variants.set(name, [...(variants.get(name) ?? []), pipeline])
}

Deno.test('every kernel is asked for', () => {
  expectEqual(
    'kernels that no model asks for',
    Object.keys(kernels).filter((name) => !variants.has(name)),
    [],
  )
})

const device = await requestOwnDevice(optional)

/** Whether the adapter has the features that a module's extensions need. */
const canRun = ({ code }: AskedPipeline): boolean =>
  [...code.matchAll(/^enable (\w+);/gm)].every(([, name = '']) => device.features.has(FEATURES[name] ?? ''))

async function compile({ label, code, entryPoint, groups }: AskedPipeline, isWhole: boolean): Promise<void> {
  device.pushErrorScope('validation')
  const module = device.createShaderModule({ label, code })
  if (isWhole) {
    const bindGroupLayouts = groups.map((entries) => device.createBindGroupLayout({ entries }))
    const layout = device.createPipelineLayout({ bindGroupLayouts })
    device.createComputePipeline({ label, layout, compute: { module, entryPoint } })
  }
  const error = await device.popErrorScope()
  if (error) throw new Error(`${error.message}\n${code}`)
}

const made = pipelinesMade()
for (const [name, found] of [...variants].sort()) {
  const runnable = found.filter(canRun)
  if (runnable.length === 0) continue
  Deno.test(`${name}, variants: ${runnable.length}`, async () => {
    for (const [i, variant] of runnable.entries())
      await compile(
        variant,
        (i === 0 && !made.has(variant.label)) || Deno.env.get('RECURRA_TEST_LONG') === '1',
      )
  })
}

letGoOf(device)
