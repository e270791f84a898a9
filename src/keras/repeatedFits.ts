// Fits in a loop, as texts train stateful recurrent layers: `for i in range(100): model.fit(x, y, epochs=1); model.reset_states()`. They
// are one fit of as many epochs, between which the states are reset.

import { LambdaCallback } from '../callbacks/index.ts'
import type { Layer } from '../layers/layer.ts'
import type { LayersModel } from '../models/model.ts'
import type { Reader, ReadFit } from './reader.ts'

type Options = Readonly<Record<string, unknown>>

/** What resets states: layers that have some, and models. */
type Stateful = Layer & { resetStates(): void }

export const isStateful = (layer: object): layer is Stateful => 'resetStates' in layer

export class RepeatedFits {
  #model: LayersModel | null = null
  /** The loop in which the model is fitted; null outside of loops. */
  #loop: object | null = null
  #count = 0
  /** Epochs of each fit. */
  #each = 1
  /** By what is reset, the loop in which it is. */
  readonly #reset = new Map<Stateful, object>()

  /** Is told of a fit; the result are its options, of all fits in the same loop so far. */
  join(reader: Reader, model: LayersModel, options: Options): Options {
    const loop = loopOf(reader)
    const isAgain = loop !== null && loop === this.#loop && model === this.#model
    this.#count = isAgain ? this.#count + 1 : 1
    if (!isAgain) this.#reset.clear()
    this.#loop = loop
    this.#model = model
    this.#each = typeof options.epochs === 'number' ? options.epochs : 1
    return this.#count > 1 ? { ...options, epochs: this.#count * this.#each } : options
  }

  /** Is told that states are reset. */
  reset(reader: Reader, layer: Stateful): void {
    const loop = loopOf(reader)
    // Behind all training it changes nothing of that.
    if (loop !== null) this.#reset.set(layer, loop)
  }

  /** The options of what a text trains, with what resets states between the rounds of its loop. */
  finished({ customLoops }: Reader, { model, options }: ReadFit): Options {
    const isRepeated = model === this.#model
    const isReset = (loop: object): boolean =>
      isRepeated ? loop === this.#loop : customLoops.loops.has(loop)
    const layers = [...this.#reset].flatMap(([layer, loop]) => (isReset(loop) ? [layer] : []))
    const each = isRepeated ? this.#each : 1
    if (layers.length === 0) return options
    const resetting = LambdaCallback({
      onEpochEnd: (epoch: number) => {
        if ((epoch + 1) % each === 0) for (const layer of layers) layer.resetStates()
      },
    })
    return {
      ...options,
      callbacks: [...((options.callbacks as readonly unknown[] | undefined) ?? []), resetting],
    }
  }
}

const loopOf = ({ interpreter }: Reader): object | null => {
  const loop = interpreter.frames.innermostFirst.find((frame) => frame.kind === 'loop')
  return loop?.kind === 'loop' ? loop.statement : null
}
