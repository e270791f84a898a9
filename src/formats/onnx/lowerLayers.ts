// Calls of layers as nodes of an ONNX graph: layers of a class by its table, models and layers of the user's own by the layers that
// they consist of, functions of `ops` by their operations.

import { fail } from '../../errors.ts'
import { takesIntegers } from '../../layers/integers.ts'
import type { Layer } from '../../layers/layer.ts'
import { followGraph, type LayerGraph } from '../../layers/layerGraph.ts'
import type { SpectralNormalizationLayer } from '../../layers/normalization/spectralNormalization.ts'
import { traceCall } from '../../layers/own/tracedCall.ts'
import { TracedLayer } from '../../layers/own/tracedLayer.ts'
import type { TimeDistributedLayer } from '../../layers/rnn/timeDistributed.ts'
import { mapTensors, type OwnOptions } from '../../layers/symbolicTensor.ts'
import type { Variable } from '../../layers/weights/variable.ts'
import { OperationLayer } from '../../operations/operationLayer.ts'
import { activationLowerings } from './activations.ts'
import { attentionLowerings } from './attention.ts'
import { basicLowerings } from './basics.ts'
import type { Lowering, Lowerings, MaskedOnnx, OnnxCall, OnnxRequest, OnnxStep } from './call.ts'
import { convolutionLowerings } from './convolutions.ts'
import { cast, extentOf, extentsOf, reshape } from './expressions.ts'
import type { OnnxGraph, OnnxValue } from './graph.ts'
import { imageLowerings } from './images.ts'
import { mergeLowerings } from './merges.ts'
import { addOperation } from './operations.ts'
import { poolingLowerings } from './pooling.ts'
import { preprocessingLowerings } from './preprocessing.ts'
import { productLowerings } from './products.ts'
import { recurrentLowerings } from './recurrent.ts'

/** A layer at every time step: time is a part of the batch. */
function timeDistributed({ layer, step, graph, inputs, masks }: OnnxCall<TimeDistributedLayer>) {
  const { layer: inner } = layer.config
  const [x] = inputs
  const [mask] = masks
  if (inner.states.length > 0) refuse(inner, 'layers inside TimeDistributed without states', 'a stateful one')
  const folded = (value: OnnxValue): OnnxValue => reshape(graph, value, [null, ...extentsOf(value, 2)])
  const given = mask && inner.takesMask ? [folded(mask)] : []
  return step
    .layer(inner, { inputs: [folded(x)], masks: given })
    .map(({ value }) => reshape(graph, value, [extentOf(x, 0), extentOf(x, 1), ...extentsOf(value, 1)]))
}

const lowerings: Lowerings = {
  ...activationLowerings,
  ...attentionLowerings,
  ...basicLowerings,
  ...convolutionLowerings,
  ...imageLowerings,
  ...mergeLowerings,
  ...poolingLowerings,
  ...preprocessingLowerings,
  ...productLowerings,
  ...recurrentLowerings,
  TimeDistributed: timeDistributed,
  SpectralNormalization: ({ layer, step, inputs }: OnnxCall<SpectralNormalizationLayer>) =>
    step.layer(layer.config.layer, { inputs }),
}

const refuse = (layer: Layer, expected: string, got: string, remedy?: string): never =>
  fail(layer.where, { expected: `${expected}, in an ONNX file`, got, remedy })

/** A layer that is a graph of layers. */
const graphIn = (layer: Layer): LayerGraph | null =>
  'graph' in layer ? (layer as Layer & { readonly graph: LayerGraph }).graph : null

/** One operation of a function of `ops`: which arguments it has (operation.ts). */
interface OperationOptions extends OwnOptions {
  readonly operands: readonly (null | number | Variable)[]
  readonly args: object
}

/** What a model has beside the graph. */
export interface States {
  state(variable: Variable): OnnxValue
  update(variable: Variable, value: OnnxValue): void
}

export class LayerLowering implements OnnxStep {
  constructor(
    readonly graph: OnnxGraph,
    readonly states: States,
  ) {}

  on(graph: OnnxGraph): OnnxStep {
    return new LayerLowering(graph, this.states)
  }

  state(variable: Variable): OnnxValue {
    return this.states.state(variable)
  }

  update(variable: Variable, value: OnnxValue): void {
    this.states.update(variable, value)
  }

