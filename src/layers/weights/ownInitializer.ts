// Initializers of the user's own: functions, and the class that users extend.

import { fail } from '../../errors.ts'
import { baseClass } from '../../util/baseClass.ts'
import { Generator } from '../../util/generator.ts'
import { nextSeed, seededBy } from '../../util/seed.ts'
import { checkSize, type Shape, sameShape, showShape, sizeOf } from '../../util/shape.ts'
import { checkFiniteData, toTensor } from '../../util/tensor.ts'
import { CallableObject } from '../callableObject.ts'
import { classNameOf, fromConfig, functionReference, type LoadableClass } from '../classNames.ts'
import { isClass, isTensorFunction, ownOf } from '../functions.ts'
import { refusePythonNames } from '../own/pythonNames.ts'
import { asTraced } from '../own/tracing.ts'
import {
  type Initializer as AnyInitializer,
  allowOwn,
  type InitializerFunction,
  type InitialValues,
  isMade,
  made,
} from './initializer.ts'

/** First values from code of the user's own, which runs outside of what is traced, and draws from the weight's seed. */
function valuesOf(where: string, shape: Shape, generator: Generator, fn: InitializerFunction): Float32Array {
  const given: unknown = seededBy(generator, () => asTraced(null, () => fn(shape, 'float32')))
  const isRow = ArrayBuffer.isView(given)
  const values = toTensor(typeof given === 'number' ? { data: [given], shape: [] } : given, where)
  const fits = isRow ? values.data.length === sizeOf(shape) : sameShape(values.shape, shape)
  if (!fits)
    fail(where, {
      expected: `an initializer to return numbers ${showShape(shape)}`,
      got: showShape(values.shape),
      remedy: 'Return what has the shape that it is given.',
    })
  checkFiniteData(values, where)
  return values.data.slice()
}

/** A function as an initializer. */
function ofFunction(where: string, fn: InitializerFunction): AnyInitializer {
  const draw = (shape: Shape, generator = new Generator(nextSeed())) => valuesOf(where, shape, generator, fn)
  const made = {
    className: 'function',
    config: {},
    reference: () => functionReference(fn, where),
    getConfig: () => ({}),
  }
  return Object.assign(draw, made, { check: (shape: Shape) => void checkSize(where, 'a weight', shape) })
}

/** The initializer that a function, a class of one's own, or the name or the config of one stand for; undefined for anything else. */
export function readOwnInitializer(identifier: unknown, where: string): AnyInitializer | undefined {
  const { className, config } = Object(identifier)
  // A function is in configs what activations are there.
  // Functions of texts have the name by which files know them.
  const own: unknown = isTensorFunction(identifier)
    ? identifier
    : ownOf(className === 'function' ? config : (className ?? identifier))
  if (isMade(own)) return own
  if (isTensorFunction(own)) return ofFunction(where, own as unknown as InitializerFunction)
  const isOwnClass = typeof own === 'function' && isClass(own) && own.prototype instanceof Own
  const instance: unknown = isOwnClass && fromConfig(own as LoadableClass, config ?? {})
  return isMade(instance) ? instance : undefined
}

/** The class behind {@link Initializer}. */
class Own extends CallableObject {
  constructor() {
    super()
    refusePythonNames(this.className, new.target.prototype, ['getConfig'])
    made.add(this)
  }

  /** Makes one of what `getConfig` returned; by default `new Class(config)`. */
  static fromConfig(this: new (config: never) => object, config: object): OwnInitializer {
    return new this(config as never) as OwnInitializer
  }

  /** The name that the class is registered by, or its own. */
  get className(): string {
    return classNameOf(this.constructor as new () => object)
  }

  /**
   * Hook: the first values of a weight.
   *
   * @param _shape The weight's shape.
   * @param _dtype Always `'float32'`.
   * @returns Nested arrays or a tensor of that shape, or a typed array of as many numbers, row by row.
   */
  call(_shape: Shape, _dtype: 'float32'): InitialValues {
    return fail(this.className, {
      expected: `the class ${this.className} to have a method call`,
      got: 'none',
      remedy: 'Write call(shape) { return random.normal(shape) }.',
    })
  }

  /** Hook: the options of the constructor, for files; none by default. */
  getConfig(): Readonly<Record<string, unknown>> {
    return {}
  }

  /** What `getConfig` returns. */
  get config(): Readonly<Record<string, unknown>> {
    return this.getConfig()
  }

  /** @internal */
  reference(): object {
    return { module: 'own', className: this.className, config: this.config }
  }

  /** @internal */
  check(shape: Shape): void {
    checkSize(this.className, 'a weight', shape)
  }

  /** @internal */
  override called([shape, generator = new Generator(nextSeed())]: readonly unknown[]): Float32Array {
    return valuesOf(this.className, shape as Shape, generator as Generator, (...args) => this.call(...args))
  }
}

/** An initializer of a class of one's own. */
export interface OwnInitializer extends Own, AnyInitializer {
  /** @internal */
  reference(): object
  readonly config: Readonly<Record<string, unknown>>
  readonly className: string
  check(shape: Shape): void
}

/** The class of initializers that users extend. */
export interface OwnInitializerClass {
  new (): OwnInitializer
  /** Makes one of what `getConfig` returned; by default `new Class(config)`. */
  fromConfig(config: object): OwnInitializer
  readonly prototype: OwnInitializer
}

/**
 * The base class of initializers of one's own, whose method `call` returns a weight's first values. It runs in JavaScript when they are
 * needed: never, if a file gives others. Draws of `random` in it follow from the weight's own seed, and so from `setSeed`. `register`
 * them for files.
 *
 * ```ts
 * class Scaled extends Initializer {
 *   constructor(private readonly options: { readonly scale: number }) { super() }
 *   call(shape: readonly number[]) { return random.normal(shape, { stddev: this.options.scale }) }
 *   getConfig() { return this.options }
 * }
 * const dense = Dense(4, { kernelInitializer: new Scaled({ scale: 0.1 }) })
 * ```
 *
 * @see keras/src/initializers/initializer.py
 */
export const Initializer: OwnInitializerClass = /* @__PURE__ */ (() => {
  allowOwn(readOwnInitializer)
  // Objects of the class are functions, which TypeScript does not know of classes.
  return baseClass('Initializer', Own) as unknown as OwnInitializerClass
})()
/** Any initializer: of Keras or of the user's own. */
export type Initializer = AnyInitializer
