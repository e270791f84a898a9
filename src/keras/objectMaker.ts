// Optimizers, losses, metrics, callbacks, initializers, regularizers, constraints and schedules by Keras's names and arguments.

import * as callbacks from '../callbacks/index.ts'
import { refusedCallbacks } from '../callbacks/refused.ts'
import { didYouMean, plainName } from '../errors.ts'
import { toCamelCase, toSnakeCase } from '../formats/config/snakeCase.ts'
import * as constraints from '../layers/weights/constraints.ts'
import * as initializers from '../layers/weights/initializers.ts'
import * as regularizers from '../layers/weights/regularizers.ts'
import { type Arguments, Unknown, type Value } from '../python/values.ts'
import * as losses from '../training/losses/namespace.ts'
import { LossScaleOptimizer, type LossScaleOptions } from '../training/lossScaleOptimizer.ts'
import * as metrics from '../training/metrics/namespace.ts'
import type { Optimizer } from '../training/optimizer.ts'
import * as optimizers from '../training/optimizers/index.ts'
import * as schedules from '../training/schedules/index.ts'
import { updateOptions } from '../training/updateOptions.ts'
import { callbackOfToday, everyEpochs, optionsNotHere, orderOfCallback } from './callbackArguments.ts'
import { orderOfMetric } from './metricArguments.ts'
import type { Area } from './names.ts'
import { valueOfToday } from './oldLayers.ts'
import { callOnTensors } from './onTensors.ts'
import { pathsOf } from './openPaths.ts'
import type { Reader } from './reader.ts'

type Make = (...args: readonly unknown[]) => unknown

/** Areas of Keras whose names make objects. */
export type ObjectArea = Exclude<Area, 'layers' | 'models' | 'ops' | 'activations' | 'other' | 'applications'>

/** `LossScaleOptimizer(Adam())`, of options alone, as other optimizers. */
function scaledOptimizer({ innerOptimizer, dynamic, ...options }: Readonly<Record<string, unknown>> = {}) {
  // Keras 3 has no scale but one that is found in training, and refuses other options by their names.
  const given = (dynamic ?? true) === true ? options : { dynamic, ...options }
  return LossScaleOptimizer(innerOptimizer as Optimizer, given as LossScaleOptions)
}

const namespaces: Readonly<Record<ObjectArea, Readonly<Record<string, unknown>>>> = {
  optimizers: { ...optimizers, LossScaleOptimizer: scaledOptimizer },
  schedules,
  losses,
  metrics,
  callbacks,
  initializers,
  regularizers,
  constraints,
}

/** Keras's other names of initializers. */
const OTHER: Readonly<Record<string, string>> = {
  normal: 'RandomNormal',
  uniform: 'RandomUniform',
  zero: 'Zeros',
  one: 'Ones',
}

/** What makes objects of a name; undefined where there is none. */
export function makerOf(area: ObjectArea, name: string): Make | undefined {
  const exported = namespaces[area]
  const camel = toCamelCase(name)
  const wanted = area === 'initializers' ? (OTHER[name] ?? name) : name
  const found =
    [name, camel].find((known) => Object.hasOwn(exported, known)) ??
    Object.keys(exported).find((known) => plainName(known) === plainName(wanted))
  const make = found === undefined ? undefined : exported[found]
  return typeof make === 'function' ? (make as Make) : undefined
}

/** Names of the arguments that Keras takes by place, where the constructor here takes options alone. */
function orderOf(area: ObjectArea, name: string, make: Make): readonly string[] | null {
  if (area === 'callbacks') return orderOfCallback(name)
  if (area === 'metrics') return name === 'MeanMetricWrapper' ? null : orderOfMetric(name)
  if (name === 'LossScaleOptimizer') return ['innerOptimizer', 'initialScale', 'dynamicGrowthSteps', 'name']
  if (area !== 'optimizers' && area !== 'initializers' && area !== 'losses') return null
  const { config } = make() as { readonly config?: object }
  const names = Object.keys(config ?? {})
  if (area === 'initializers') return names
  if (area === 'losses')
    return [...names.filter((name) => name !== 'name' && name !== 'reduction'), 'reduction', 'name']
  const common = Object.keys(updateOptions('', 0))
  return ['learningRate', ...names.filter((name) => !common.includes(name))]
}

/** What options of old are called today. */
function todaysOption(area: ObjectArea, name: string): string {
  if (area === 'optimizers' && name === 'lr') return 'learningRate'
  return area === 'callbacks' && name === 'epsilon' ? 'minDelta' : toCamelCase(name)
}

