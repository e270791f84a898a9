// Attributes, indices and entries of values.

import { HostValue } from './hostValue.ts'
import type { Interpreter } from './interpreter.ts'
import { hostOf } from './interpreter.ts'
import { methodOf } from './methods.ts'
import { boundsOf, placesOf } from './slices.ts'
import { reprOf } from './text.ts'
import {
  Container,
  Dict,
  Instance,
  List,
  numeric,
  PySet,
  PythonClass,
  PythonFunction,
  placedArguments,
  Range,
  Slice,
  Tuple,
  Unknown,
  type Value,
  valueOr,
} from './values.ts'

/** What variables of TensorFlow have and numbers, as which they are read, have not: the call would be without effect. */
const ASSIGNING = ['assign', 'assign_add', 'assign_sub']

/** `object.name`. */
export function attributeOf(interpreter: Interpreter, object: Value, name: string, at: number): Value {
  if (object instanceof Unknown) return memberOfUnknown(object, name)
  if (name === '__name__' && object instanceof PythonFunction) return object.syntax.name
  if (name === '__name__' && object instanceof PythonClass) return object.name
  if (object instanceof Instance) {
    const own = object.fields.get(name)
    const found =
      own === undefined ? (hostOf(object)?.around(name) ?? memberOf(interpreter, object, name, at)) : own
    if (found !== undefined) return found
  }
  if (object instanceof PythonClass)
    return valueOr(classMember(object, name), () => new Unknown(`${object.name}.${name}`))
  const ofHost = hostOf(object)?.attribute(name, at)
  const known = ofHost === undefined ? methodOf(interpreter, object, name) : ofHost
  // A namespace is a dict here: its entries are attributes, too.
  const entry = known === undefined && object instanceof Dict ? object.get(name) : known
  if (entry === undefined && ASSIGNING.includes(name) && numeric(object) !== null)
    return interpreter.problem(
      at,
      'is called on a variable that is read as its number: make a weight by self.add_weight, with trainable=False',
    )
  return valueOr(entry, () => new Unknown(interpreter.wordAt(at) || name))
}

/** Sets an attribute, as `object.name = value` and `setattr` do. */
export function setAttributeOf(
  interpreter: Interpreter,
  object: Value,
  name: string,
  value: Value,
  at: number,
): void {
  if (object instanceof Unknown) {
    interpreter.budget.spend()
    object.members.set(name, value)
    return
  }
  if (object instanceof PythonClass) {
    const { members } = object
    members.set(name, value instanceof PythonFunction ? value.in(object) : value)
    return
  }
  if (object instanceof Instance) object.fields.set(name, value)
  const isSet = hostOf(object)?.setAttribute(name, value, at)
  if (isSet === false && !(object instanceof Instance))
    interpreter.problem(at, 'is an attribute that cannot be set here')
}

/** An attribute of what is not known: what the text sets there is known, `config.units = 8` of a configuration of elsewhere. */
function memberOfUnknown(object: Unknown, name: string): Value {
  const found = valueOr(object.members.get(name), () => object.derived(`${object.word}.${name}`))
  object.members.set(name, found)
  return found
}

/** A member of a class, whose class methods are bound to it. */
function classMember(type: PythonClass, name: string): Value | undefined {
  const member = type.find(name)
  const isBound = member instanceof PythonFunction && member.syntax.decorators.includes('classmethod')
  return isBound ? member.bind(type) : member
}

/** A member of an object's class: methods are bound to the object, properties called. */
function memberOf(interpreter: Interpreter, object: Instance, name: string, at: number): Value | undefined {
  const member = object.type.find(name)
  if (!(member instanceof PythonFunction)) return member
  const { decorators } = member.syntax
  if (decorators.includes('staticmethod')) return member
  if (decorators.includes('classmethod')) return member.bind(object.type)
  const bound = member.bind(object)
  if (!decorators.includes('property')) return bound
  return interpreter.call(bound, placedArguments([]), at)
}

