// A function of the user's as a layer.

import { describeValue, fail } from '../../errors.ts'
import type { ConstructorStatics } from '../../util/constructorOf.ts'
import { isOptions, nullable, required, type TableFor } from '../../util/options.ts'
import { type OpenShape, sameShape, showShape } from '../../util/shape.ts'
import { type CallableLayer, defineLayer } from '../callable.ts'
import { functionReference } from '../classNames.ts'
import { isTensorFunction } from '../functions.ts'
import type { Layer } from '../layer.ts'
import type { GivenOptions } from '../layerDefinition.ts'
import { type LayerOptions, layerOptions, shape } from '../options.ts'
import { type CallContext, CustomLayer } from '../own/customLayer.ts'
import type { SymbolicTensor } from '../symbolicTensor.ts'

type Inputs = SymbolicTensor | readonly SymbolicTensor[]

type LambdaMask = (inputs: SymbolicTensor, mask: SymbolicTensor | null) => SymbolicTensor | null

/**
 * What a Lambda computes of its input, in `ops`. Beside `training` and `mask` the context holds the layer's `arguments`.
 */
export type LambdaFunction = (
  inputs: SymbolicTensor,
  context: CallContext & Readonly<Record<string, unknown>>,
) => Inputs

/** {@link LambdaFunction} of several tensors. */
export type LambdaOfMany = (
  inputs: readonly SymbolicTensor[],
  context: CallContext<readonly (SymbolicTensor | null)[]> & Readonly<Record<string, unknown>>,
) => Inputs

export interface LambdaOptions extends LayerOptions {
  /** The shape of the output without the batch, which is found without it; `null` by default. Another one than is found is an error. */
  readonly outputShape?: OpenShape | null
  /** The mask of the output: a function of the inputs and of their mask; `null`, the default, for none. */
  readonly mask?: LambdaMask | null
  /** Further values that the function finds in its context; none by default. */
  readonly arguments?: Readonly<Record<string, unknown>> | null
}

interface LambdaArguments extends LambdaOptions {
  /** What the layer computes: a function of `ops`, called on the input, or on the list of inputs. */
  readonly function: LambdaFunction | LambdaOfMany
}

const readFunction = <T>(where: string, name: string, value: unknown): T =>
  isTensorFunction(value)
    ? (value as unknown as T)
    : fail(where, { expected: `${name} to be a function of tensors`, got: describeValue(value) })

const table = {
  ...layerOptions,
  function: required<LambdaFunction | LambdaOfMany>(readFunction),
  outputShape: nullable(shape),
  mask: nullable<LambdaMask>(readFunction),
  arguments: nullable<Readonly<Record<string, unknown>>>((where, name, value) =>
    isOptions(value)
      ? value
      : fail(where, { expected: `${name} to be an object of values`, got: describeValue(value) }),
  ),
} as const satisfies TableFor<LambdaArguments>

/** @internal */
export class LambdaLayer extends CustomLayer<typeof table> {
  constructor(given: GivenOptions) {
    super(given, definition)
    this.supportsMasking = true
  }

  // By what it was given: a config has its function only where that is registered.
  override clone(changes: GivenOptions): Layer {
    return new LambdaLayer({ ...this.given, ...changes })
  }

  override call(...args: readonly unknown[]): Inputs {
    const inputs = args.slice(0, -1)
    const context = args.at(-1) as CallContext
    const call = this.config.function as (inputs: unknown, context: object) => Inputs
    return call(inputs.length === 1 ? inputs[0] : inputs, { ...this.config.arguments, ...context })
  }

  override computeMask(inputs: Inputs, mask: never): SymbolicTensor | null {
    return this.config.mask?.(inputs as SymbolicTensor, mask) ?? null
  }

  override outputShapes(...args: Parameters<CustomLayer['outputShapes']>): readonly OpenShape[] {
    const shapes = super.outputShapes(...args)
    const { outputShape } = this.config
    const [found = []] = shapes
    if (outputShape && !sameShape(outputShape, found.slice(1))) {
      fail(this.where, {
        expected: `outputShape to be that of the output, ${showShape(found)} without the batch`,
        got: `[${outputShape.join(', ')}]`,
      })
    }
    return shapes
  }

  /** @throws {RecurraError} if its function is not registered. */
  override getConfig(): Record<string, unknown> {
    const { function: fn, mask } = this.config
    const referenceTo = (given: LambdaFunction | LambdaOfMany | LambdaMask, option: string) =>
      functionReference(given, `${this.where}, ${option}`)
    return {
      ...super.getConfig(),
      function: referenceTo(fn, 'function'),
      mask: mask && referenceTo(mask, 'mask'),
    }
  }
}

const definition = defineLayer({
  className: 'Lambda',
  table,
  positional: ['function'],
  create: (_definition, given) => new LambdaLayer(given),
})

interface LambdaConstructor extends ConstructorStatics<CallableLayer> {
  (fn: LambdaFunction, options?: LambdaOptions): CallableLayer
  (fn: LambdaOfMany, options?: LambdaOptions): CallableLayer
  (options: LambdaArguments): CallableLayer
  new (fn: LambdaFunction, options?: LambdaOptions): CallableLayer
  new (fn: LambdaOfMany, options?: LambdaOptions): CallableLayer
  new (options: LambdaArguments): CallableLayer
}

/**
 * A layer of a function of `ops`: `Lambda((x) => ops.mean(x, 1))`. It has no weights; a class that extends `Layer` has. Files have the
 * function by the name that it is registered by.
 *
 * @param fn Called on the input, or on the list of inputs, when a model is built and for each kind of step, but not in steps.
 * @see keras/src/layers/core/lambda_layer.py
 */
export const Lambda: LambdaConstructor = definition.make
export type Lambda = ReturnType<typeof Lambda>
