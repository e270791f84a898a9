// Classes here that stand for those of a text: their methods run the text's.

import type { Layer as AnyLayer } from '../layers/layer.ts'
import { Layer } from '../layers/layerClass.ts'
import { Cell } from '../layers/rnn/cellClass.ts'
import { Model } from '../models/modelClass.ts'
import type { Option } from '../util/options.ts'

/** What a class of a text has. */
export interface OwnMethods {
  readonly name: string
  call(args: readonly unknown[]): unknown
  readonly build: ((shape: unknown) => void) | null
  /** Null where the class has none of its own. */
  readonly computeMask: ((inputs: unknown, mask: unknown) => unknown) | null
  /** Another object of the class. */
  copy(changes: object): AnyLayer
  /** The arguments that the text gave the class, as Python; null where one has no text. */
  readonly code: string | null
  callOptions(): Readonly<Record<string, Option<unknown, never>>>
}

/** What a class of cells says of its states. */
export interface OwnStates {
  sizes(): unknown
  readonly start: ((batch: number) => unknown) | null
}

/** Names of layers are those of their classes; what writes code asks for the arguments. */
const made = (
  Class: new (options: object) => object,
  { name, code }: Pick<OwnMethods, 'name' | 'code'>,
  options: object,
): AnyLayer => {
  const layer = new (Object.defineProperty(Class, 'name', { value: name }))(options)
  return Object.defineProperty(layer, 'pythonArguments', { value: code }) as AnyLayer
}

/** A model, which has those of its hooks that the text has: what they are tells how it trains. */
export function ownModel(
  methods: Omit<OwnMethods, 'call' | 'callOptions' | 'computeMask'>,
  hooks: Readonly<Record<string, (...args: readonly unknown[]) => unknown>>,
  options: object,
): AnyLayer {
  const Net = class extends Model {
    override build(shape: never) {
      methods.build?.(shape)
      super.build(shape)
    }
    override clone(changes: object) {
      return methods.copy(changes)
    }
  }
  Object.assign(Net.prototype, hooks)
  return made(Net, methods, options)
}

/** Gives a model hooks that its class has since. */
export function addHooks(model: AnyLayer, hooks: object): void {
  Object.assign(Object.getPrototypeOf(model) as object, hooks)
}

export function ownLayer(methods: OwnMethods, options: object): AnyLayer {
  const Own = class extends Layer {
    override build(shape: never) {
      methods.build?.(shape)
    }
    override call(...args: readonly never[]) {
      return methods.call(args) as never
    }
    override get callOptions() {
      return methods.callOptions()
    }
    override clone(changes: object) {
      return methods.copy(changes)
    }
  }
  // A class that has the method hands masks on by it.
  if (methods.computeMask) Object.assign(Own.prototype, { computeMask: methods.computeMask })
  return made(Own, methods, options)
}

/** A cell, whose sizes of states are what the text set. */
export function ownCell(methods: OwnMethods, { sizes, start }: OwnStates, options: object): AnyLayer {
  const OwnCell = class extends Cell {
    constructor(given: object) {
      super(given)
      Object.defineProperty(this, 'stateSize', { get: sizes })
    }
    override build(shape: never) {
      methods.build?.(shape)
    }
    override call(...args: readonly never[]) {
      return methods.call(args) as never
    }
    override clone(changes: object) {
      return methods.copy(changes)
    }
  }
  if (!start) return made(OwnCell, methods, options)
  const Starting = class extends OwnCell {
    override getInitialState(batch: number) {
      return start(batch) as never
    }
  }
  return made(Starting, methods, options)
}
