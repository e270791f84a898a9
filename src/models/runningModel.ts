// The calls of a model that run: one after the other, paused, stopped, and ended with the model.

import { checkBoolean } from '../errors.ts'
import { GraphModel } from './graphModel.ts'
import { Turns } from './turns.ts'

export abstract class RunningModel extends GraphModel {
  /** The order of the model's calls. */
  protected readonly turns = new Turns(this.disposal.signal, () => this.core?.backUp())

  /**
   * Set to true, it ends the running fit, which resolves to its history: after the step under way, with whose epoch the history ends, or
   * after the epoch where a hook at its end sets it. Each fit starts with false.
   *
   * @see keras/src/backend/torch/trainer.py
   */
  get stopTraining(): boolean {
    return this.core?.stopTraining ?? false
  }

  set stopTraining(value: boolean) {
    const stops = checkBoolean(this.where, 'stopTraining', value)
    const { core } = this
    if (core) core.stopTraining = stops
    if (stops) core?.resume()
  }

  /** Holds the running fit after the step under way, or else the next one after its first step, until {@link resume}. Other calls run. */
  pause(): void {
    this.graph.pause()
  }

  /** Lets a paused fit go on. Without effect on a model that is not paused. */
  resume(): void {
    this.graph.resume()
  }

  /** Ends the running fit as `stopTraining = true` does, a button's way to say it. */
  stop(): void {
    this.graph.check()
    this.stopTraining = true
  }
}
