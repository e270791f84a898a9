// Training loops that a text writes out: where an optimizer updates weights outside of a model's own steps. What the text does with one
// batch, the body of a function that is called on it or of a loop over batches, becomes the step of a model, so that `fit` goes through
// the batches.

import type { LayersModel } from '../models/model.ts'
import type { Frame } from '../python/frames.ts'
import { hostOf } from '../python/interpreter.ts'
import { namesIn } from '../python/namesIn.ts'
import type { Scope } from '../python/scope.ts'
import type { Expression, Statement } from '../python/syntax.ts'
import {
  type Arguments,
  NativeFunction,
  OpenRange,
  PythonFunction,
  placedArguments,
  Unknown,
} from '../python/values.ts'
import { isData, wordOfData } from './arrays.ts'
import { optimizersOf } from './batchTraining.ts'
import { type CustomStep, modelOfStep } from './customStep.ts'
import { readFit } from './fitArguments.ts'
import { valuesGiven } from './functions.ts'
import { isDraw } from './numpyInStep.ts'
import type { Reader, ReadFit } from './reader.ts'

type CallFrame = Extract<Frame, { readonly kind: 'call' }>
type LoopFrame = Extract<Frame, { readonly kind: 'loop' }>

/** A loop that trains. */
interface Loop {
  readonly step: CustomStep
  readonly epochs: number | null
}

/** The last loop in which an optimizer updates weights. */
interface Found extends Loop {
  readonly optimizer: object
  /** The last fit before it. */
  readonly behind: ReadFit | null
}

/** What was found of a text's loops so far. */
export class CustomLoops {
  /** By functions and loops, those that are steps already. */
  readonly #known = new Set<object>()
  /** By loops around them, the functions that update weights for a batch of these. */
  readonly #functions = new Map<object, PythonFunction>()
  #found: Found | null = null
  /** The loops in which weights are updated. */
  readonly loops = new Set<object>()
  /** Updates for which no batch was found. */
  readonly #others: number[] = []
  /** Models that are trained batch by batch, where, and what the text calls a batch. */
  readonly #batches = new Map<LayersModel, { readonly at: number; readonly data: ReadFit['data'] }>()
  /** The loop in which they are. */
  #ofBatches: Loop | null = null

  get hasFound(): boolean {
    return this.#found !== null || this.#batches.size > 0
  }

  /** Is told that an optimizer updates weights where the text does so itself. */
  read(reader: Reader, optimizer: object, at: number): void {
    const loop = this.#loopAt(reader, at)
    if (loop === null) this.#others.push(at)
    else if (loop !== 'known') this.#found = { ...loop, optimizer, behind: reader.fit }
  }

