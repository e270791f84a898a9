// What the loops need of a model: its graph, its training setup, its device side.

import { fail } from '../errors.ts'
import type { SymbolicTensor } from '../layers/layer.ts'
import { isWeight, type Variable } from '../layers/variable.ts'
import { exactMean } from '../ops/exactSum.ts'
import type { Optimizer } from '../training/optimizers.ts'
import type { Logs } from '../training/output.ts'
import { Layout, PLACE_ALIGNMENT } from './layout.ts'
import { Runner } from './runner.ts'
import type { OutputTraining, StepModel } from './stepGraph.ts'
import type { Store } from './store.ts'
import type { Topology } from './topology.ts'
import { Trained } from './trained.ts'

export class ModelCore implements StepModel {
  readonly inputs: readonly SymbolicTensor[]
  readonly outputs: readonly SymbolicTensor[]
  readonly topology: Topology
  readonly where: string
  readonly runner: Runner
  trained: Trained
  training: readonly OutputTraining[] = []
  optimizer: Optimizer | null = null
  stopTraining = false
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
    this.trained = new Trained(topology.layers)
    this.runner = new Runner(this, () => this.layout)
  }

  get variables(): readonly Variable[] {
    return this.topology.layers.flatMap((layer) => layer.allVariables)
  }

  /** Where its variables and the optimizer's lie. */
  get layout(): Layout {
    const means = this.training.reduce((sum, { metrics }) => sum + metrics.length, this.#losses)
    const totals = means + Number(this.scalesLoss)
    return new Layout([...this.variables, ...(this.optimizer?.variables ?? [])], this.trained, totals)
  }

  /** Whether steps may be skipped, which is then counted behind the running means. */
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

  async prepare(): Promise<Store> {
    this.check()
    // Slots join the store, which is laid out anew.
    if (this.buildOptimizer()) this.runner.invalidate()
    return this.runner.prepare()
  }

  /** Makes the optimizer's state for the weights that are trained; whether that was still to do. */
  buildOptimizer(): boolean {
    return this.optimizer?.build(this.trained.weights) ?? false
  }

  readonly changesInTraining = (variable: Variable): boolean =>
    variable.kind !== 'weight' || this.trained.has(variable)

  readonly changesInTest = ({ kind }: Variable): boolean => kind === 'state'

  /** How many outputs are trained. */
  get #losses(): number {
    return this.training.filter(({ loss }) => loss !== null).length
  }

  /** The names of what is measured, in the order of the totals on the device. As in Keras, no two are alike. */
  get #names(): { readonly losses: readonly string[]; readonly metrics: readonly string[] } {
    const single = this.training.length === 1
    const prefix = (i: number): string => (single ? '' : `${this.outputs[i]?.layer.name}_`)
    const seen = new Map<string, number>()
    const unique = (name: string): string => {
      const count = seen.get(name) ?? 0
      seen.set(name, count + 1)
      return count === 0 ? name : `${name}_${count}`
    }
    return {
      // A single loss is the loss, whichever output it is of.
      losses: this.training.flatMap(({ loss }, i) =>
        loss ? [unique(this.#losses === 1 ? 'loss' : `${prefix(i)}loss`)] : [],
      ),
      metrics: this.training.flatMap(({ metrics }, i) => metrics.map(({ name }) => unique(prefix(i) + name))),
    }
  }

  /** Names of the running means, in the order of the totals on the device. */
  get totalNames(): readonly string[] {
    const { losses, metrics } = this.#names
    return [...losses, ...metrics]
  }

  /** Means by name from the device's totals; in Keras's order, by name. */
  logsOf(totals: Uint32Array): Logs {
    const { losses, metrics } = this.#names
    const mean = (index: number): number => exactMean(totals.subarray(index * PLACE_ALIGNMENT))
    const logs = [...losses, ...metrics].map((name, index): [string, number] => [name, mean(index)])
    if (losses.length > 1) logs.push(['loss', losses.reduce((sum, _, index) => sum + mean(index), 0)])
    return Object.fromEntries(logs.sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  /** Names in the order of evaluate's list: the loss, then metrics. */
  get metricNames(): readonly string[] {
    const { losses, metrics } = this.#names
    return losses.length > 1 ? ['loss', ...losses, ...metrics] : [...losses, ...metrics]
  }

  dispose(): void {
    if (this.#disposed) return
    this.#disposed = true
    this.runner.dispose()
  }
}
