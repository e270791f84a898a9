// A model as an ejected file has it: its step for whole batches and for single samples, compiled for any device with WebGPU's default
// limits, and the numbers that it reads.

import { compile } from '../../compiler/compile.ts'
import type { Plan, PlannedOperation } from '../../compiler/plan.ts'
import { fail } from '../../errors.ts'
import { codeOf, type Kernel, type KernelSignature } from '../../graph/kernel.ts'
import type { Launch } from '../../graph/launch.ts'
import { DEFAULT_TRAITS, type RunnableOperation } from '../../graph/operation.ts'
import { givesIntegers, reportsIds } from '../../layers/integers.ts'
import type { Layer } from '../../layers/layer.ts'
import { outputSamples } from '../../layers/layerGraph.ts'
import { sourceOf } from '../../layers/preprocessing/hostStage.ts'
import { pullValues } from '../../layers/weights/variableValues.ts'
import { withParts } from '../../layers/withParts.ts'
import type { ModelCore } from '../../models/core.ts'
import { buildStep, isIntegerField } from '../../models/stepGraph.ts'
import { givesRows } from '../../models/trainer/batchOutputs.ts'
import type {
  EjectedKernel,
  EjectedLaunch,
  EjectedModel,
  EjectedPlan,
  EjectedPlannedOperation,
  EjectedSlice,
  EjectedTable,
} from '../../player/ejectedModel.ts'
import { mapValues } from '../../util/mapValues.ts'
import { type Shape, showShape } from '../../util/shape.ts'
import { EjectedMemory } from './ejectedMemory.ts'

export interface EjectRequest {
  /** The name that the file calls the model by. */
  readonly name: string
  /** Shapes of one sample of each input. */
  readonly shapes: readonly Shape[]
  readonly batchSize: number
  readonly weights: 'float32' | 'float16'
  /** Whether operations keep what compiled code reads. */
  readonly compiled: boolean
}

/** Things by number: each once, in the order of first use. */
class Numbered<K, T> {
  readonly list: T[] = []
  readonly #numbers = new Map<K, number>()

  of(key: K, make: () => T): number {
    let number = this.#numbers.get(key)
    if (number === undefined) {
      number = this.list.push(make()) - 1
      this.#numbers.set(key, number)
    }
    return number
  }
}

class Writer {
  readonly kernels = new Numbered<string, EjectedKernel>()
  readonly operations = new Numbered<RunnableOperation, RunnableOperation>()
  readonly #keepsKernels: boolean

  constructor(keepsKernels: boolean) {
    this.#keepsKernels = keepsKernels
  }

