// What calls of a model need of it: its graph, its training setup, where it runs.

import { compile } from '../compiler/compile.ts'
import type { Plan } from '../compiler/plan.ts'
import { fail } from '../errors.ts'
import type { DeviceTraits } from '../graph/operation.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { isWeight, type Variable } from '../layers/variable.ts'
import type { Optimizer } from '../training/optimizers.ts'
import type { Call, Role } from './call.ts'
import type { Cursor } from './cursor.ts'
import type { DeviceModel } from './deviceModel.ts'
import { Layout } from './layout.ts'
import { Measures, type OutputTraining } from './measures.ts'
import { Runner } from './runner.ts'
import { buildStep, type StepModel, type StepRequest, sampleShape } from './stepGraph.ts'
import type { Topology } from './topology.ts'
import { Trained } from './trained.ts'

/** What compile settles. */
interface TrainingSetup {
  readonly training: readonly OutputTraining[]
  readonly optimizer: Optimizer | null
  readonly trained: Trained
}

export class ModelCore implements StepModel {
  readonly inputs: readonly SymbolicTensor[]
  readonly outputs: readonly SymbolicTensor[]
  readonly topology: Topology
  readonly where: string
  stopTraining = false
  /** The fit that runs, with the place that it has come to. */
  fit: { readonly cursor: Cursor } | null = null
  readonly #runner: Runner
  #setup: TrainingSetup
  #layout: Layout | null = null
  #measures: Measures | null = null
  #disposed = false

  constructor(
    where: string,
    inputs: readonly SymbolicTensor[],
    outputs: readonly SymbolicTensor[],
    topology: Topology,
  ) {
    this.where = where
    this.inputs = inputs
    this.outputs = outputs
    this.topology = topology
    this.#setup = { training: [], optimizer: null, trained: new Trained(topology.layers) }
    this.#runner = new Runner(this)
  }

  /** Takes another training setup; what was compiled for the one before is forgotten. */
  setUp(setup: Partial<TrainingSetup>): void {
    this.#setup = { ...this.#setup, ...setup }
    this.#measures = null
    this.invalidate()
  }

  get training(): readonly OutputTraining[] {
    return this.#setup.training
  }

  /** What is measured in steps. */
  get measures(): Measures {
    const names = this.outputs.map(({ layer }) => layer.name)
    this.#measures ??= new Measures(this.training, names, this.outputs.map(sampleShape))
    return this.#measures
  }

  get optimizer(): Optimizer | null {
    return this.#setup.optimizer
  }

  get trained(): Trained {
    return this.#setup.trained
  }

  get variables(): readonly Variable[] {
    return this.topology.layers.flatMap((layer) => layer.allVariables)
  }

  /** Where its variables and the optimizer's lie. */
  get layout(): Layout {
    if (this.#layout === null) {
      const variables = [...this.variables, ...(this.optimizer?.variables ?? [])]
      this.#layout = new Layout(variables, this.trained, this.measures.size)
    }
    return this.#layout
  }

  /** The plan of a step on a device. */
  planStep(request: StepRequest, device: DeviceTraits): Plan {
    return compile(buildStep(this, this.layout, request), device)
  }

  /** FLOPs of a forward pass with the batch that the model is fixed to, or 32 samples. */
  get forwardFlops(): number {
    return this.#runner.forwardFlops
  }

  /** Whether steps may be skipped, which is then counted behind the state of losses and metrics. */
  get scalesLoss(): boolean {
    return this.optimizer !== null && this.optimizer.lossScale !== null
  }

  get weights(): readonly Variable[] {
    return this.variables.filter(isWeight)
  }

  /** The batch size that the model is fixed to, by its inputs; null where it is open. */
  get fixedBatch(): number | null {
    return this.inputs[0]?.shape[0] ?? null
  }

  /** Throws where the model cannot be used any more. */
  check(where = this.where): void {
    if (this.#disposed) fail(where, { expected: 'a model in use', got: 'one that was disposed' })
  }

  /** The training setup; throws where there is none. */
  compiled(where: string): { readonly optimizer: Optimizer } {
    this.check(where)
    if (this.optimizer === null) {
      fail(where, {
        expected: 'a compiled model',
        got: 'one without a loss',
        remedy: "Call model.compile({ loss: 'mean_squared_error', optimizer: 'adam' }) first.",
      })
    }
    return { optimizer: this.optimizer }
  }

  /** The model on the backend in use, with current values. */
  async prepare(): Promise<DeviceModel> {
    this.check()
    this.buildOptimizer()
    return this.#runner.prepare()
  }

  /** A call of a role, on the backend in use. */
  async begin(role: Role): Promise<Call> {
    return (await this.prepare()).begin(role)
  }

  /** Makes the optimizer's state for the weights that are trained, where that is still to do. */
  buildOptimizer(): void {
    // Slots join the variables, which are laid out anew.
    if (this.optimizer?.build(this.trained.weights)) this.invalidate()
  }

  /** Forgets everything compiled and placed; values stay where they are until they are needed. */
  invalidate(): void {
    this.#layout = null
    this.#runner.invalidate()
  }

  /** Reads what the device knows newer to the host, in the background. */
  keep(): void {
    this.#runner.keep()
  }

  dispose(): void {
    if (this.#disposed) return
    this.#disposed = true
    this.#runner.dispose()
  }
}