/** Makes an object of Keras; of a loss that is called on tensors the tensor of its values. */
export function makeObject(
  reader: Reader,
  { area, name }: { readonly area: ObjectArea; readonly name: string },
  args: Arguments,
  at: number,
): Value {
  const make = makerOf(area, name)
  if (!make) return refuse(reader, area, name, at)
  if ((area === 'losses' || area === 'metrics') && !isClass(name))
    return callRowLoss(reader, name, make, args, at)
  return reader.attempt(at, () => {
    const order = isClass(name) || area === 'initializers' ? orderOf(area, name, make) : null
    const byPlace = order ? [] : args.placed
    const named = reader.named(order ? args : { ...args, placed: [] }, order ?? [])
    const today = [...named].map(([key, [value, place]]) => {
      const option = todaysOption(area, key)
      return [option, [valueOfToday(option, value), place]] as const
    })
    const options = reader.options(area === 'callbacks' ? pathsOf(reader, today) : today)
    const placed = reader.options(byPlace.map((value, i) => [String(i), [value, args.places.get(i) ?? at]]))
    if (!options || !placed) return new Unknown(name, true)
    reader.activity++
    const path = named.get('filepath')?.[0]
    if (name === 'ModelCheckpoint' && path !== undefined) reader.files.keep(path)
    const tell = (option: string, message: string): void => {
      const place = today.find(([key]) => key === option)?.[1][1]
      reader.interpreter.problem(place ?? at, message)
    }
    if (area === 'callbacks')
      for (const option of optionsNotHere(name, options))
        tell(option, `is not here: ${name} does the rest of its work without it`)
    const given =
      area === 'optimizers'
        ? rateOf(oneClipping(options, tell), make)
        : area === 'callbacks'
          ? callbackOfToday(name, options)
          : options
    const hasOptions = Object.keys(given).length > 0
    const made = make(...Object.values(placed), ...(hasOptions ? [given] : []))
    if (name === 'ModelCheckpoint') everyEpochs(made, options.period)
    return reader.wrap(made)
  })
}

/** `mean_squared_error(y_true, y_pred)`: values of tensors; of data they are not known. */
function callRowLoss(reader: Reader, name: string, make: Make, args: Arguments, at: number): Value {
  return callOnTensors(reader, name, args, at, () => {
    const named = reader.named(args, ['y_true', 'y_pred'])
    const options = reader.options([...named].map(([key, value]) => [toCamelCase(key), value]))
    if (!options) return null
    const { yTrue, yPred, ...others } = options
    return make(yTrue, yPred, others)
  })
}

const CLIPPINGS = ['clipnorm', 'clipvalue', 'globalClipnorm']

/** Keras 2 clipped by several rules one after the other, Keras 3 takes one of them: the first one that the text gives. */
function oneClipping(
  options: Record<string, unknown>,
  tell: (option: string, message: string) => void,
): Record<string, unknown> {
  const [first, ...others] = CLIPPINGS.filter((name) => (options[name] ?? null) !== null)
  if (first === undefined || others.length === 0) return options
  for (const name of others)
    tell(
      name,
      `is left out: Keras 3 takes one of clipnorm, clipvalue and global_clipnorm, and the optimizer has ${toSnakeCase(first)} alone`,
    )
  return Object.fromEntries(Object.entries(options).filter(([name]) => !others.includes(name)))
}

const isClass = (name: string): boolean => /^[A-Z]/.test(name)

/** Options of optimizers of Keras 2 that say how it computed, or that are fixed today. */
const DROPPED = ['scheduleDecay', 'jitCompile', 'isLegacyOptimizer']

/** Options of an optimizer: None is a default, and Keras 2's decay is a schedule. */
function rateOf(options: Record<string, unknown>, make: Make): Record<string, unknown> {
  const given = Object.entries(options).filter(([name, value]) => value !== null && !DROPPED.includes(name))
  const { decay, ...others } = Object.fromEntries(given)
  if (decay === undefined || decay === 0) return others
  const standard = make() as { readonly learningRate: number }
  const rate = (others.learningRate as number | undefined) ?? standard.learningRate
  return {
    ...others,
    learningRate: schedules.InverseTimeDecay({
      initialLearningRate: rate,
      decaySteps: 1,
      decayRate: decay as number,
    }),
  }
}

function refuse(reader: Reader, area: ObjectArea, name: string, at: number): Unknown {
  const reason = area === 'callbacks' ? refusedCallbacks[name] : undefined
  const remedy = reason ?? didYouMean(name, Object.keys(namespaces[area]))
  return reader.interpreter.problem(at, `"${name}" is not among ${area} here${remedy ? `: ${remedy}` : ''}`)
}
