// A model whose step is a function of the text: it holds the models, optimizers and metrics that the function names.

import { fail } from '../errors.ts'
import { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { LayersModel } from '../models/model.ts'
import { SteppedModel } from '../models/steppedModel.ts'
import * as ops from '../operations/index.ts'
import { hostOf } from '../python/interpreter.ts'
import { namesIn } from '../python/namesIn.ts'
import { type Arguments, Dict, Instance, List, PythonFunction, Tuple, type Value } from '../python/values.ts'
import { isOptions } from '../util/options.ts'
import { isData } from './arrays.ts'
import { callFromHere, valuesGiven } from './functions.ts'
import { hold, isHeld } from './heldLayers.ts'
import { ownModel } from './ownClasses.ts'
import { inTuples, ofSteps } from './ownSteps.ts'
import type { Reader } from './reader.ts'

/** What a text does with a batch. */
export interface CustomStep {
  readonly fn: PythonFunction
  /** What it is called with; a batch stands in the place of what is not known of it. */
  readonly args: Arguments
  /** What the text calls the data. */
  readonly data: Readonly<Record<string, unknown>>
}

/** @param optimizers Those that the step was seen to use; the first is that of `compile`. */
export function modelOfStep(reader: Reader, step: CustomStep, optimizers: readonly object[]): LayersModel {
  const { name } = step.fn.syntax
  const where = `fromKeras, ${name}`
  const model = ownModel(
    {
      name: /^\w+$/.test(name) ? name : 'train_step',
      build: null,
      copy: () => modelOfStep(reader, step, optimizers),
      code: null,
    },
    {
      trainStep(this: unknown, data: unknown) {
        return this instanceof SteppedModel ? runStep(reader, step, this, data) : {}
      },
      alsoTrained: () => [...reader.batchOptimizers.keys()].flatMap((one) => one.graph.trained.weights),
    },
    {},
  )
  if (!(model instanceof LayersModel)) fail(where, { expected: 'a model', got: 'a layer' })
  for (const [field, value] of new Named(reader).of(step)) hold(reader, model, field, value)
  for (const [i, optimizer] of optimizers.entries())
    if (!Object.values(model).includes(optimizer)) Object.assign(model, { [`optimizer_${i + 1}`]: optimizer })
  model.compile({ optimizer: optimizers[0] as never })
  return model
}

/** Runs the function on a batch, and tells what it computed. */
function runStep(reader: Reader, { fn, args }: CustomStep, model: SteppedModel, data: unknown): object {
  const count = valuesGiven(args).filter(isData).length
  const batch = count === 1 ? [data] : [data].flat()
  if (batch.length !== count)
    fail(`${model.where}.fit`, {
      expected: `batches of ${count} parts, as ${fn.syntax.name} takes them`,
      got: `${batch.length}`,
      remedy: count === 2 ? 'Call fit(x, y).' : `Give fit a list of ${count} arrays.`,
    })
  const next = (value: Value): Value => (isData(value) ? inTuples(reader, batch.shift()) : value)
  const given: Arguments = {
    placed: args.placed.map(next),
    named: new Map([...args.named].map(([key, value]) => [key, next(value)])),
    places: args.places,
  }
  const { differentiated, customModel } = reader
  const losses: Differentiated[] = []
  reader.differentiated = losses
  reader.customModel = model
  try {
    const returned = callFromHere(reader, fn, given)
    const told = numbersOf(returned, namesReturned(fn))
    const numbers = told.length > 0 ? told : losses
    const [first] = numbers
    // One number is the loss, which callbacks and plots look for.
    const named =
      first && numbers.length === 1 && !isOptions(returned) ? [['loss', first[1]] as const] : numbers
    return {
      ...Object.fromEntries(named.map(([key, one]) => [key, scalar(one)])),
      // The metrics that the step updates.
      ...model.computeMetrics(null, null, []),
    }
  } finally {
    reader.differentiated = differentiated
    reader.customModel = customModel
  }
}

/** A number that gradients are taken of, by what the text calls it. */
export type Differentiated = readonly [word: string, value: unknown]

const scalar = (value: unknown): unknown =>
  value instanceof SymbolicTensor && value.shape.length > 0 ? ops.mean(value) : value

/** What a function returns, by names. */
function numbersOf(returned: unknown, names: readonly (string | null)[]): readonly Differentiated[] {
  if (returned instanceof SymbolicTensor) return [[names[0] ?? 'loss', returned]]
  if (Array.isArray(returned))
    return returned.flatMap((one: unknown, i) =>
      one instanceof SymbolicTensor ? [[names[i] ?? `loss_${i + 1}`, one] as const] : [],
    )
  return isOptions(returned) ? Object.entries(returned) : []
}

/** The names in `return gen_loss, disc_loss`. */
function namesReturned({ syntax }: PythonFunction): readonly (string | null)[] {
  const last = syntax.body.at(-1)
  if (last?.kind !== 'return' || !last.value) return []
  const items = 'items' in last.value ? last.value.items : [last.value]
  return items.map((item) => (item.kind === 'name' ? item.name : null))
}

/** What functions of a text name that a model holds: layers, models, optimizers and metrics. */
class Named {
  readonly #reader: Reader
  readonly #seen = new Set<unknown>()
  readonly #found: [name: string, value: Value][] = []

  constructor(reader: Reader) {
    this.#reader = reader
  }

  of({ fn, args }: CustomStep): readonly (readonly [name: string, value: Value])[] {
    this.#add(fn.syntax.name, fn)
    const { parameters } = fn.syntax
    const names = (fn.self === undefined ? parameters : parameters.slice(1)).map(({ name }) => name)
    for (const [i, value] of args.placed.entries()) this.#add(names[i] ?? `argument_${i + 1}`, value)
    for (const [name, value] of args.named) this.#add(name, value)
    return this.#found
  }

  #add(name: string, value: Value | undefined): void {
    const isPlain = typeof value !== 'object' || value === null || isData(value)
    if (value === undefined || isPlain || this.#seen.has(value)) return
    this.#seen.add(value)
    if (ofSteps(value) || isHeld(this.#reader, value)) this.#found.push([name, value])
    else if (value instanceof PythonFunction) {
      if (value.self !== undefined) this.#add('model', value.self)
      for (const inner of namesIn(value.syntax.body)) this.#add(inner, value.scope.find(inner))
    } else if (value instanceof List || value instanceof Tuple)
      for (const [i, item] of value.items.entries()) this.#add(`${name}_${i}`, item)
    else if (value instanceof Dict)
      for (const [key, item] of value.entries.values()) this.#add(`${name}_${String(key)}`, item)
    else if (value instanceof Instance && hostOf(value) === null) {
      for (const [field, one] of value.fields) this.#add(field, one)
      for (const member of value.type.members.values()) this.#add(name, member)
    }
  }
}
