// What a class of a text says of its steps: the methods of Keras's models that it has itself become hooks of the model here, and in
// them the model has what such methods call.

import { toCamelCase } from '../formats/config/snakeCase.ts'
import type { OwnStepHook } from '../layers/own/stepTrace.ts'
import type { LayersModel } from '../models/model.ts'
import { SteppedModel } from '../models/steppedModel.ts'
import { hostOf } from '../python/interpreter.ts'
import {
  type Arguments,
  type Instance,
  List,
  NativeFunction,
  PythonFunction,
  placedArguments,
  Tuple,
  Unknown,
  type Value,
} from '../python/values.ts'
import { ExtendedMetricValue } from './extendedMetric.ts'
import { callFromHere, valuesGiven } from './functions.ts'
import { MetricValue } from './metricValue.ts'
import { makeObject } from './objectMaker.ts'
import { callOnTensors } from './onTensors.ts'
import { OptimizerValue } from './optimizerValue.ts'
import { OwnMetricValue } from './ownMetric.ts'
import type { Reader } from './reader.ts'
import { isUsualStep } from './usualStep.ts'
import type { WrappedValue } from './values.ts'

type Hook = (...args: readonly unknown[]) => unknown

/** Arguments of the hooks, in Keras's names. */
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  train_step: ['data'],
  test_step: ['data'],
  compute_loss: ['x', 'y', 'y_pred', 'sample_weight', 'training'],
  compute_metrics: ['x', 'y', 'y_pred', 'sample_weight'],
}

/**
 * The hooks of a class, by their names here: those that do what Keras's do are none.
 *
 * @param settle Sets what the object has in fields.
 */
export function stepHooks(
  reader: Reader,
  instance: Instance,
  settle: () => unknown,
): Readonly<Record<string, Hook>> {
  const found = Object.keys(PARAMETERS).flatMap((name) => {
    const method = instance.type.find(name)
    if (!(method instanceof PythonFunction) || isUsualStep(reader, instance, name, method)) return []
    const hook: Hook = (...args) => {
      settle()
      return callFromHere(reader, method.bind(instance), argumentsOf(reader, method, name, args))
    }
    return [[toCamelCase(name), hook] as const]
  })
  return Object.fromEntries(found)
}

/** The arguments of a hook for the method of the text, of which older ones take fewer. */
function argumentsOf(
  reader: Reader,
  method: PythonFunction,
  name: string,
  args: readonly unknown[],
): Arguments {
  const names = PARAMETERS[name] ?? []
  if (names.length === 1) return placedArguments(args.map((data) => inTuples(reader, data)))
  const { parameters } = method.syntax
  const takesAll = parameters.some(({ star }) => star === '**')
  const taken = names.flatMap((each, i) =>
    takesAll || parameters.some((parameter) => parameter.name === each)
      ? [[each, inTuples(reader, args[i])] as const]
      : [],
  )
  return { placed: [], named: new Map(taken), places: new Map() }
}

/** Data as Keras hands them to a step. */
export const inTuples = (reader: Reader, data: unknown): Value =>
  Array.isArray(data) ? new Tuple(data.map((one: unknown) => inTuples(reader, one))) : reader.wrap(data)

/** What Keras's own hook does, of arguments by the names or in the order of Keras. */
function usual(
  model: SteppedModel,
  reader: Reader,
  hook: OwnStepHook,
  names: readonly string[],
  args: Arguments,
): Value {
  const given = reader.named(args, names)
  const plain = names.map((name) => reader.plain(given.get(name)?.[0] ?? null))
  if (hook === 'computeLoss') plain[4] = plain[4] ?? true
  reader.act()
  const method = SteppedModel.prototype[hook] as Hook
  return reader.wrap(method.apply(model, plain))
}