  /** @param nameOf The file's name of a buffer. */
  async plan(
    batch: number,
    { operations, scalars, slots }: Plan,
    nameOf: (buffer: string) => string,
  ): Promise<EjectedPlan> {
    const written: EjectedPlannedOperation[] = []
    for (const operation of operations) written.push(await this.#operation(operation, nameOf))
    return { batch, operations: written, scalars, slots }
  }

  async #operation(
    planned: PlannedOperation,
    nameOf: (buffer: string) => string,
  ): Promise<EjectedPlannedOperation> {
    const { op, tensors, params, strategy, flops } = planned
    const launches: EjectedLaunch[] = []
    for (const launch of planned.launches) launches.push(await this.#launch(launch, params))
    return {
      op: this.operations.of(op, () => this.#runnable(op)),
      tensors: mapValues(
        tensors,
        ({ buffer, offset, length, dtype }): EjectedSlice => [nameOf(buffer), offset, length, dtype],
      ),
      params,
      strategy,
      launches,
      flops,
    }
  }

  async #launch(launch: Launch, ofAll: Launch['params']): Promise<EjectedLaunch> {
    const { kernel, params, overrides, workgroups, first, flops } = launch
    const code = await codeOf(kernel, overrides)
    const number = this.kernels.of(`${kernel.name} ${code}`, () => kernelOf(kernel, code))
    const rest = { kernel: number, overrides, workgroups, first, flops }
    return JSON.stringify(params) === JSON.stringify(ofAll) ? rest : { ...rest, params }
  }

  #runnable(op: RunnableOperation): RunnableOperation {
    const { name, kernel, inputNames, outputNames, inPlace, updates, twinOf, inTurn } = op
    return {
      name,
      kernel: kernel && this.#keepsKernels ? signatureOf(kernel) : null,
      inputNames,
      outputNames,
      inPlace,
      updates,
      twinOf: twinOf && { operation: this.#runnable(twinOf.operation), operands: twinOf.operands },
      ...(inTurn && { inTurn: inTurn.map((part) => this.#runnable(part)) }),
    }
  }
}

const SIGNATURE = ['name', 'bindings', 'params', 'overrides', 'extensions', 'step'] as const

/** The signature alone of a kernel, which has its code beside it. */
const signatureOf = (kernel: KernelSignature): KernelSignature => picked(kernel, SIGNATURE)

const picked = <T, K extends keyof T>(from: T, names: readonly K[]): Pick<T, K> =>
  Object.fromEntries(names.map((name) => [name, from[name]])) as Pick<T, K>

const kernelOf = (kernel: Kernel, code: string): EjectedKernel => ({
  ...signatureOf(kernel),
  entryPoint: kernel.entryPoint,
  code,
})

/** The model, and the names of the operations that it runs on the CPU. */
export async function ejectedModelOf(
  core: ModelCore,
  request: EjectRequest,
  where: string,
): Promise<EjectedModel> {
  const { name, shapes, batchSize, weights, compiled } = request
  checkInputs(core, where)
  await core.load()
  await pullValues(core.variables)
  const outputs = outputSamples(core, shapes, where)
  if (!givesRows(core, { samples: shapes, size: core.fixedBatch ?? batchSize }, where))
    fail(where, {
      expected: 'outputs with a row for each sample',
      got: core.outputs.map(({ shape }) => showShape(shape)).join(' and '),
    })
  const isStateful = core.variables.some(({ kind }) => kind === 'state')
  const batches = core.fixedBatch === null ? [...new Set([batchSize, 1])] : [core.fixedBatch]
  const writer = new Writer(compiled)
  const memory = new EjectedMemory(core.layout)
  const plans: EjectedPlan[] = []
  for (const batch of batches) {
    const unweighted = core.outputs.map(() => null)
    const step = { kind: 'predict', batch, inputs: shapes, targets: [], weights: unweighted } as const
    const graph = buildStep(core, core.layout, step)
    const plan = compile(graph, DEFAULT_TRAITS)
    plans.push(await writer.plan(batch, plan, (buffer) => memory.nameOf(buffer, graph)))
  }
  return {
    name,
    inputs: core.inputs.map((input, i) => ({
      name: input.layer.name,
      shape: shapes[i] ?? [],
      isInteger: givesIntegers(input.layer),
      isStoredAsInteger: isIntegerField(core, input),
    })),
    outputs: core.outputNames.map((output, i) => ({ name: output, shape: outputs[i] ?? [] })),
    isStateful,
    kernels: writer.kernels.list,
    operations: writer.operations.list,
    plans,
    arenas: memory.arenas,
    places: memory.places,
    weights: { dtype: weights, base64: memory.base64(weights) },
    tables: tablesOf(core),
    totals: core.layout.sizeOf('totals'),
    placeOfReport: core.layout.placeOfSkipped,
  }
}

/** Refuses inputs that layers on the host make of the user's data: the file has what runs on a device alone. */
function checkInputs({ inputs, whole }: ModelCore, where: string): void {
  const hosted = inputs.find((input) => sourceOf(input) !== input)
  if (hosted)
    fail(where, {
      expected: 'layers that compute on the device',
      got: `${hosted.layer.where}, which computes on the host`,
      remedy: 'Eject the part of the model behind it, and give that what the layer gives.',
    })
  const text = whole.inputs.find(({ layer }) => layer.given.dtype === 'string')
  if (text) fail(where, { expected: 'inputs of numbers', got: `${text.layer.where} of texts` })
}

/** The layers that report ids that they have no row for, by the numbers that their kernels report. */
const tablesOf = ({ topology }: ModelCore): (EjectedTable | null)[] =>
  withParts(topology.layers).map((layer: Layer) => {
    if (!reportsIds(layer)) return null
    const option = 'reportsIds' in layer ? 'numTokens' : 'inputDim'
    return { where: layer.where, rows: Number(Reflect.get(layer.config, option)), option }
  })
