// The inside of a model, as its calls use it: graph, training setup, and the backend that it runs on.

import type { BackendName } from '../backends/backend.ts'
import { compile } from '../compiler/compile.ts'
import type { Plan } from '../compiler/plan.ts'
import { fail, failUnloaded } from '../errors.ts'
import type { DeviceTraits } from '../graph/operation.ts'
import { reportsIds } from '../layers/integers.ts'
import type { LayerGraph } from '../layers/layerGraph.ts'
import { hosting } from '../layers/own/hosting.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import type { Topology } from '../layers/topology.ts'
import type { Variable } from '../layers/weights/variable.ts'
import { hasRule } from '../layers/weights/weightRules.ts'
import { withParts } from '../layers/withParts.ts'
import type { Loading } from '../training/identifiers.ts'
import type { Optimizer } from '../training/optimizer.ts'
import type { Shape } from '../util/shape.ts'
import type { Call, Role } from './call.ts'
import { failUncompiled } from './compileOptions.ts'
import type { Cursor } from './cursor.ts'
import type { DeviceModel } from './deviceModel.ts'
import { heldMetrics, weightRules } from './later.ts'
import { Layout } from './layout.ts'
import { Measures, type OutputTraining } from './measures.ts'
import type { OwnSteps } from './ownSteps/ownSteps.ts'
import { buildStep, type StepModel, type StepRequest, sampleShape } from './stepGraph.ts'
import { Trained } from './trained.ts'
import { Runner } from './trainer/runner.ts'

/** The training setup, made by compile. */
interface TrainingSetup {
  readonly training: readonly OutputTraining[]
  readonly optimizer: Optimizer | null
  readonly trained: Trained
}

/** What regularizers and constraints do in steps, once it is loaded. */
let loadedRules: StepModel['rules'] = null

/** Puts it at hand: in Node, and for files. */
export function setRules(rules: StepModel['rules']): void {
  loadedRules = rules
}

/** Throws if a model was disposed. */
export function checkInUse({ signal }: AbortController, where: string): void {
  const remedy = 'Make a new one: dispose() frees a model for good.'
  if (signal.aborted) fail(where, { expected: 'a model in use', got: 'one that was disposed', remedy })
}

/** Ends the calls that run with an AbortError. */
export function endCalls(disposal: AbortController, where: string): void {
  disposal.abort(new DOMException(`${where} was disposed while it ran`, 'AbortError'))
}

export class ModelCore implements StepModel {
  readonly inputs: readonly SymbolicTensor[]
  readonly outputs: readonly SymbolicTensor[]
  readonly topology: Topology
  readonly where: string
  stopTraining = false
  /** Where the last call ran; null before the first. */
  backend: BackendName | null = null
  /** Resolves when the pause ends; null without one. */
  pausing: Promise<void> | null = null
  #endPause: () => void = () => undefined
  /** The model whose inside it is, which sets it. */
  declare model?: object & LayerGraph['model']
  /** The epoch at which the fit begins that a callback restored a backup for. */
  declare resumesAt?: number | undefined
  /** What steps do that the model's class says itself (steppedCore.ts); other models have none. */
  declare readonly ownSteps?: OwnSteps | undefined
  /** The running fit, with its position. */
  fit: { readonly cursor: Cursor } | null = null
  /** The code of metrics in fields, where there are some and it is loaded. */
  declare held?: StepModel['held']
  readonly #runner: Runner
  #setup: TrainingSetup
  /** A setup whose code is not loaded yet, because `compile` was told names. */
  #pending: { readonly loading: Loading; readonly setUp: () => void } | null = null
  /** Whether layers have regularizers or constraints. */
  #isRuled: boolean | null = null
  #hasLoadedLayers = false
  #layout: Layout | null = null
  #measures: Measures | null = null
  /** Aborted when the model is disposed, which ends calls that run. */
  readonly disposal = new AbortController()

  /** @param whole The graph as the user made it; layers in front that compute on the host are no part of a step. */
  constructor(
    where: string,
    readonly whole: LayerGraph,
    readonly outputNames: readonly string[] = whole.outputs.map(({ layer }) => layer.name),
  ) {
    const { inputs, outputs, topology } = hosting.cut?.(where, whole) ?? whole
    this.where = where
    this.inputs = inputs
    this.outputs = outputs
    this.topology = topology
    this.#setup = { training: [], optimizer: null, trained: new Trained(topology.layers) }
    this.#runner = new Runner(this)
  }

  /** Changes the training setup and discards the steps that were compiled for the former one. */
  setUp(setup: Partial<TrainingSetup>): void {
    this.#setup = { ...this.#setup, ...setup }
    this.#pending = null
    this.#measures = null
    this.invalidate()
  }

  /**
   * Defers the rest of a setup to the model's next call.
   *
   * @param known What is known now; the optimizer is null if that is what must be loaded.
   * @param loading Loads the code that the setup needs.
   * @param setUp Calls `setUp`.
   */
  setUpLater(known: Pick<TrainingSetup, 'optimizer' | 'trained'>, loading: Loading, setUp: () => void): void {
    this.setUp(known)
    this.#pending = { loading, setUp }
  }