/** What methods that say a model's steps find in it; undefined for all else. */
export function stepAttribute(
  reader: Reader,
  model: LayersModel,
  name: string,
  at: number,
): Value | undefined {
  if (!(model instanceof SteppedModel)) return undefined
  if (Object.hasOwn(PARAMETERS, name))
    return new NativeFunction(name, (args, at) =>
      reader.attempt(at, () =>
        usual(model, reader, toCamelCase(name) as OwnStepHook, PARAMETERS[name] ?? [], args),
      ),
    )
  if (!reader.isInCall) return undefined
  switch (name) {
    case 'compiled_loss':
      // The losses of layers, which Keras 2 was given beside, are among those of the model.
      return new NativeFunction(name, ({ placed, named, places }, at) =>
        reader.attempt(at, () =>
          usual(model, reader, 'computeLoss', PARAMETERS.compute_loss ?? [], {
            placed: [null, ...placed],
            named,
            places,
          }),
        ),
      )
    case 'compiled_metrics':
      return (
        reader.wrap(model.metrics.find((metric) => metric.name === 'compile_metrics') ?? null) ??
        new Unknown(name)
      )
    case 'metrics':
      return reader.wrap(model.metrics)
    case 'losses':
      return reader.attempt(at, () => reader.wrap(model.losses))
    case 'loss': {
      const given = model.compileOptions?.loss ?? null
      // Objects and functions are called, lists of losses are not. A function of Keras was given to compile by its name.
      if (isLossObject(given)) return reader.wrap(given)
      if (typeof given === 'string')
        return new NativeFunction(given, (args, at) =>
          makeObject(reader, { area: 'losses', name: given }, args, at),
        )
      if (typeof given === 'function')
        return new NativeFunction(name, (args, at) =>
          callOnTensors(reader, name, args, at, () =>
            (given as LossFunction)(...valuesGiven(args).map((each) => reader.plain(each))),
          ),
        )
      return reader.interpreter.problem(
        at,
        'is no object that can be called: self.compute_loss(y=y, y_pred=y_pred) gives the losses of compile with those of layers',
        'self.loss',
      )
    }
  }
  return undefined
}

type LossFunction = (...args: readonly unknown[]) => unknown

const isLossObject = (given: unknown): given is object =>
  // Objects of losses are functions, too.
  (typeof given === 'object' || typeof given === 'function') && given !== null && 'targetShape' in given

/** The inputs and outputs that a class of models is given, as options. */
export function givenEnds(
  reader: Reader,
  args: Arguments,
  at: number,
): readonly (readonly [name: string, readonly [value: Value, at: number]])[] {
  const given = reader.named(args, ['inputs', 'outputs'])
  return ['inputs', 'outputs'].flatMap((name) => {
    const [value = null, place = at] = given.get(name) ?? given.get(name.slice(0, -1)) ?? []
    return value === null ? [] : [[name, [value, place]] as const]
  })
}

/** Tells of a method that would change what `predict` gives. */
export function checkPrediction({ interpreter }: Reader, { type }: Instance, at: number): void {
  if (type.find('predict_step') instanceof PythonFunction)
    interpreter.problem(
      at,
      'has a predict_step of its own, which is not read: predict gives what call returns. Write there what is to come out',
    )
}

/** `unpack_x_y_sample_weight(data)`: what a step is handed, as three values. */
export function unpackedData({ placed: [data = null] }: Arguments): Value {
  const items = data instanceof Tuple || data instanceof List ? data.items : (hostOf(data)?.items ?? [data])
  const [x = null, y = null, weights = null] = items
  return data instanceof Unknown ? data : new Tuple([x, y, weights])
}

/** What steps count with or update weights by; null for other values. */
export function ofSteps(value: Value): WrappedValue | null {
  const host = hostOf(value)
  const isMetric =
    host instanceof MetricValue || host instanceof OwnMetricValue || host instanceof ExtendedMetricValue
  const isOne = isMetric || host instanceof OptimizerValue
  return isOne ? host : null
}

/** The metrics that a class names in a property of its own. */
export function listedMetrics(reader: Reader, instance: Instance): readonly Value[] {
  const property = instance.type.find('metrics')
  if (!(property instanceof PythonFunction && property.syntax.decorators.includes('property'))) return []
  const listed = reader.interpreter.attribute(instance, 'metrics', property.syntax.at)
  return listed instanceof List || listed instanceof Tuple ? listed.items.filter(ofSteps) : []
}
