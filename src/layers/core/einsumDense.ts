// y = act(einsum(equation, x, kernel) + bias): a Dense whose axes an equation names.

import { checkExtent, describeValue, fail } from '../../errors.ts'
import type { Value } from '../../graph/graph.ts'
import { contracted, contraction } from '../../ops/contraction.ts'
import { point } from '../../ops/pointwise.ts'
import { reshape } from '../../ops/view.ts'
import { nullable, required, type TableFor } from '../../util/options.ts'
import { type OpenShape, sameShape, showShape, sizeOf } from '../../util/shape.ts'
import { activate } from '../activations/activate.ts'
import type { LayerCall } from '../call.ts'
import { defineLayer, type LayerArguments, type LayerConstructor, type WeightedLayer } from '../callable.ts'
import { Layer } from '../layer.ts'
import {
  type ActivationIdentifier,
  absent,
  activation,
  initializer,
  type LayerOptions,
  layerOptions,
  shape,
} from '../options.ts'
import type { LayerNode, SymbolicTensor } from '../symbolicTensor.ts'
import { getInitializer } from '../weights/getInitializer.ts'
import type { Initializer, InitializerIdentifier } from '../weights/initializer.ts'
import type { Variable } from '../weights/variable.ts'
import { type BiasRules, type KernelRules, rulesOf } from '../weights/weightRules.ts'
import { type BoundEquation, bindEquation, type Equation, readEquation } from './einsumEquation.ts'

export interface EinsumDenseOptions extends LayerOptions, KernelRules, BiasRules {
  /** Applied to the outputs, a name or a layer such as `LeakyReLU(0.1)`; `'linear'` by default. */
  readonly activation?: ActivationIdentifier | null
  /** Letters of the output's axes along which the bias differs, such as `'de'`; `null`, the default, is no bias. */
  readonly biasAxes?: string | null
  /** First values of the kernel, `'glorot_uniform'` by default, which counts the kernel's inputs and outputs by the equation. */
  readonly kernelInitializer?: InitializerIdentifier
  /** First values of the bias, `'zeros'` by default. */
  readonly biasInitializer?: InitializerIdentifier
}

interface EinsumDenseArguments extends EinsumDenseOptions {
  /** Letters of the axes of input, kernel and output, `'abc,cd->abd'`, with `...` in front or behind for any axes. */
  readonly equation: string
  /** The output's extents without the batch and what `...` stands for; null where the input's extent stays; a number for one. */
  readonly outputShape: number | OpenShape
}

const writeEquation = ({ input, kernel, output, elided }: Equation): string => {
  const full = (part: string): string =>
    elided === 'left' ? `...${part}` : elided === 'right' ? `${part}...` : part
  return `${full(input)},${kernel}->${full(output)}`
}

const table = {
  ...layerOptions,
  equation: required<Equation, string>(readEquation, writeEquation),
  outputShape: required<OpenShape, number | OpenShape>((where, name, value) =>
    Array.isArray(value) ? shape(where, name, value) : [checkExtent(where, name, value)],
  ),
  activation: activation('linear'),
  biasAxes: nullable<string>((where, name, value) =>
    typeof value === 'string' && /^[a-z]+$/i.test(value)
      ? value
      : fail(where, { expected: `${name} to be letters of the output's axes`, got: describeValue(value) }),
  ),
  kernelInitializer: initializer('glorot_uniform'),
  biasInitializer: initializer('zeros'),
  ...rulesOf('kernel', 'bias'),
  loraRank: absent,
  loraAlpha: absent,
  gptqUnpackedColumnSize: absent,
  quantizationConfig: absent,
} as const satisfies TableFor<EinsumDenseArguments>

type Weights = { readonly kernel: Variable; readonly bias: Variable | undefined }

