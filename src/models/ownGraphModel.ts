// What models of the user's own have of models of layers between inputs and outputs: `new Net(inputs, outputs)`, as Keras's guides have
// it of classes that say their steps alone.

import { describeValue, fail } from '../errors.ts'
import type { GivenOptions, LayerDefinition } from '../layers/layer.ts'
import type { layerOptions } from '../layers/options.ts'
import { listOf, namedBy } from '../layers/own/arrangement.ts'
import { isOptions } from '../util/options.ts'
import { argumentsInOrder, type GraphEnds, readEnds } from './functional.ts'
import { byKeys, graphConfig } from './graphConfig.ts'
import { startAt } from './partOfGraph.ts'
import { SteppedModel } from './steppedModel.ts'

/** The arguments of such a class: options, behind inputs and outputs where these are given. */
export interface OwnModelArguments {
  readonly ends: GraphEnds | null
  readonly options: GivenOptions
}

/** @throws {RecurraError} if there is more than inputs, outputs and options, or if they are none. */
export function readOwnArguments(className: string, args: readonly unknown[]): OwnModelArguments {
  const given = argumentsInOrder(args)
  const [options = {}, ...more] = given.length < 2 ? given : given.slice(2)
  if (!isOptions(options) || more.length > 0)
    fail(className, {
      expected: 'super({ name, trainable, dtype }), or super(inputs, outputs, options)',
      got: given.map(describeValue).join(', '),
    })
  const ends = given.length < 2 ? null : readEnds(className, given[0], given[1])
  return { ends, options: { ...options } }
}

export abstract class OwnGraphModel extends SteppedModel {
  readonly #ends: GraphEnds | null

  constructor(
    definition: LayerDefinition<typeof layerOptions>,
    options: GivenOptions,
    ends: GraphEnds | null,
  ) {
    super(definition, options)
    this.#ends = ends
  }

  /** @internal Whether it was given inputs and outputs, between which its layers are. */
  get isFunctional(): boolean {
    return this.#ends !== null
  }

  /** Makes the graph where inputs and outputs were given; `hasCall` tells of a class that says what its outputs are. */
  protected settleGraph(hasCall: boolean): void {
    if (!this.#ends) return
    if (hasCall)
      fail(this.className, {
        expected: 'inputs and outputs, or a method call',
        got: 'both',
        remedy: 'Call super({ name, trainable, dtype }) where call says what the outputs are.',
      })
    const { inputs, outputs, keys } = this.#ends
    const { inputs: names } = keys
    this.inputStructure = [names ? namedBy(names) : inputs.length === 1 ? null : listOf(inputs.length)]
    this.setGraph(...startAt(inputs, outputs), keys.outputs)
    if (!this.trainable) this.trainable = false
  }

  /** @internal */
  override arranged(outputs: readonly unknown[]): unknown {
    return byKeys(this.#ends?.keys.outputs, outputs)
  }

  /** Hook: the options that the class's `fromConfig` makes the model again from; of one that was given inputs and outputs also its layers. */
  override getConfig(): Record<string, unknown> {
    const { name, trainable } = this
    return { name, trainable, ...(this.#ends && graphConfig(this.graph.whole, this.#ends.keys)) }
  }
}