  layers(graph: LayerGraph, given: readonly MaskedOnnx[]): readonly MaskedOnnx[] {
    return followGraph(graph, given, ({ layer, node, inputs, states, find }) => {
      if (node.training === true)
        refuse(layer, 'calls as in a prediction', 'training: true', 'Call the layer without it.')
      // As in Keras the masks of inputs are no argument of a call that has further tensors: states.
      const implied = states.length > 0 ? [] : inputs.map(({ mask }) => mask)
      const masks = inputs.map((_, i) => {
        const mask = node.masks[i]
        return mask ? cast(this.graph, find(mask).value, 'float') : (implied[i] ?? null)
      })
      return this.layer(layer, {
        inputs: inputs.map(({ value }) => value),
        states: states.map(({ value }) => value),
        options: mapTensors(node.options, (tensor) => find(tensor).value),
        masks,
      })
    })
  }

  layer(layer: Layer, request: OnnxRequest): readonly MaskedOnnx[] {
    return this.graph.within(layer.name, () => this.#lower(layer, request))
  }

  #lower(
    layer: Layer,
    { inputs, states = [], options = {}, masks = [] }: OnnxRequest,
  ): readonly MaskedOnnx[] {
    const all = inputs.map((_, i) => masks[i] ?? null)
    const inner = graphIn(layer)
    if (inner)
      return this.layers(
        inner,
        inputs.map((value, i) => ({ value, mask: all[i] ?? null })),
      )
    if (layer instanceof OperationLayer) return this.#operations(layer, inputs, options)
    if (layer instanceof TracedLayer) return this.#traced(layer, inputs, options, all)
    if (layer.className === 'ops') return this.#operation(layer, inputs, options as OperationOptions)
    const lowering = Object.hasOwn(lowerings, layer.className)
      ? (lowerings[layer.className] as Lowering | undefined)
      : undefined
    if (!lowering)
      return refuse(
        layer,
        'layers that ONNX can express',
        layer.className,
        'Export the part of the model behind it: Model(layer.output, model.output).',
      )
    const floats = takesIntegers(layer) ? inputs : inputs.map((x) => cast(this.graph, x, 'float'))
    const call = { layer, step: this, graph: this.graph, inputs: floats, states, masks: all, options }
    return lowering(call as unknown as OnnxCall).map((result, i) =>
      'value' in result ? result : { value: result, mask: (i === 0 && layer.passesMask && all[0]) || null },
    )
  }

  /** A function of `ops`. */
  #operations(layer: OperationLayer, inputs: readonly OnnxValue[], options: OwnOptions) {
    return layer
      .followCall(options, inputs, (part, node, given) =>
        this.layer(part, { inputs: given, options: node.options }).map(({ value }) => value),
      )
      .map((value) => ({ value, mask: null }))
  }

  #operation(layer: Layer, inputs: readonly OnnxValue[], { operands, args }: OperationOptions) {
    const remaining = [...inputs]
    const values = operands.map((operand) => {
      if (typeof operand === 'number') return this.graph.scalar(operand)
      return operand === null
        ? cast(this.graph, remaining.shift() as OnnxValue, 'float')
        : this.graph.weight(operand)
    })
    const results = addOperation(this.graph, layer.name, values as [OnnxValue, ...OnnxValue[]], args)
    if (!results) return refuse(layer, 'operations of ops that ONNX can express', layer.name)
    return results.map((value) => ({ value, mask: null }))
  }

  /** A layer of the user's own, or one that is written like such. */
  #traced(
    layer: TracedLayer<Layer['definition']['table']>,
    inputs: readonly OnnxValue[],
    options: OwnOptions,
    masks: readonly (OnnxValue | null)[],
  ): readonly MaskedOnnx[] {
    const placeholders = inputs.map(({ shape }, i) => ({ shape, maskAxes: masks[i]?.shape.length }))
    const structure = layer.structureOf(options, inputs.length)
    const traced = traceCall(layer, placeholders, structure, false)
    const given = [
      ...inputs.map((value, i) => ({ value, mask: masks[i] ?? null })),
      ...masks.flatMap((mask) => (mask ? { value: mask, mask: null } : [])),
    ]
    const outputs = this.layers(traced.graph, given)
    return traced.masks.map((computed, i) => {
      const { value, mask } = outputs[i] as MaskedOnnx
      return { value, mask: mask ?? outputs[computed ?? -1]?.value ?? null }
    })
  }
}