  /** Is told that the text trains a compiled model on a batch. */
  addBatch(reader: Reader, model: LayersModel, args: Arguments, at: number): void {
    const { data } = readFit(reader, args)
    if (!this.#batches.has(model)) this.#batches.set(model, { data, at })
    const loop = this.#loopAt(reader, at)
    if (loop !== 'known') this.#ofBatches = loop
  }

  /** The loop around a place that trains; 'known' for one that was found before, null where there is none. */
  #loopAt(reader: Reader, at: number): Loop | 'known' | null {
    const frames = reader.interpreter.frames.innermostFirst
    const place = frames.findIndex((frame) => takesBatch(reader, frame))
    const found = frames[place]
    if (!found) return null
    for (const frame of frames) if (frame.kind === 'loop') this.loops.add(frame.statement)
    const around = frames.slice(place + 1)
    const frame = found.kind === 'loop' ? found : this.#shared(reader, found, around, at)
    if (frame === null) return 'known'
    const key = frame.kind === 'loop' ? frame.statement : frame.fn.syntax
    if (this.#known.has(key)) return 'known'
    this.#known.add(key)
    const outer = around.filter((each) => each !== frame)
    const step = frame.kind === 'loop' ? stepOfLoop(reader, frame) : stepOfCall(frame, outer)
    return { step, epochs: epochsOf(outer, frame) }
  }

  /** Makes the model of the last loop once the text is read, with what names stand for in the end. */
  finish(reader: Reader): void {
    const found = this.#found
    if (found && found.behind === reader.fit) this.#make(reader, found, found.optimizer)
    const [[model, { data, at }] = [null, { data: {}, at: 0 }], ...others] = this.#batches
    if (reader.fit || !model) {
      if (!reader.fit) for (const place of this.#others) reader.interpreter.problem(place, NOT_READ)
      return
    }
    if (others.length === 0) reader.fit = { model, options: {}, data }
    else if (this.#ofBatches) {
      reader.batchOptimizers = optimizersOf(this.#batches.keys())
      this.#make(reader, this.#ofBatches, ...reader.batchOptimizers.values())
    } else reader.interpreter.problem(at, NOT_READ)
  }

  #make(reader: Reader, { step, epochs }: Loop, ...optimizers: readonly object[]): void {
    const model = modelOfStep(reader, step, optimizers)
    reader.fit = { model, options: epochs === null ? {} : { epochs }, data: step.data }
  }

  /** A function, or the loop that calls several of them for each batch; null where such a loop is not over batches. */
  #shared(reader: Reader, call: CallFrame, around: readonly Frame[], at: number): Frame | null {
    let first: PythonFunction | undefined
    for (const each of around) {
      if (each.kind !== 'loop') continue
      const known = this.#functions.get(each.statement) ?? call.fn
      this.#functions.set(each.statement, known)
      if (known.syntax !== call.fn.syntax) first ??= known
    }
    if (first === undefined) return call
    const [loop] = around.filter((each) => each.kind === 'loop')
    const isOfBoth = loop && this.#functions.get(loop.statement) === first
    if (isOfBoth && takesBatch(reader, loop)) return loop
    reader.interpreter.problem(
      at,
      `updates weights for a batch for which ${first.syntax.name} does so, too: call both in one function of the batch, def train_step(x, y)`,
    )
    return null
  }
}

const NOT_READ =
  'updates weights in a way that is not read: write what is done with one batch as a function of it, def train_step(x, y), or as the ' +
  'body of a loop over the batches'

/** Whether it is a function that is called on data, or a loop over batches, or one whose rounds get batches elsewhere. */
function takesBatch(reader: Reader, frame: Frame): boolean {
  if (frame.kind === 'call') return valuesGiven(frame.args).some(isData)
  return goesThroughBatches(frame) || batchNames(reader, frame).length > 0
}

/** Whether a loop goes through data; one over a range does not, also where its length is not known. */
function goesThroughBatches({ rounds, statement: { source }, scope }: LoopFrame): boolean {
  if (rounds !== null) return false
  if (source.kind === 'name') return !(scope.find(source.name) instanceof OpenRange)
  return !/^t?range$/.test(calleeOf(source))
}

/** Rounds of the loop around that over batches. */
function epochsOf(around: readonly Frame[], step: Frame): number | null {
  const loops = around.filter((frame) => frame.kind === 'loop')
  // Where no loop over batches is known as one, the innermost is taken for it.
  const overBatches = loops.findIndex(goesThroughBatches)
  const from = step.kind === 'loop' ? 0 : Math.max(0, overBatches) + 1
  return loops.slice(from).find(({ rounds }) => rounds !== null)?.rounds ?? null
}

function stepOfCall({ fn, args }: CallFrame, around: readonly Frame[]): CustomStep {
  const words = valuesGiven(args).flatMap((value) => wordOfData(value) ?? [])
  const loop = around.find((frame) => frame.kind === 'loop' && goesThroughBatches(frame))
  return {
    fn,
    args,
    data: loop?.kind === 'loop' ? { x: nameOf(batchesOf(loop.statement).source) } : named(words),
  }
}

/** What `fit` takes for parts of a batch that the text calls so. */
function named([x = '', y, ...others]: readonly string[]): Readonly<Record<string, unknown>> {
  if (others.length > 0) return { x: [x, y, ...others] }
  return y === undefined ? { x } : { x, y }
}

/** The body of a loop as a function of a batch. */
function stepOfLoop(reader: Reader, frame: LoopFrame): CustomStep {
  const { statement, scope } = frame
  const { body, at } = statement
  if (!goesThroughBatches(frame)) {
    const names = batchNames(reader, frame)
    return { ...functionOf(names.map(partOf), givenBatch(body, names), scope, at), data: named(names) }
  }
  const { source, target } = batchesOf(statement)
  const value: Expression = { kind: 'name', name: BATCH, at }
  const taken: Statement = { kind: 'assign', targets: [target], value, at }
  return { ...functionOf([BATCH], [taken, ...body], scope, at), data: { x: nameOf(source) } }
}

/** A function of a batch, whose parts it has by these names. */
function functionOf(names: readonly string[], body: readonly Statement[], scope: Scope, at: number) {
  const parameters = names.map((name) => ({ name, star: '', fallback: null, isKeyword: false }) as const)
  const syntax = { at, name: 'train_step', parameters, body, isGenerator: false, decorators: [] }
  return {
    fn: new PythonFunction(
      syntax,
      names.map(() => undefined),
      scope,
      undefined,
      null,
    ),
    args: placedArguments(names.map((name) => new Unknown(name))),
  }
}

/** The name by which a function of a batch has a part of it, which no text can write. */
const partOf = (name: string): string => ` ${name}`

/** The body of a loop in which names get parts of a batch where the text gives them what it draws itself. */
const givenBatch = (body: readonly Statement[], names: readonly string[]): readonly Statement[] =>
  body.flatMap((each): readonly Statement[] => {
    if (each.kind !== 'assign') return [each]
    const { at } = each
    const set = namesIn(each.targets)
    const given = set.filter((name) => names.includes(name))
    if (given.length === 0) return [each]
    const parts = given.map((name): Statement => {
      const value: Expression = { kind: 'name', name: partOf(name), at }
      return { kind: 'assign', targets: [{ kind: 'name', name, at }], value, at }
    })
    return given.length === set.length ? parts : [each, ...parts]
  })

/**
 * The names of what each round of a loop gets from elsewhere, `x, y = next(batches)`: what it sets that is not known, and neither computed
 * of other such values, nor drawn, nor an index alone.
 */
function batchNames(reader: Reader, { statement: { body }, scope }: LoopFrame): readonly string[] {
  const found: string[] = []
  const computed: string[] = []
  const rest = body.map((each) => (each.kind === 'assign' ? each.value : each))
  const isOpen = (name: string): boolean => isData(reader.interpreter.lookUp(name, scope))
  // What stands behind the first update was not set yet.
  const isSet = (name: string): boolean => isData(scope.find(name))
  for (const each of body) {
    // What stands behind a tape is made of what it recorded.
    if (each.kind === 'block') break
    if (each.kind !== 'assign') continue
    const { value } = each
    const names = namesIn(each.targets).filter(isSet)
    const sources = namesIn(value).filter(isOpen)
    const isDerived = sources.some((name) => found.includes(name))
    const isOfComputed = sources.length > 0 && sources.every((name) => computed.includes(name))
    if (isDerived || isOfComputed || isComputed(reader, value, sources, scope)) computed.push(...names)
    else found.push(...names.filter((name) => namesIn(rest, true).includes(name)))
  }
  return found
}

/** Whether a step computes a value itself: by functions of tensors, random numbers, models, and functions of what is known. */
function isComputed(
  { interpreter }: Reader,
  value: Expression,
  sources: readonly string[],
  scope: Scope,
): boolean {
  if (value.kind !== 'call') return false
  const callee = interpreter.evaluate(value.callee, scope)
  if (callee instanceof NativeFunction) return value.callee.kind === 'member' || isDraw(callee.name)
  return callee instanceof PythonFunction ? sources.length === 0 : hostOf(callee) !== null
}

/** The name of the function or the method that an expression calls; empty for other expressions. */
const calleeOf = (source: Expression): string =>
  source.kind === 'call' && (source.callee.kind === 'name' || source.callee.kind === 'member')
    ? source.callee.name
    : ''

/** The name of the batch, which no text can write. */
const BATCH = ' batch'

/** What a loop goes through, and what it calls a batch. */
type Batches = Pick<LoopFrame['statement'], 'source' | 'target'>

/** The same without what counts or shows its rounds: `enumerate(tqdm(dataset))`, `dataset.enumerate()`. */
function batchesOf({ source, target }: Batches): Batches {
  if (source.kind !== 'call') return { source, target }
  const name = calleeOf(source)
  const inner = source.args[0]?.value ?? (source.callee.kind === 'member' ? source.callee.object : undefined)
  const counted = name === 'enumerate' && 'items' in target ? target.items[1] : undefined
  if (inner && counted) return batchesOf({ source: inner, target: counted })
  return inner && /^(tqdm|iter)$/.test(name) ? batchesOf({ source: inner, target }) : { source, target }
}

/** What the text calls batches: the name in front of methods, `train_dataset.take(100)`. */
function nameOf(source: Expression): string {
  if (source.kind === 'name') return source.name
  if (source.kind === 'call') return nameOf(source.callee)
  if (source.kind !== 'member') return 'batches'
  const { object } = source
  return object.kind === 'name' && object.name === 'self' ? source.name : nameOf(object)
}