/** @internal */
export class EinsumDenseLayer extends Layer<typeof table, Weights> {
  #bind(input: OpenShape): BoundEquation {
    return bindEquation(this.where, this.config, input)
  }

  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    const input = this.single(inputs, 2, '[batch, ...]')
    const { kernelShape, outputShape } = this.#bind(input)
    const kernel = this.builtWeights?.kernel
    if (kernel && !sameShape(kernel.shape, kernelShape)) {
      fail(this.where, {
        expected: `an input for its kernel ${showShape(kernel.shape)}`,
        got: showShape(input),
        remedy: 'Make another layer for other inputs.',
      })
    }
    return [outputShape]
  }

  // As in Keras a symbolic tensor, and so a summary, has an extent open that outputShape leaves open, although the input has it.
  override addNode(
    node: Omit<LayerNode, 'outputs'>,
    [result]: readonly Pick<SymbolicTensor, 'shape' | 'maskAxes'>[],
  ): readonly SymbolicTensor[] {
    const { saidShape: shape } = this.#bind(node.inputs[0]?.shape ?? [])
    return super.addNode(node, [{ ...result, shape }])
  }

  protected override createWeights(input: OpenShape): Weights {
    const bound = this.#bind(input)
    const { biasInitializer } = this.config
    const { kernelShape, biasShape } = bound
    return {
      kernel: this.addWeight({
        name: 'kernel',
        shape: kernelShape,
        initializer: withAxes(this.config.kernelInitializer, bound, this.where),
      }),
      bias: biasShape
        ? this.addWeight({ name: 'bias', shape: biasShape, initializer: biasInitializer })
        : undefined,
    }
  }

  protected override lower({ graph, inputs: [x], weights }: LayerCall<Weights>): readonly Value[] {
    const { letters } = this.#bind(x.shape)
    const { kernel, bias } = weights
    const a = { value: x, letters: letters.input }
    const b = { value: kernel, letters: letters.kernel }
    const columns = letters.kernel.filter((letter) => !letters.input.includes(letter))
    // The bias is a part of the product where it differs along all of the kernel's own axes, which are the output's last.
    const isFused =
      bias !== undefined &&
      columns.length > 0 &&
      bias.shape.length === columns.length &&
      !bias.shape.includes(1) &&
      columns.every((letter, i) => letter === letters.output[letters.output.length - columns.length + i])
    const flat = isFused ? reshape(graph, bias, { shape: [sizeOf(bias.shape)] }) : undefined
    const y = isFused
      ? contraction(graph, [contracted(graph, a, b, new Set(letters.output), flat)], letters.output)
      : contraction(graph, [a, b], letters.output)
    const biased = bias && !isFused ? point(graph, 'add', y, bias) : y
    return [activate(graph, biased, this.config.activation)]
  }
}

/** An initializer that counts a kernel's inputs and outputs, told which axes these are unless it was told others. */
function withAxes(given: Initializer, { inputAxes, outputAxes }: BoundEquation, where: string): Initializer {
  const { className, config } = given
  if (!('inputAxes' in config) || (config.inputAxes !== null && config.outputAxes !== null)) return given
  return getInitializer({ className, config: { ...config, inputAxes, outputAxes } }, where)
}

const definition = defineLayer({
  className: 'EinsumDense',
  table,
  positional: ['equation', 'outputShape'],
  create: (self, given) => new EinsumDenseLayer(self, given),
})

/**
 * A dense layer over any axes, act(einsum(equation, x, kernel) + bias): `EinsumDense('abc,cd->abd', [null, 64], { biasAxes: 'd' })`
 * takes `[batch, steps, features]` to `[batch, steps, 64]`, and `EinsumDense('...x,xy->...y', 64)` any number of axes in front.
 *
 * @param equation Letters of the axes of input, kernel and output. The kernel has an axis for each of its letters, each a letter of
 * the input or the output.
 * @param outputShape Extents of the output's own letters, without the batch; null leaves one as the input has it.
 * @throws {RecurraError} if equation, outputShape, biasAxes and the shape of the input do not fit.
 * @see keras/src/layers/core/einsum_dense.py
 */
export const EinsumDense: LayerConstructor<
  LayerArguments<
    [equation: string, outputShape: number | OpenShape],
    EinsumDenseOptions,
    EinsumDenseArguments
  >,
  WeightedLayer<'kernel' | 'bias'>
> = definition.make
export type EinsumDense = ReturnType<typeof EinsumDense>
