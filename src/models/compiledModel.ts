// What a model is compiled for: its optimizer, losses and metrics.

import type { LayerGraph } from '../layers/layerGraph.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { checkNames, findTopology } from '../layers/topology.ts'
import type { Optimizer } from '../training/optimizer.ts'
import {
  type CompileOptions,
  loadingOf,
  readCompileOptions,
  readOutputs,
  readTraining,
} from './compileOptions.ts'
import { ModelCore } from './core.ts'
import { StoredModel } from './storedModel.ts'
import { Trained } from './trained.ts'

/** A model that is made ready for training. */
export abstract class CompiledModel extends StoredModel {
  #compiled: CompileOptions | null = null

  protected setGraph(
    inputs: readonly SymbolicTensor[],
    outputs: readonly SymbolicTensor[],
    outputNames?: readonly string[],
  ): void {
    const topology = findTopology(this.where, inputs, outputs)
    checkNames(this.where, topology.layers)
    this.core?.dispose()
    this.core = this.makeCore({ inputs, outputs, topology }, outputNames)
    this.core.model = this
    // A class's own compile may take options that the model does not have.
    if (this.#compiled) CompiledModel.prototype.compile.call(this, this.#compiled)
  }

  /** @internal The inside of the model, for its graph. */
  protected makeCore(graph: LayerGraph, outputNames?: readonly string[]): ModelCore {
    return new ModelCore(this.where, graph, outputNames)
  }

  /** Null before compile, and before the first call if the optimizer's code is loaded then: `'nadam'`, not `Nadam()`. */
  override get optimizer(): Optimizer | null {
    return this.core?.compiledOptimizer ?? null
  }

  /** Makes the optimizer's state, zeros, as the first training step otherwise does. */
  override buildOptimizer(): void {
    this.graph.buildOptimizer()
  }

  /**
   * Zeroes the optimizer's state, its slots and its count of steps, and takes a loss scale back to where it began. After a
   * training that diverged `setWeights` alone does not help, since slots that are NaN stay so. Weights stay.
   *
   * @throws {RecurraError} if the model is not compiled.
   */
  resetOptimizer(): void {
    this.graph.compiled(`${this.where}.resetOptimizer`).optimizer.reset()
  }

  /** @internal The shapes for which a model of a class was built, as files keep them; null for others, whose configs say them. */
  get buildShape(): unknown {
    return null
  }

  /** @internal Hook: builds a model of a class for the shapes in a file. */
  buildFromFile(_shape: unknown): void {}

  /** The options of the last `compile`; null before the first. */
  override get compileOptions(): CompileOptions | null {
    return this.#compiled
  }

  /** Names of what `evaluate` returns, in order. */
  get metricsNames(): readonly string[] {
    return Object.freeze(this.graph.measures.names)
  }

  /**
   * Configures training: optimizer, loss, metrics, and which layers are trained, by their flags. Weights stay. The optimizer
   * starts anew unless it is the same object, which keeps its state for each weight, frozen in between or not.
   *
   * @throws {RecurraError} for unknown names, or a loss that does not fit the model's outputs.
   */
  compile(options: CompileOptions): void {
    const where = `${this.where}.compile`
    this.checkInUse()
    const optimizer = readCompileOptions(options, this.dtypePolicy, where)
    const compiled = { ...options, ...(optimizer && { optimizer }) }
    const loading = loadingOf(compiled, where)
    const { core } = this
    if (core) {
      // Flags are read now, also where losses and metrics are read once they are loaded.
      const trained = new Trained(this.trainable ? core.topology.layers : [])
      const setUp = (): void => this.#setUp(core, compiled, trained)
      if (loading === null) setUp()
      else {
        // Losses and metrics whose code must be loaded are read later: here only which output each is for.
        const read = loadingOf({ ...compiled, optimizer: null }, where) ? readOutputs : readTraining
        read(core, compiled, where)
        core.setUpLater({ optimizer, trained }, loading, setUp)
      }
    }
    // An optimizer whose code is loaded later then stands in the options in the place of its name.
    this.#compiled = compiled
  }

  /** Sets the training up; what the options name is at hand. */
  #setUp(core: ModelCore, options: CompileOptions, trained: Trained): void {
    const where = `${this.where}.compile`
    const optimizer = readCompileOptions(options, this.dtypePolicy, where)
    const training = readTraining(core, options, where)
    core.setUp({ training, optimizer, trained })
    // Only now: options that are refused leave the former ones in force.
    this.#compiled = { ...options, ...(optimizer && { optimizer }) }
  }
}
