// A function of the user's as a layer.

import { describeValue, fail } from '../errors.ts'
import { isOptions, nullable, required, type TableFor, unwritten } from '../util/options.ts'
import { type OpenShape, sameShape, showShape } from '../util/shape.ts'
import { type CallableLayer, callable } from './callable.ts'
import { type CallContext, CustomLayer } from './customLayer.ts'
import { isTensorFunction } from './functions.ts'
import type { GivenOptions, LayerDefinition } from './layerDefinition.ts'
import { type LayerOptions, layerOptions, shape } from './options.ts'
import type { SymbolicTensor } from './symbolicTensor.ts'

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

const readFunction = <T>(where: string, name: string, value: unknown): T =>
  isTensorFunction(value)
    ? (value as unknown as T)
    : fail(where, { expected: `${name} to be a function of tensors`, got: describeValue(value) })

const table = {
  ...layerOptions,
  function: required<LambdaFunction | LambdaOfMany>(readFunction, unwritten),
  outputShape: nullable(shape, unwritten),
  mask: nullable<LambdaMask>(readFunction, unwritten),
  arguments: nullable<Readonly<Record<string, unknown>>>((where, name, value) =>
    isOptions(value)
      ? value
      : fail(where, { expected: `${name} to be an object of values`, got: describeValue(value) }),
  ),
} as const satisfies TableFor<LambdaOptions & { function: LambdaFunction | LambdaOfMany }>

export class LambdaLayer extends CustomLayer<typeof table> {
  constructor(given: GivenOptions) {
    super(given, definition)
    this.supportsMasking = true
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

  /** @throws {RecurraError} always: a function is code, which files cannot hold. */
  override getConfig(): Record<string, unknown> {
    return fail(this.where, {
      expected: 'layers, which have a config',
      got: 'a Lambda, whose function a file cannot hold',
      remedy: 'Write a class that extends Layer, and register it.',
    })
  }
}

const definition: LayerDefinition<typeof table> = {
  className: 'Lambda',
  table,
  create: (given) => new LambdaLayer(given),
}

/**
 * A layer of a function of `ops`: `Lambda((x) => ops.mean(x, 1))`. It has no weights; a class that extends `Layer` has.
 *
 * @param fn Called on the input, or on the list of inputs, when a model is built and for each kind of step, but not in steps.
 * @see keras/src/layers/core/lambda_layer.py
 */
export function Lambda(fn: LambdaFunction, options?: LambdaOptions): CallableLayer
export function Lambda(fn: LambdaOfMany, options?: LambdaOptions): CallableLayer
export function Lambda(
  options: LambdaOptions & { readonly function: LambdaFunction | LambdaOfMany },
): CallableLayer
export function Lambda(fn: unknown, options: unknown = {}): CallableLayer {
  if (isOptions(fn)) return callable(new LambdaLayer(fn))
  if (isOptions(options) && !('function' in options))
    return callable(new LambdaLayer({ ...options, function: fn }))
  return fail('Lambda', {
    expected: '(function, options)',
    got: `(${[fn, options].map(describeValue).join(', ')})`,
  })
}
