/**
 * Classes and namespaces as people use them who come from Keras in Python or from TensorFlow.js, for Node as in `habits.ts`: a class that
 * cannot be extended says which can, and a namespace knows TensorFlow.js's names of what it has.
 */

import { fail } from '../errors.ts'
import { snakeCase } from '../layers/naming.ts'

/** What to do instead of extending a class of a namespace. */
const INSTEAD_OF_EXTENDING: Readonly<Record<string, string>> = {
  layers: 'Extend Layer, and hold such a layer in a field.',
  losses: 'Extend Loss, or write a function of yTrue and yPred.',
  metrics: 'Extend Metric, or write a function of yTrue and yPred.',
  regularizers: 'Extend Regularizer.',
  constraints: 'Extend Constraint.',
  initializers: 'Extend Initializer, or write a function of the shape.',
  optimizers: 'Give it options, or a schedule as its learningRate.',
}

const insteadOf = (namespace: string, name: string): string | undefined =>
  name === 'Sequential'
    ? 'Extend Model, and hold the layers in fields.'
    : /Cells?$/.test(name)
      ? 'Extend Cell.'
      : INSTEAD_OF_EXTENDING[namespace]

/**
 * Has the prototype of a constructor, for which a class asks that extends it, say what to extend instead.
 *
 * @param named Constructors that have it already, by the first of their names.
 */
function namePrototype(namespace: string, name: string, value: unknown, named: Set<unknown>): void {
  if (typeof value !== 'function' || named.has(value)) return
  if (!Object.getOwnPropertyDescriptor(value, 'prototype')?.get) return
  named.add(value)
  Object.defineProperty(value, 'prototype', {
    configurable: true,
    get: () =>
      fail(`class extends ${name}`, {
        expected: 'a class that can be extended',
        got: name,
        remedy: insteadOf(namespace, name),
      }),
  })
}

/** How TensorFlow.js and Python spell a class: `lstmCell`, `conv1d`, `leakyReLU`, `rmsprop`, `max_pooling1d`. */
const spellingsOf = (name: string): readonly string[] => [
  name.replace(/^[A-Z]+(?=[A-Z][a-z]|\d|$)|^[A-Z]/, (first) => first.toLowerCase()).replace(/(\d)D/, '$1d'),
  name.toLowerCase(),
  snakeCase(name),
]

/**
 * Adds names that are called: the call throws what is found of a name. They are looked up when one is asked for, since an import would wait
 * for all.
 *
 * @param object Keeps what its prototype has.
 * @param find The error of a name; null for a name that means nothing.
 */
export function addFoundNames(object: object, find: (asked: string) => (() => never) | null): void {
  const inherited: object = Object.getPrototypeOf(object) ?? Object.prototype
  const others = new Proxy(inherited, {
    get: (target, asked, receiver) =>
      (typeof asked === 'string' && !(asked in target) ? find(asked) : null) ??
      (Reflect.get(target, asked, receiver) as unknown),
  })
  Object.setPrototypeOf(object, others)
}

/** Adds the names of classes that others have for them. A namespace that a module has as such takes none, unlike one of a built file. */
function addSpellings(namespace: string, members: object): void {
  if (!Object.isExtensible(members)) return
  addFoundNames(members, (asked) => {
    const name = Object.keys(members).find((name) => /^[A-Z]/.test(name) && spellingsOf(name).includes(asked))
    if (name === undefined) return null
    return () =>
      fail(`${namespace}.${asked}`, {
        expected: 'a name of Recurra',
        got: 'another spelling',
        remedy: `Write ${namespace}.${name}(…).`,
      })
  })
}

/** Adds both to what a module exports, once. */
export function addNamespaceHabits(index: Readonly<Record<string, unknown>>): void {
  const named = new Set<unknown>()
  for (const namespace of [...Object.keys(INSTEAD_OF_EXTENDING), 'callbacks']) {
    const members = index[namespace]
    if (typeof members !== 'object' || members === null) continue
    for (const [name, value] of Object.entries(members)) namePrototype(namespace, name, value, named)
    addSpellings(namespace, members)
  }
  for (const name of ['Sequential', 'Input']) namePrototype('', name, index[name], named)
}
