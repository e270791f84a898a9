// What a model does with files.

import { fail } from '../errors.ts'
import type { Optimizer } from '../training/optimizer.ts'
import type { CompileOptions } from './compileOptions.ts'
import type { HeldOptimizer } from './heldOptimizers.ts'
import { RunningModel } from './runningModel.ts'
import {
  type Destination,
  type LoadWeightsOptions,
  type SaveOptions,
  type SaveWeightsOptions,
  type Source,
  saving,
} from './saving.ts'

export abstract class StoredModel extends RunningModel {
  /** The optimizer, whose state files have; null before compile. */
  abstract get optimizer(): Optimizer | null

  /** The options of the last `compile`; null before the first. */
  abstract get compileOptions(): CompileOptions | null

  /** @internal Whether the class says what its steps do, which need no loss of `compile`. */
  get hasOwnSteps(): boolean {
    return false
  }

  /** @internal Optimizers that steps of the class apply beside that of `compile`. */
  get heldOptimizers(): readonly HeldOptimizer[] {
    return []
  }

  /** Makes the optimizer's state, zeros, as the first training step otherwise does. */
  abstract buildOptimizer(): void

  /**
   * Writes the model as a `.keras` file, which Keras 3 opens: architecture, weights, compile settings, and the optimizer's state, so
   * that training goes on from it. Under `model.h5` the same in Keras's older format; under a name such as `model.json` as TensorFlow.js
   * does, with architecture and weights; and under `model.onnx` what it computes, for ONNX Runtime and others.
   *
   * @param destination Where to write it.
   * @returns The bytes of the file, without a destination.
   * @throws {FormatError} if losses or metrics are functions, which a file cannot have, unless `compile: false` leaves them out; or if
   * TensorFlow.js lacks a layer or an option, or Keras could not read the model from a `.h5`.
   * @throws {RecurraError} if the destination's name has another ending and `format` is not given; or if ONNX lacks a layer.
   * @see keras/src/saving/saving_lib.py
   */
  save(destination?: null, options?: SaveOptions): Promise<Uint8Array>
  save(destination: Destination, options?: SaveOptions): Promise<undefined>
  save(destination: Destination | null = null, options: SaveOptions = {}): Promise<Uint8Array | undefined> {
    return this.#file((files) => files.saveModel(this, destination, options))
  }

  /**
   * Writes the weights, and the optimizer's state, as a `.weights.h5` file of Keras 3; alike to {@link save}. Under a name that ends in
   * `.h5` alone the file has Keras's older layout, of weights without state, which `load_weights` of Keras 2 reads, too; under one that
   * ends in `.safetensors` it has the weights by their paths.
   */
  saveWeights(destination?: null, options?: SaveWeightsOptions): Promise<Uint8Array>
  saveWeights(destination: Destination, options?: SaveWeightsOptions): Promise<undefined>
  saveWeights(
    destination: Destination | null = null,
    options: SaveWeightsOptions = {},
  ): Promise<Uint8Array | undefined> {
    return this.#file((files) => files.saveWeights(this, destination, options))
  }

  /**
   * Sets all weights from a `.weights.h5`, `.keras` or `.h5` file, and the optimizer's state if the model is compiled and the file has it.
   *
   * @throws {FormatError} if the file is of a model of other layers; then no weight is set.
   */
  loadWeights(source: Source, options: LoadWeightsOptions = {}): Promise<void> {
    return this.#file((files) => files.loadWeights(this, source, options))
  }

  /** The architecture as Keras's `to_json` writes it; `modelFromJSON` makes a model of it. `JSON.stringify` cannot wait for it. */
  toJSON(): Promise<string>
  toJSON(...given: readonly unknown[]): Promise<string> {
    // JSON.stringify, which waits for nothing, would write a promise: it is the one that gives an argument.
    if (given.length > 0) fail(this.where, { expected: 'await model.toJSON()', got: 'JSON.stringify' })
    return this.#file((files) => files.modelToJSON(this))
  }

  #file<T>(call: (files: Awaited<ReturnType<typeof saving>>) => T | Promise<T>): Promise<T> {
    return this.turns.inTurn(async () => {
      // The optimizer is in files, and compile may only have been told its name.
      await this.loadCode()
      return call(await saving())
    })
  }
}
