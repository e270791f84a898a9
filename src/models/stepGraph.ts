// A model's step as a graph, for a bound batch: gather the batch → layers → losses and metrics → gradients → update.

import { differentiate } from '../graph/autodiff.ts'
import { alignPlace, type DType, Graph, PLACE_ALIGNMENT, type Value } from '../graph/graph.ts'
import type { MaskedValue, StepLowering } from '../layers/call.ts'
import { givesIntegers, readingOf } from '../layers/integers.ts'
import type { Layer } from '../layers/layer.ts'
import { type LayerGraph, lowerGraph, outputSamples } from '../layers/layerGraph.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import type { Variable } from '../layers/weights/variable.ts'
import { withParts } from '../layers/withParts.ts'
import { sumOf } from '../ops/addAll.ts'
import { affine } from '../ops/affine.ts'
import { assign, emit, type Field, gather, MAX_FIELDS } from '../ops/gather.ts'
import { detach, part } from '../ops/view.ts'
import { mixedPrecision } from '../training/mixedPrecision.ts'
import type { Optimizer } from '../training/optimizer.ts'
import { type OpenShape, type Shape, sizeOf } from '../util/shape.ts'
import type { Layout } from './layout.ts'
import type { Measures, OutputTraining } from './measures.ts'
import type { OwnSteps } from './ownSteps/ownSteps.ts'
import type { Trained } from './trained.ts'
import type { RulesOfStep } from './weightRules.ts'

/** The kind of a step. */
export type StepKind = 'train' | 'gradients' | 'test' | 'predict'

export interface StepModel extends LayerGraph {
  /** How errors name the model. */
  readonly where: string
  /** Names of the outputs, by which data, losses and metrics are given and told. */
  readonly outputNames: readonly string[]
  readonly trained: Trained
  readonly training: readonly OutputTraining[]
  /** Losses and metrics, as `training` says. */
  readonly measures: Measures
  readonly optimizer: Optimizer | null
  /** Whether layers add to the loss. */
  readonly addsLosses: boolean
  /** What regularizers and constraints do in a step; null where there are none. */
  readonly rules: typeof RulesOfStep | null
  /** The code of metrics in fields of layers; none where there are no such. */
  readonly held?: typeof import('./heldMetrics.ts') | undefined
  /** What steps do that a class says itself; none of nearly all models. */
  readonly ownSteps?: OwnSteps | undefined
}

/** The shape of one sample's targets of an output: null where the model says it, 'none' where a class's step is given none. */
export type TargetShape = Shape | 'none' | null

export interface StepRequest {
  readonly kind: StepKind
  readonly batch: number
  /** Shapes of one sample of each input, known in every extent. */
  readonly inputs: readonly Shape[]
  /** Shapes of one sample's targets of each output; empty where the model says them for all. */
  readonly targets: readonly TargetShape[]
  /** Shapes of the sample weights of each output, without the batch; null where there are none. */
  readonly weights: readonly (Shape | null)[]
}

export const sampleShape = ({ shape }: SymbolicTensor): OpenShape => shape.slice(1)

/** Shapes of one sample of every field of the data set, in order: inputs, targets, weights. */
function fieldShapes(
  model: StepModel,
  { kind, inputs, weights, targets: given }: Omit<StepRequest, 'batch'>,
): readonly Shape[] {
  if (kind === 'predict') return inputs
  const targets = targetShapes(model, outputSamples(model, inputs), given)
  return [...inputs, ...[...targets, ...weights].flatMap((shape) => (shape === null ? [] : [shape]))]
}

/**
 * Shapes of a sample's targets for outputs of these shapes; null where an output has none. Where any shape is right it is that
 * of the data, or else that of the output.
 */
export const targetShapes = (
  { training }: Pick<StepModel, 'training'>,
  outputs: readonly Shape[],
  given: readonly TargetShape[],
): (Shape | null)[] =>
  training.map(({ target }, i) =>
    given[i] === 'none'
      ? null
      : (given[i] ??
        (target === 'any'
          ? (outputs[i] ?? [])
          : (target?.map((extent, axis) => extent ?? outputs[i]?.[axis] ?? 1) ?? null))),
  )

