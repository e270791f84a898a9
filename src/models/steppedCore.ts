// The inside of a model whose class says what its steps do: what all models do, but for the steps themselves, the numbers that these
// tell, and the optimizers that they apply. The code of such steps is loaded with what else a first call loads.

import type { Layer } from '../layers/layer.ts'
import type { LayerGraph } from '../layers/layerGraph.ts'
import type { Variable } from '../layers/weights/variable.ts'
import type { Optimizer } from '../training/optimizer.ts'
import type { Shape } from '../util/shape.ts'
import { ModelCore } from './core.ts'
import { heldMetrics } from './later.ts'
import type { Measures, OutputTraining } from './measures.ts'
import { LayersModel } from './model.ts'
import type { OwnSteps } from './ownSteps/ownSteps.ts'
import type { SteppedModel } from './steppedModel.ts'
import { Trained } from './trained.ts'

/** What stands in the place of outputs is nothing to compare targets with: these are what the step takes. */
const takingAny = (training: OutputTraining): OutputTraining =>
  training.loss ? { ...training, target: 'any' } : training

/** What the flags of layers say, and other weights that steps train. */
class AlsoTrained extends Trained {
  readonly #others: ReadonlySet<Variable>

  constructor(layers: readonly Layer[], others: readonly Variable[]) {
    super(layers)
    this.#others = new Set(others)
  }

  override has(variable: Variable): boolean {
    return super.has(variable) || this.#others.has(variable)
  }
}

export class SteppedCore extends ModelCore {
  readonly #model: SteppedModel
  /** Undefined before the first call after `compile`. */
  override ownSteps: OwnSteps | undefined = undefined

  constructor(model: SteppedModel, graph: LayerGraph, outputNames?: readonly string[]) {
    super(model.where, graph, outputNames)
    this.#model = model
  }

  override setUp(setup: Parameters<ModelCore['setUp']>[0]): void {
    this.ownSteps = undefined
    const { training } = setup
    const { trainable, hasOutputs, alsoTrained } = this.#model
    const isFree = training && !hasOutputs
    const others = alsoTrained()
    const trained =
      setup.trained && others.length > 0 && new AlsoTrained(trainable ? this.topology.layers : [], others)
    super.setUp({
      ...setup,
      ...(isFree && { training: training.map(takingAny) }),
      ...(trained && { trained }),
    })
  }

  /** Losses that the class's steps make themselves are none of `compile`. */
  override get addsLosses(): boolean {
    return true
  }

  override async load(): Promise<void> {
    await super.load()
    if (this.ownSteps || !this.compiledOptimizer) return
    const [{ OwnSteps: Steps }, held] = await Promise.all([import('./ownSteps/ownSteps.ts'), heldMetrics()])
    // The mean of the loss is one in every step of this kind.
    this.held = held
    // Another compile may have come in between.
    if (this.ownSteps || !this.compiledOptimizer) return
    this.ownSteps = new Steps(this.#model, this, this.compiledOptimizer)
    this.invalidate()
  }

  override get measures(): Measures {
    return this.ownSteps?.measures ?? super.measures
  }

  /** The optimizers of steps as one; before there are such, that of `compile`. */
  override get optimizer(): Optimizer | null {
    return this.ownSteps?.optimizers ?? super.optimizer
  }

  override get scalesLoss(): boolean {
    return this.ownSteps ? this.ownSteps.optimizers.scaledUpdates.length > 0 : super.scalesLoss
  }

  /** Makes the state of the optimizer of `compile` for all weights, as files have it; steps make it for those that they name. */
  buildCompiledOptimizer(): void {
    if (!this.compiledOptimizer?.build(this.trained.weights)) return
    // A fit that is under way goes on with the state of its own backup, for which a new layout would be that of another model.
    if (this.ownSteps) this.ownSteps.optimizers.placeIn(this.layout)
    else this.invalidate()
  }

  /** What steps cost is known once they are traced. How fast a device must be, the models in fields say where the class has no outputs. */
  override forwardFlops(inputs: readonly Shape[] | null): number {
    if (this.#model.hasOutputs) return super.forwardFlops(inputs)
    const models = this.#model.parts.filter((part) => part instanceof LayersModel)
    return models.reduce((sum, { graph }) => sum + graph.forwardFlops(null), 0)
  }
}
