// The layer through which a model of the user's own computes.

import { fail } from '../errors.ts'
import type { MaskedValue } from '../layers/call.ts'
import { inputLayer } from '../layers/core/input.ts'
import type { Layer } from '../layers/layer.ts'
import { namesIn, type Structure } from '../layers/own/arrangement.ts'
import { CustomLayer } from '../layers/own/customLayer.ts'
import { isMetric } from '../layers/own/ownCode.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import type { OpenShape } from '../util/shape.ts'
import type { SubclassedModel } from './subclassed.ts'

/** The only layer of the graph of a model of the user's own: it calls the hooks of the model. */
export class Caller extends CustomLayer {
  constructor(
    readonly hooks: SubclassedModel,
    supportsMasking: boolean,
  ) {
    super({ name: hooks.name, dtype: hooks.dtypePolicy })
    this.supportsMasking = supportsMasking
  }

  override get where(): string {
    return this.hooks.where
  }

  override get holdsMetrics(): boolean {
    return Object.values(this.hooks).some(isMetric)
  }

  override get parts(): readonly Layer[] {
    return this.hooks.parts
  }

  /** A step that the class says itself has losses that nothing knows before it is traced. */
  override get addsOwnLosses(): boolean {
    return this.hooks.ownHooks.length > 0 || super.addsOwnLosses
  }

  /** Calls it on inputs of these shapes: of integers where all that reads one reads integers, which a first call shows. */
  start(
    shapes: readonly OpenShape[],
    structure: Structure,
  ): { readonly inputs: readonly SymbolicTensor[]; readonly outputs: readonly SymbolicTensor[] } {
    const names = structure.flatMap((arrangement) => namesIn(arrangement) ?? [])
    const called = () => {
      const inputs = shapes.map((batchShape, i) => {
        const name = names[i] ?? (shapes.length === 1 ? 'input' : `input_${i + 1}`)
        const dtype = this.readingOf(i) === 'integers' ? 'int32' : null
        return inputLayer({ batchShape, name, dtype }).connect([])[0] as SymbolicTensor
      })
      return { inputs, outputs: this.connect(inputs, { options: { structure } }) }
    }
    const first = called()
    if (!shapes.some((_, i) => this.readingOf(i) === 'integers')) return first
    this.nodes.length = 0
    return called()
  }

  protected override lowerCall(...args: Parameters<CustomLayer['lowerCall']>): readonly MaskedValue[] {
    if (!this.hooks.hasOutputs)
      fail(`${this.where}.predict`, {
        expected: `the class ${this.hooks.className} to have a method call`,
        got: 'none',
        remedy: 'Write call(x) { return this.generator(x) }, say.',
      })
    return super.lowerCall(...args)
  }

  override call(...args: readonly never[]): ReturnType<CustomLayer['call']> {
    return this.hooks.call(...args)
  }

  override computeMask(
    ...args: Parameters<CustomLayer['computeMask']>
  ): ReturnType<CustomLayer['computeMask']> {
    return this.hooks.computeMask(...args)
  }
}