/** Builds the graph of a step. */
export function buildStep(model: StepModel, layout: Layout, request: StepRequest): Graph {
  const { kind, batch } = request
  const graph = new Graph()
  const predicts = kind === 'predict'
  const training = !predicts && kind !== 'test'
  const permutation = graph.resident('permutation', 0, [0], 'u32')
  const dtypes = model.inputs.map((input): DType => (isIntegerField(model, input) ? 'i32' : 'f32'))
  const fields = gatherFields(graph, permutation, fieldShapes(model, request), dtypes, batch)
  const inputs = fields.splice(0, model.inputs.length)
  const variables = new Map<Variable, Value>()
  const updates = new Map<Variable, Value>()
  const inMemory = (variable: Variable): Value => {
    let value = variables.get(variable)
    if (value === undefined) {
      if (variable.kind === 'constant') value = graph.constant(variable.value, variable.shape)
      else {
        const { arena, offset } = layout.placeOf(variable)
        value = graph.resident(arena, offset, variable.shape)
      }
      variables.set(variable, value)
    }
    return value
  }
  const calls = new Map<Layer, number>()
  const passes = new Set<(graph: Graph) => void>()
  const added: Value[] = []
  const step: StepLowering = {
    graph,
    countCall(layer) {
      const count = calls.get(layer) ?? 0
      calls.set(layer, count + 1)
      return count
    },
    trains: (layer) => model.trained.hasLayer(layer),
    reportIds: (layer) => ({
      batch,
      permutation,
      record: graph.resident('totals', layout.placeOfSkipped, [PLACE_ALIGNMENT], 'u32'),
      layer: withParts(model.topology.layers).indexOf(layer) + 1,
    }),
    variable(variable) {
      // As in Keras, a second call of a layer starts from the states after the first; no gradient flows through them.
      const updated = updates.get(variable)
      return updated ? detach(graph, updated, {}) : inMemory(variable)
    },
    update: (variable, value) => updates.set(variable, value),
    addLoss: (value) => added.push(value),
    get rules() {
      return rules
    },
    metricState: (metric, sample, where) =>
      kind === 'train' || kind === 'test'
        ? model.held?.heldState(graph, model.measures, { metric, sample, where })
        : null,
    finish: (pass) => passes.add(pass),
  }
  const state = model.optimizer?.lossScale
  const scaling = !predicts && state ? inMemory(state) : undefined
  const Rules = predicts ? null : model.rules
  const rules = Rules && new Rules({ model, layout, step, request, scaling })
  const own = !predicts && model.ownSteps
  const outputs = own
    ? own.lower(step, request, inputs, fields)
    : lowerGraph(
        model,
        step,
        inputs.map((value) => ({ value, mask: null })),
        training,
      )
  if (predicts) {
    outputs.forEach(({ value: x }, i) => {
      emit(graph, { x, results: graph.resident(`results:${i}`, 0, [0]) }, {})
    })
  } else if (!own) {
    const judged = { outputs, fields, added: rules ? [] : added }
    const losses = addLosses(step, model, judged, request)
    rules?.penalize(losses, added)
    if (training) {
      const weights = [...variables].filter(([variable]) => model.trained.has(variable))
      const scale: Differentiation['scale'] = (d, fn) => model.optimizer?.scaled(graph, d, scaling, fn) ?? d
      graph.absent = addGradients(graph, layout, { weights, losses, scale, kind })
    }
    rules?.penalizeNumbers()
    if (kind === 'train' && model.optimizer) addUpdate(graph, layout, model.optimizer, scaling)
  }
  // States are assigned last, because the backward pass reads their former values; model.gradients() changes no state.
  if (kind !== 'gradients') {
    for (const [variable, x] of updates) {
      variable.isAssigned ||= !training || variable.kind === 'weight'
      assign(graph, { x, destination: inMemory(variable) }, {})
    }
  }
  for (const pass of passes) pass(graph)
  rules?.constrain()
  mixedPrecision()?.autocast(graph)
  return graph
}

/** Whether an input is of integers and lies on the device as such: all that reads it reads integers. */
export const isIntegerField = (
  model: Pick<StepModel, 'topology' | 'outputs'>,
  input: SymbolicTensor,
): boolean => givesIntegers(input.layer) && readingOf(model, input) !== 'floats'

