// What classes of a text extend.

import { PythonClass } from '../python/values.ts'
import { NamedValue } from './namedValue.ts'
import { placeOf } from './names.ts'
import { isObjectBase } from './ownObjects.ts'

/** What classes of a text are of Keras that have a `call`. */
export type Base = 'Model' | 'Layer'

/** A class of Keras that is none of these: whether it can be extended. */
interface OtherBase {
  readonly other: string
  readonly isObject: boolean
  readonly isLayer: boolean
  readonly isMetric: boolean
  /** What the class is called in Keras, whole. */
  readonly named: NamedValue
}

/** What a class of the text extends; null for what is not Keras's, and the name of a class of another kind. */
export function baseOf(type: PythonClass): Base | OtherBase | null {
  for (const base of type.bases) {
    if (base instanceof PythonClass) {
      const found = baseOf(base)
      if (found) return found
    }
    if (!(base instanceof NamedValue)) continue
    const place = placeOf(base.path)
    if (!place || place.area === 'ops' || place.area === 'other') continue
    const { area, name } = place
    if ((area === 'models' && name === 'Model') || (area === 'layers' && name === 'Layer')) return name
    return {
      other: name,
      isObject: area !== 'models' && area !== 'layers' && isObjectBase(name),
      isLayer: area === 'layers',
      isMetric: area === 'metrics',
      named: base,
    }
  }
  return null
}