  /** Makes a deferred setup, and loads what layers need, regularizers and constraints if they have some. */
  async load(): Promise<void> {
    const layers = withParts(this.topology.layers)
    if (!this.#hasLoadedLayers) for (const layer of layers) await layer.load?.()
    this.#hasLoadedLayers = true
    if (this.isRuled) loadedRules ??= (await weightRules()).RulesOfStep
    while (this.#pending !== null) {
      const pending = this.#pending
      await pending.loading()
      // Another compile may have come in between.
      if (this.#pending === pending) pending.setUp()
    }
    if (this.held || !layers.some((layer) => 'holdsMetrics' in layer && layer.holdsMetrics)) return
    this.held = await heldMetrics()
    this.setUp({})
  }

  get training(): readonly OutputTraining[] {
    this.#checkLoaded()
    return this.#setup.training
  }

  #checkLoaded(): void {
    if (this.#pending === null) return
    fail(this.where, {
      expected: 'losses, metrics and optimizer at hand',
      got: 'names that the first call loads',
      remedy: "Give objects, Nadam() for 'nadam'.",
    })
  }

  /** The losses and metrics of steps. */
  get measures(): Measures {
    this.#measures ??= new Measures({
      training: this.training,
      names: this.outputNames,
      predictions: this.outputs.map(sampleShape),
      hasAdded: this.addsLosses,
      held: this.held?.heldMetrics(this.model, this) ?? [],
    })
    return this.#measures
  }

  get isRuled(): boolean {
    this.#isRuled ??= withParts(this.topology.layers).some((layer) =>
      hasRule(layer, /(Regularizer|Constraint)$/i),
    )
    return this.#isRuled
  }

  get rules(): StepModel['rules'] {
    if (!this.isRuled) return null
    return loadedRules ?? failUnloaded(this.where, 'regularizers and constraints')
  }

  /** Whether layers add to the loss. */
  get addsLosses(): boolean {
    return withParts(this.topology.layers).some(({ addsOwnLosses }) => addsOwnLosses)
  }

  get optimizer(): Optimizer | null {
    return this.compiledOptimizer
  }

  /** The optimizer of `compile`, beside which steps of a class may apply others. */
  get compiledOptimizer(): Optimizer | null {
    return this.#setup.optimizer
  }

  get trained(): Trained {
    return this.#setup.trained
  }

  get variables(): readonly Variable[] {
    return [...new Set(this.topology.layers.flatMap((layer) => layer.allVariables))]
  }

  /** The places of the variables, those of the optimizer included. */
  get layout(): Layout {
    if (this.#layout === null) {
      const kept = this.variables.filter(({ kind }) => kind !== 'constant')
      const variables = [...kept, ...(this.optimizer?.variables ?? [])]
      this.#layout = new Layout(variables, this.trained, this.measures.size)
    }
    return this.#layout
  }

  /** The plan of a step on a device. */
  planStep(request: StepRequest, device: DeviceTraits): Plan {
    return compile(buildStep(this, this.layout, request), device)
  }

  /** FLOPs of a forward pass of the fixed batch size, or of 32 samples; the shapes of inputs count the first time. */
  forwardFlops(inputs: readonly Shape[] | null): number {
    return this.#runner.forwardFlops(inputs)
  }

  /** Whether the optimizer scales the loss, so that steps may be skipped. */
  get scalesLoss(): boolean {
    return this.optimizer !== null && this.optimizer.lossScale !== null
  }

  /** Whether layers report ids without a row. */
  get readsIds(): boolean {
    return withParts(this.topology.layers).some(reportsIds)
  }

  /** The batch size that the model is fixed to, by its inputs; null where it is open. */
  get fixedBatch(): number | null {
    return this.inputs[0]?.shape[0] ?? null
  }

  /** Throws if the model was disposed. */
  check(where = this.where): void {
    checkInUse(this.disposal, where)
  }

  /** Holds the fit between two steps, until {@link resume}. */
  pause(): void {
    this.pausing ??= new Promise((resolve) => {
      this.#endPause = resolve
    })
  }

  resume(): void {
    this.#endPause()
    this.pausing = null
  }

  /** The optimizers; throws if the model is not compiled. */
  compiled(where: string): { readonly optimizer: Optimizer; readonly compiledOptimizer: Optimizer } {
    this.check(where)
    this.#checkLoaded()
    const compiledOptimizer = this.compiledOptimizer ?? failUncompiled(where)
    return { optimizer: this.optimizer ?? compiledOptimizer, compiledOptimizer }
  }

  /**
   * The model on the backend in use, with current values.
   *
   * @param inputs Shapes of one sample of each input, if known.
   */
  async prepare(inputs: readonly Shape[] | null): Promise<DeviceModel> {
    this.check()
    this.buildOptimizer()
    return this.#runner.prepare(inputs)
  }

  /** A call of a role, on the backend in use. */
  async begin(role: Role, inputs: readonly Shape[] | null, signal?: AbortSignal | null): Promise<Call> {
    return (await this.prepare(inputs)).begin(role, signal)
  }

  /** Creates the optimizer's slots for the trained weights, unless they exist. */
  buildOptimizer(): void {
    // New slots are variables, which changes the layout.
    if (this.optimizer?.build(this.trained.weights)) this.invalidate()
  }

  /** Discards compiled steps and the layout; values stay in the former buffers until the next call needs them. */
  invalidate(): void {
    this.#layout = null
    this.#runner.invalidate()
  }

  /** Copies values that are newer on the device to the host, in the background. */
  backUp(): void {
    this.#runner.backUp()
  }

  dispose(): void {
    if (this.disposal.signal.aborted) return
    endCalls(this.disposal, this.where)
    this.#runner.dispose()
  }
}