/** @param dtypes Of the first fields; the others are floats. */
function gatherFields(
  graph: Graph,
  permutation: Value,
  shapes: readonly Shape[],
  dtypes: readonly DType[],
  batch: number,
): Value[] {
  const data = graph.resident('data', 0, [0], 'u32')
  const sources = graph.resident('sources', 0, [0], 'u32')
  const found: Value[] = []
  for (let first = 0; first < shapes.length; first += MAX_FIELDS) {
    let size = 0
    const fields = shapes.slice(first, first + MAX_FIELDS).map((shape): Field => {
      const offset = size
      size += alignPlace(batch * sizeOf(shape))
      return { length: sizeOf(shape), offset }
    })
    const attributes = { rows: batch, first, fields, size }
    const { batch: gathered } = gather(graph, { data, sources, permutation }, attributes)
    fields.forEach(({ offset }, i) => {
      const shape = [batch, ...(shapes[first + i] ?? [])]
      found.push(part(graph, gathered, { shape, offset, dtype: dtypes[first + i] ?? 'f32' }))
    })
  }
  return found
}

interface Judged {
  readonly outputs: readonly MaskedValue[]
  /** Targets, then weights, of the outputs that have some; each is taken out. */
  readonly fields: Value[]
  /** What layers add to the loss. */
  readonly added: readonly Value[]
}

/** Adds losses and metrics; returns the losses. */
function addLosses(
  step: StepLowering,
  model: StepModel,
  { outputs, fields, added }: Judged,
  request: StepRequest,
): Value[] {
  const next = (): Value => fields.shift() as Value
  const targets = model.training.map(({ target }) => (target ? next() : null))
  const weights = model.training.map((_, i) => (request.weights[i] ? next() : undefined))
  const judged = outputs.map(({ value: predictions, mask }, i) => {
    const expected = targets[i]
    return expected ? { predictions, targets: expected, weights: weights[i], mask } : null
  })
  return model.measures.lower(step, judged, added, {
    rows: request.batch,
    tracks: request.kind !== 'gradients',
  })
}

interface Differentiation {
  readonly weights: readonly (readonly [Variable, Value])[]
  readonly losses: readonly Value[]
  /** Multiplies a gradient by the scale of the loss, or divides it. */
  readonly scale: (d: Value, fn: 'multiply' | 'divide') => Value
  readonly kind: StepKind
}

/** Adds the gradients of the losses by the weights, in their place; returns the paths of weights that have none. */
function addGradients(
  graph: Graph,
  layout: Layout,
  { weights, losses, scale, kind }: Differentiation,
): string[] {
  const gradients = differentiate(
    graph,
    losses,
    weights.map(([, value]) => value),
    sumOf,
    { seed: (d) => scale(d, 'multiply') },
  )
  return gradients.flatMap((scaled, i) => {
    const [variable] = weights[i] as (typeof weights)[number]
    // The gradient of a weight that no loss depends on stays zero, as its buffer was allocated.
    if (scaled === undefined) return variable.path
    // The update of a training step divides by the scale; model.gradients() has no update.
    const gradient = kind === 'gradients' ? scale(scaled, 'divide') : scaled
    const place = { arena: 'gradients', offset: layout.placeOf(variable).offset }
    // A gradient that cannot be placed, such as a view, is copied.
    if (!graph.placeAt(gradient, place)) graph.placeAt(affine(graph, { x: gradient }, {}).y, place)
    return []
  })
}

function addUpdate(graph: Graph, layout: Layout, optimizer: Optimizer, scaling: Value | undefined): void {
  if (layout.sizeOf('parameters') === 0) return
  const whole = (arena: string): Value => graph.resident(arena, 0, [layout.sizeOf(arena)])
  const tensors = {
    parameters: whole('parameters'),
    gradients: whole('gradients'),
    layout,
    scaling,
    skipped: scaling && graph.resident('totals', layout.placeOfSkipped, [PLACE_ALIGNMENT], 'u32'),
    slots: optimizer.rule.slots.map(({ name }) => whole(`optimizer:${name}`)),
  }
  optimizer.rule.lower(graph, tensors, optimizer)
}