/** The place in a sequence that an index means; null outside. */
function placeOf(index: Value, length: number): number | null {
  const given = numeric(index)
  if (typeof given !== 'bigint') return null
  const place = given < 0n ? Number(given) + length : Number(given)
  return place >= 0 && place < length ? place : null
}

const isWord = (key: Value): boolean => typeof key === 'bigint' || typeof key === 'string'

/** `object[key]`. */
export function indexOf(interpreter: Interpreter, object: Value, key: Value, at: number): Value {
  if (object instanceof Unknown) return object.derived(`${object.word}[${isWord(key) ? reprOf(key) : '…'}]`)
  if (key instanceof Unknown) return key
  const made = hostOf(object)?.index(key, at)
  if (made !== undefined) return made
  if (object instanceof Dict) return valueOr(object.get(key), () => interpreter.failed(at, 'has no such key'))
  const length = lengthOf(object)
  if (length === null) return interpreter.failed(at, 'has no entries by index')
  if (!(key instanceof Slice)) {
    const place = placeOf(key, length)
    if (place === null) return interpreter.failed(at, 'has no entry at this index')
    return entryAt(object, place)
  }
  const bounds = boundsOf(key)
  const places = bounds && placesOf(bounds, length)
  if (places === null) return new Unknown(interpreter.wordAt(at))
  interpreter.budget.spend(places.length)
  const items = places.map((place) => entryAt(object, place))
  if (typeof object === 'string') return items.join('')
  return object instanceof Tuple ? new Tuple(items) : new List(items)
}

/** The number of entries that have an index. */
function lengthOf(value: Value): number | null {
  if (value instanceof List || value instanceof Tuple) return value.items.length
  if (value instanceof Range) return value.length
  return typeof value === 'string' ? value.length : null
}

function entryAt(value: Value, place: number): Value {
  if (value instanceof List || value instanceof Tuple) return value.items[place] ?? null
  if (value instanceof Range) return value.at(place)
  return String(value)[place] ?? ''
}

/** Sets `object[key]`. */
export function setIndex(
  interpreter: Interpreter,
  object: Value,
  key: Value,
  value: Value,
  at: number,
): void {
  if (object instanceof Container || object instanceof HostValue) interpreter.changed?.add(object)
  if (object instanceof HostValue && object.setIndex(key, value, at)) return
  if (object instanceof Dict) {
    interpreter.budget.spend()
    object.set(key, value)
    return
  }
  if (!(object instanceof List)) return
  const place = placeOf(key, object.items.length)
  if (place !== null) object.items[place] = value
  else if (key instanceof Unknown || key instanceof Slice) object.isOpen = true
  else interpreter.problem(at, 'has no entry at this index')
}

/** What a loop over a value goes through; null where that is not known. */
export function itemsOf(interpreter: Interpreter, value: Value, at: number): readonly Value[] | null {
  if (value instanceof Unknown) return null
  // A loop may add to the list that it goes over: it goes over what was there.
  if (value instanceof List || value instanceof Tuple) return [...value.items]
  if (value instanceof PySet) return value.items
  if (value instanceof Dict) return value.keys
  if (typeof value === 'string') return [...value]
  if (value instanceof Range) {
    interpreter.budget.spend(value.length)
    return Array.from({ length: value.length }, (_, i) => value.at(i))
  }
  const items = hostOf(value)?.items ?? null
  if (items === null && hostOf(value) === null) interpreter.problem(at, 'is nothing that a loop can go over')
  return items
}

/** The entries of a dict whose keys are names. */
export function entriesOf(value: Value): readonly (readonly [string, Value])[] | null {
  if (!(typeof value === 'object' && value !== null && 'entries' in value && value.entries instanceof Map))
    return null
  const pairs = [...value.entries.values()]
  const isNamed = pairs.every((pair) => Array.isArray(pair) && typeof pair[0] === 'string')
  return isNamed ? (pairs as [string, Value][]) : null
}
