// What a text computes where it is not known how often statements run: of a loop over data, of a branch on a condition that is not
// known. They are read once, and what they change of plain values is not known behind them.

import type { HostValue } from './hostValue.ts'
import type { Interpreter } from './interpreter.ts'
import type { Scope } from './scope.ts'
import type { Expression, Statement } from './syntax.ts'
import { Container, Instance, Range, Tuple, Unknown, type Value } from './values.ts'

/** What statements change in place. */
export type Changeable = Container | HostValue

/** A name or a field that statements give a value to. */
type Place = Extract<Expression, { readonly kind: 'name' | 'member' }>

/** Runs statements, and says which lists, dicts and sets they changed. */
export function watch<T>(
  interpreter: Interpreter,
  work: () => T,
): readonly [made: T, changed: Set<Changeable>] {
  const outer = interpreter.changed
  const changed = new Set<Changeable>()
  interpreter.changed = changed
  try {
    return [work(), changed]
  } finally {
    interpreter.changed = outer
    for (const container of changed) outer?.add(container)
  }
}

/** Makes unknown what statements changed. */
export function forget(body: readonly Statement[], scope: Scope, changed: Iterable<Changeable>): void {
  for (const container of changed) container.isOpen = true
  for (const place of placesIn(body)) {
    const value = valueAt(place, scope)
    if (value !== undefined && isPlain(value)) setAt(place, scope, new Unknown(wordOf(place)))
  }
}

/** Of branches of which it is not known which one runs: what is not the same behind each of them is not known. */
export class Branches {
  readonly #places: readonly Place[]
  readonly #scope: Scope
  readonly #before: readonly (Value | undefined)[]
  readonly #behind: (readonly (Value | undefined)[])[] = []

  constructor(bodies: readonly (readonly Statement[])[], scope: Scope) {
    this.#places = placesIn(bodies.flat())
    this.#scope = scope
    this.#before = this.#values()
  }

  #values(): readonly (Value | undefined)[] {
    return this.#places.map((place) => valueAt(place, this.#scope))
  }

  /** Is told that a branch was read. The next one starts from what there was before. */
  end(): void {
    this.#behind.push(this.#values())
    for (const [i, place] of this.#places.entries()) {
      const before = this.#before[i]
      if (before !== undefined && isPlain(before)) setAt(place, this.#scope, before)
    }
  }

  /** What is known behind all of them. */
  settle(): void {
    for (const [i, place] of this.#places.entries()) {
      const values = this.#behind.map((behind) => behind[i]).filter((value) => value !== undefined)
      const last = values.at(-1)
      if (last === undefined) continue
      // A layer or a tensor is what the last branch makes of it, since a model needs one.
      const other = values.filter((value) => !isPlain(value)).at(-1)
      const isSame = values.every((value) => value === last)
      setAt(place, this.#scope, other ?? (isSame ? last : new Unknown(wordOf(place))))
    }
  }
}

/** Layers and models stay what they are, whatever is done to them. */
const isPlain = (value: Value): boolean =>
  typeof value !== 'object' ||
  value === null ||
  value instanceof Container ||
  value instanceof Tuple ||
  value instanceof Range

/** What a problem calls it. */
const wordOf = (place: Expression): string =>
  place.kind === 'member' ? `${wordOf(place.object)}.${place.name}` : place.kind === 'name' ? place.name : '…'

function ownerOf(place: Place, scope: Scope): Instance | null {
  const { object } = place as Extract<Expression, { readonly kind: 'member' }>
  if (object.kind !== 'name' && object.kind !== 'member') return null
  const owner = valueAt(object, scope)
  return owner instanceof Instance ? owner : null
}

const valueAt = (place: Place, scope: Scope): Value | undefined =>
  place.kind === 'name' ? scope.find(place.name) : ownerOf(place, scope)?.fields.get(place.name)

function setAt(place: Place, scope: Scope, value: Value): void {
  if (place.kind === 'name') scope.set(place.name, value)
  else ownerOf(place, scope)?.fields.set(place.name, value)
}

/** Names and fields that statements give values to, each once. */
function placesIn(body: readonly Statement[]): Place[] {
  return [...new Map(body.flatMap(changedIn).map((place) => [wordOf(place), place])).values()]
}

function changedIn(statement: Statement): Place[] {
  switch (statement.kind) {
    case 'assign':
      return statement.targets.flatMap(targetsIn)
    case 'update':
      return targetsIn(statement.target)
    case 'if':
      return [...statement.branches.flatMap(({ body }) => body), ...statement.otherwise].flatMap(changedIn)
    case 'for':
      return [...targetsIn(statement.target), ...statement.body.flatMap(changedIn)]
    case 'while':
    case 'block':
      return statement.body.flatMap(changedIn)
    default:
      return []
  }
}

function targetsIn(target: Expression): Place[] {
  if (target.kind === 'name' || target.kind === 'member') return [target]
  return target.kind === 'tuple' || target.kind === 'list' ? target.items.flatMap(targetsIn) : []
}
